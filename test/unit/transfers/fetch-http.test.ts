import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { sha256, someBytes } from '../../support/file-door.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { type Handler, WebStage } from '../../support/web-server.ts';

const web = new WebStage();

afterEach(() => web.end());

const bytes = someBytes(1_000_000);
const etag = '"v1"';

/** Sends a part of the body and cuts the connection. */
function sendAndCut(response: ServerResponse, part: Buffer): void {
  response.write(part, () => response.destroy());
}

function rangeStart(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** An honest server of ranges that cuts the first connections. */
function cutting(cuts: number, headers: Readonly<Record<string, string>> = { ETag: etag }): Handler {
  return (request, response, turn) => {
    const current = [headers['ETag'], headers['Last-Modified']].includes(String(request.headers['if-range']));
    const from = current ? rangeStart(request) : 0;
    const range = from > 0 ? { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { ...headers, ...range, 'Content-Length': bytes.length - from });
    if (turn <= cuts) sendAndCut(response, bytes.subarray(from, from + 200_000));
    else response.end(bytes.subarray(from));
  };
}

describe('a fetch by HTTP', () => {
  test('brings the file, its name, and how it was proven', async () => {
    const digest = createHash('sha256').update(bytes).digest('base64');
    const md5 = createHash('md5').update(bytes).digest('base64');
    const url = await web.serve((_, response) => {
      response.writeHead(200, {
        'Content-Length': bytes.length,
        'Repr-Digest': `sha-256=:${digest}:, unknown=:AAAA:`,
        Digest: `SHA-256=${digest},MD5=${md5}`,
        'Content-MD5': md5,
        'x-amz-checksum-sha256': digest,
      });
      response.end(bytes);
    });
    const stage = await web.outside();
    expect(await stage.fetch(`${url}/fw/image.bin?x=1`, { sha256: sha256(bytes).toUpperCase() })).toEqual({
      file: { sha256: sha256(bytes), bytes: bytes.length },
      name: 'image.bin',
      from: 'network',
      proofs: ['length', 'repr-digest', 'digest', 'digest', 'x-amz-checksum-sha256', 'content-md5', 'sha256'],
    });
    expect(stage.spool.usage()).toMatchObject({ files: 1, bytes: bytes.length });
  });

  test.each([
    ['a strong ETag', { ETag: etag }],
    ['a date', { 'Last-Modified': 'Sun, 01 Mar 2020 12:00:00 GMT' }],
  ])('goes on behind each cut, by %s', async (_, headers) => {
    const sent: number[] = [];
    const url = await web.serve((request, response, turn) => {
      sent.push(rangeStart(request));
      cutting(3, headers)(request, response, turn);
    });
    const stage = await web.outside();
    expect(await stage.fetch(`${url}/x`, { persistence: { retries: 3, retryIntervalMs: 1_000 } })).toMatchObject({
      file: { sha256: sha256(bytes) },
    });
    expect(sent).toHaveLength(4);
    expect(sent.slice(1).every((from, index) => from > (sent[index] ?? 0))).toBe(true);
  });

  test.each([
    ['there is no validator', {}],
    ['the ETag is weak', { ETag: 'W/"v1"' }],
    ['the date is too young', { 'Last-Modified': new Date().toUTCString() }],
  ])('begins at zero when %s', async (_, headers) => {
    const ranges: (string | undefined)[] = [];
    const url = await web.serve((request, response, turn) => {
      ranges.push(request.headers.range);
      cutting(1, headers)(request, response, turn);
    });
    const stage = await web.outside();
    expect(await stage.fetch(`${url}/x`)).toMatchObject({ file: { sha256: sha256(bytes) } });
    expect(ranges).toEqual([undefined, undefined]);
  });

  test.each([
    ['the server ignores Range', 200, {}],
    ['the file has changed', 200, { ETag: '"v2"' }],
    [
      'the answer begins elsewhere',
      206,
      { ETag: etag, 'Content-Range': `bytes 5-${bytes.length - 1}/${bytes.length}` },
    ],
    [
      'the answer is of another version',
      206,
      { ETag: '"v2"', 'Content-Range': `bytes 200000-${bytes.length - 1}/${bytes.length}` },
    ],
    ['the answer is of another length', 206, { ETag: etag, 'Content-Range': 'bytes 200000-999/2000000' }],
    ['the file became shorter', 416, { 'Content-Range': 'bytes */100' }],
  ])('never splices two versions: %s', async (_, status, headers) => {
    const next = someBytes(900_000);
    const url = await web.serve((request, response, turn) => {
      if (turn === 1) return cutting(1)(request, response, turn);
      if (turn === 2) return void response.writeHead(status, headers).end(status === 200 ? next : next.subarray(0, 10));
      response.writeHead(200, { 'Content-Length': next.length }).end(next);
    });
    const stage = await web.outside();
    expect(await stage.fetch(`${url}/x`)).toMatchObject({ file: { sha256: sha256(next), bytes: next.length } });
  });

  test('that was cut just behind the last byte is whole', async () => {
    const url = await web.serve((request, response) => {
      const from = rangeStart(request);
      const range = (first: string) => ({ 'Content-Range': `bytes ${first}/${bytes.length}` });
      if (from === bytes.length) return void response.writeHead(416, range('*')).end();
      const headers = from > 0 ? range(`${from}-${bytes.length - 1}`) : {};
      response.writeHead(from > 0 ? 206 : 200, { ETag: etag, 'Transfer-Encoding': 'chunked', ...headers });
      sendAndCut(response, bytes.subarray(from));
    });
    const stage = await web.outside();
    const fetched = stage.fetch(`${url}/x`, { persistence: { retries: 50, retryIntervalMs: 1_000 } });
    expect(await fetched).toMatchObject({ file: { sha256: sha256(bytes) } });
    expect(stage.lines.join()).toContain('HTTP 416');
  });

  test('is tried once more than there are retries, and fails as the last attempt did', async () => {
    let turns = 0;
    const url = await web.serve((_, response) => {
      turns += 1;
      response.writeHead(503).end();
    });
    const stage = await web.outside();
    for (const retries of [0, 2]) {
      turns = 0;
      const failure = stage.fetch(`${url}/x`, { persistence: { retries, retryIntervalMs: 1_000 } });
      await expect(failure).rejects.toMatchObject({ code: 'ServerFailed', permanent: false });
      expect(turns).toBe(retries + 1);
    }
    expect(stage.spool.usage().bytes).toBe(0);
  });

  test.each([
    [404, 'NotFound'],
    [410, 'NotFound'],
    [403, 'Unauthorized'],
    [401, 'Unauthorized'],
    [400, 'Refused'],
    [416, 'Changed'],
  ])('answered %i fails as %s', async (status, code) => {
    let turns = 0;
    const url = await web.serve((_, response) => {
      turns += 1;
      response.writeHead(status).end();
    });
    const stage = await web.outside();
    await expect(stage.fetch(`${url}/x`)).rejects.toMatchObject({ code });
    expect(turns).toBe(code === 'Changed' ? 6 : 1);
  });

  test('backs off with doubling pauses', async () => {
    const clock = new VirtualClock();
    const turns: number[] = [];
    const url = await web.serve((_, response) => {
      turns.push(clock.elapsed());
      response.writeHead(500).end();
    });
    const stage = await web.outside({ clock });
    const failure = stage.fetch(`${url}/x`, { persistence: { retries: 3, retryIntervalMs: 60_000 } });
    failure.catch(() => undefined);
    for (const [index, pauseMs] of [60_000, 120_000, 240_000].entries()) {
      while (turns.length <= index || clock.pending() < 2) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(pauseMs - 1);
      expect(turns.length).toBe(index + 1);
      await clock.advance(1);
    }
    await expect(failure).rejects.toMatchObject({ code: 'ServerFailed' });
    expect(turns).toEqual([0, 60_000, 180_000, 420_000]);
  });
});

describe('a fetched file', () => {
  const fetchOf = async (headers: Readonly<Record<string, string | number>>, body = bytes, wish = {}) => {
    const url = await web.serve((_, response) => response.writeHead(200, headers).end(body));
    const stage = await web.outside();
    const fetched = stage.fetch(`${url}/x`, { persistence: { retries: 0, retryIntervalMs: 0 }, ...wish });
    return fetched.finally(() => expect(stage.spool.usage().bytes).toBe(0));
  };

  test('with another hash than was asked for is refused', async () => {
    await expect(fetchOf({}, bytes, { sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'WrongHash',
      permanent: true,
    });
  });

  test('with another hash after a resume is fetched once more in one piece', async () => {
    const url = await web.serve((request, response, turn) => {
      if (turn !== 2) return cutting(1)(request, response, turn);
      // A server that says 206 and sends rubbish.
      const from = rangeStart(request);
      const range = { ETag: etag, 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
      response.writeHead(206, range).end(someBytes(bytes.length - from));
    });
    const stage = await web.outside();
    expect(await stage.fetch(`${url}/x`, { sha256: sha256(bytes) })).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test.each(['Repr-Digest', 'Content-Digest'])('that is not what %s says is refused', async (header) => {
    await expect(fetchOf({ [header]: `sha-256=:${'A'.repeat(43)}=:` })).rejects.toMatchObject({ code: 'Corrupt' });
  });

  test.each([
    ['Digest', `SHA-256=${'A'.repeat(43)}=`],
    ['Content-MD5', `${'A'.repeat(22)}==`],
    ['x-amz-checksum-sha256', `${'A'.repeat(43)}=`],
  ])('that is not what %s says is refused as well', async (header, value) => {
    await expect(fetchOf({ [header]: value })).rejects.toMatchObject({ code: 'Corrupt' });
  });

  test('of 0 bytes, or of fewer than expected, is refused', async () => {
    await expect(fetchOf({}, Buffer.alloc(0))).rejects.toMatchObject({ code: 'TooSmall', permanent: true });
    await expect(fetchOf({}, someBytes(99), { minBytes: 100 })).rejects.toMatchObject({ code: 'TooSmall' });
  });

  test('that is too large is refused by its length, or as soon as it is', async () => {
    await expect(fetchOf({ 'Content-Length': bytes.length }, bytes, { maxBytes: 999_999 })).rejects.toMatchObject({
      code: 'TooLarge',
    });
    await expect(fetchOf({ 'Transfer-Encoding': 'chunked' }, bytes, { maxBytes: 999_999 })).rejects.toMatchObject({
      code: 'TooLarge',
    });
  });

  test('that is packed is refused', async () => {
    await expect(fetchOf({ 'Content-Encoding': 'gzip' })).rejects.toMatchObject({ code: 'Refused' });
  });

  test('whose end nobody tells is refused, unless its hash was given', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), bytes])));
    });
    const url = `http://127.0.0.1:${await web.listen(server)}/x`;
    const stage = await web.outside();
    await expect(stage.fetch(url)).rejects.toMatchObject({ code: 'Unverifiable' });
    expect(await stage.fetch(url, { sha256: sha256(bytes) })).toMatchObject({ proofs: ['sha256'] });
  });

  test('does not fit into a full spool', async () => {
    const url = await web.serve((_, response) => response.writeHead(200).end(bytes));
    const stage = await web.outside({ quotaBytes: 500_000 });
    await expect(stage.fetch(`${url}/x`)).rejects.toMatchObject({ code: 'SpoolFull' });
    expect(stage.spool.usage().bytes).toBe(0);
  });
});
