import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { addressRule } from '../../../src/transfers/addresses.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { sha256, someBytes } from '../../support/file-door.ts';
import type { OutsideStage } from '../../support/outside.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { WebStage } from '../../support/web-server.ts';

const web = new WebStage();

afterEach(() => web.end());

const bytes = someBytes(1_000_000);

describe('one image for many', () => {
  test('twenty who ask at the same time share one fetch, and each holds the file', async () => {
    let turns = 0;
    const url = await web.serve((_, response) => {
      turns += 1;
      response.writeHead(200).end(bytes);
    });
    const stage = await web.outside();
    const request = {
      location: `${url}/x`,
      persistence: { retries: 0, retryIntervalMs: 0 },
      minBytes: 1,
      maxBytes: 1e8,
    };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stage.fetcher.fetch(request, `holder ${index}`, () => undefined)),
    );
    expect(turns).toBe(1);
    expect(new Set(all.map(({ file }) => file.sha256))).toEqual(new Set([sha256(bytes)]));
    for (let index = 0; index < 20; index += 1) {
      await expect(makeRoom(stage)).rejects.toMatchObject({ code: 'SpoolFull' });
      stage.spool.release(sha256(bytes), `holder ${index}`);
    }
    await makeRoom(stage);
  });

  /** Asks for so much room that every file must go that nobody holds. */
  async function makeRoom({ spool }: OutsideStage): Promise<void> {
    const bytesInAll = spool.usage().quotaBytes;
    await spool.take(bytesInAll);
    spool.give(bytesInAll);
  }

  test('twenty presigned locations of it cost one transfer', async () => {
    let sent = 0;
    const hash = createHash('md5').update(bytes).digest('hex');
    const url = await web.serve((request, response) => {
      if (request.headers['if-none-match'] === `"${hash}"`) return void response.writeHead(304).end();
      sent += bytes.length;
      response.writeHead(200, { ETag: `"${hash}"`, 'Content-Length': bytes.length }).end(bytes);
    });
    const stage = await web.outside();
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => stage.fetch(`${url}/x?sig=${index}`)));
    expect(sent).toBe(bytes.length);
    expect(all.filter(({ from }) => from === 'spool')).toHaveLength(19);
  });

  test('an ETag that is no hash does not make two locations one', async () => {
    const other = someBytes(1_000);
    const url = await web.serve((request, response) => {
      if (request.headers['if-none-match'] !== undefined) return void response.writeHead(304).end();
      response.writeHead(200, { ETag: '"1"' }).end(request.url === '/x?file=a' ? bytes : other);
    });
    const stage = await web.outside();
    expect((await stage.fetch(`${url}/x?file=a`)).file.sha256).toBe(sha256(bytes));
    expect((await stage.fetch(`${url}/x?file=b`)).file.sha256).toBe(sha256(other));
    expect((await stage.fetch(`${url}/x?file=b`)).from).toBe('spool');
  });

  test('a file whose hash is given and is here is not asked for at all', async () => {
    const stage = await web.outside();
    const url = await web.serve((_, response) => response.writeHead(200).end(bytes));
    await stage.fetch(`${url}/x`);
    const again = await stage.fetch('http://127.0.0.1:1/gone', { sha256: sha256(bytes) });
    expect(again).toMatchObject({ from: 'spool', name: 'gone' });
  });

  test('it goes on when one of those who wait gives up, and ends when all have', async () => {
    const ended: ServerResponse[] = [];
    const waiting: ServerResponse[] = [];
    const url = await web.serve((_, response) => {
      waiting.push(response);
      response.writeHead(200, { 'Content-Length': bytes.length }).write(bytes.subarray(0, 1_000));
      response.once('close', () => {
        if (!response.writableFinished) ended.push(response);
      });
    });
    const stage = await web.outside();
    const request = {
      location: `${url}/x`,
      persistence: { retries: 0, retryIntervalMs: 0 },
      minBytes: 1,
      maxBytes: 1e8,
    };
    const [one, two] = [new AbortController(), new AbortController()];
    const first = stage.fetcher.fetch(request, 'one', () => undefined, one.signal);
    const second = stage.fetcher.fetch(request, 'two', () => undefined, two.signal);
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'Cancelled' });
    expect(ended).toHaveLength(0);
    waiting[0]?.end(bytes.subarray(1_000));
    expect(await second).toMatchObject({ file: { sha256: sha256(bytes) } });
    const third = stage.fetcher.fetch({ ...request, location: `${url}/y` }, 'three', () => undefined, two.signal);
    while (waiting.length === 1) await new Promise((resolve) => setImmediate(resolve));
    two.abort();
    await expect(third).rejects.toMatchObject({ code: 'Cancelled' });
    while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('forbidden ways', () => {
  test('no request goes to an address that is not permitted', async () => {
    let asked = 0;
    const url = await web.serve((_, response) => {
      asked += 1;
      response.end('secret');
    });
    const stage = await web.outside({ permits: addressRule([]) });
    for (const location of [url, url.replace('127.0.0.1', '127.1'), url.replace('127.0.0.1', '[::ffff:7f00:1]')]) {
      await expect(stage.fetch(`${location}/x`)).rejects.toMatchObject({ code: 'ForbiddenAddress', permanent: true });
    }
    expect(asked).toBe(0);
  });

  test('a name that resolves to something else the next time does not get there', async () => {
    let asked = 0;
    let resolved = 0;
    const inner = await web.serve((_, response) => {
      asked += 1;
      response.end('secret');
    });
    const outside = {
      permits: (address: string) => address === '127.0.0.2',
      resolve: async () => {
        resolved += 1;
        return resolved === 1 ? ['127.0.0.2'] : ['127.0.0.1'];
      },
    };
    const stage = await web.outside(outside);
    const location = inner.replace('127.0.0.1', 'rebinding.example');
    await expect(stage.fetch(`${location}/x`)).rejects.toMatchObject({ code: 'ForbiddenAddress' });
    expect({ asked, resolved }).toEqual({ asked: 0, resolved: 2 });
  });

  test('a redirect to a forbidden address is not followed', async () => {
    const url = await web.serve((_, response) =>
      response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data' }).end(),
    );
    const stage = await web.outside();
    await expect(stage.fetch(`${url}/x`)).rejects.toMatchObject({ code: 'ForbiddenAddress' });
  });

  test('redirects in circles end after five', async () => {
    let turns = 0;
    const url = await web.serve((_, response) => {
      turns += 1;
      response.writeHead(302, { Location: '/x' }).end();
    });
    const stage = await web.outside();
    await expect(stage.fetch(`${url}/x`)).rejects.toMatchObject({ code: 'ForbiddenRedirect', permanent: true });
    expect(turns).toBe(6);
  });

  test('credentials do not go to another host', async () => {
    const seen: (string | undefined)[] = [];
    const other = await web.serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end(bytes);
    });
    const url = await web.serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { Location: request.url === '/a' ? '/b' : `${other}/c` }).end();
    });
    const stage = await web.outside();
    await stage.fetch(url.replace('http://', 'http://user:pass@').concat('/a'));
    const basic = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    expect(seen).toEqual([basic, basic, undefined]);
  });

  test('https does not become http, and a certificate must be trusted', async () => {
    const ca = createCa('fetch test');
    const tls = ca.issue({ commonName: 'host', hosts: ['files.example'] });
    const server = createTlsServer(tls, (request, response) => {
      if (request.url === '/down') response.writeHead(302, { Location: 'http://files.example/x' }).end();
      else response.end(bytes);
    });
    const port = await web.listen(server);
    const trusting = await web.outside({ ca: ca.cert });
    expect(await trusting.fetch(`https://files.example:${port}/x`)).toMatchObject({ file: { sha256: sha256(bytes) } });
    await expect(trusting.fetch(`https://files.example:${port}/down`)).rejects.toMatchObject({
      code: 'ForbiddenRedirect',
    });
    await expect(trusting.fetch(`https://other.example:${port}/x`)).rejects.toMatchObject({ code: 'TlsFailed' });
    const strict = await web.outside();
    await expect(strict.fetch(`https://files.example:${port}/x`)).rejects.toMatchObject({
      code: 'TlsFailed',
      permanent: true,
    });
  });

  test('no secret is shown in an error, in the log, or in a transcript', async () => {
    const url = await web.serve((request, response) => response.writeHead(403).end(request.url));
    const stage = await web.outside();
    const location = `${url.replace('http://', 'http://canary-user:canary-pass@')}/x?sig=canary-sig`;
    const failure = await stage.fetch(location).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(failure), stage.lines, stage.log.entries])).not.toContain('canary');
    expect(String(failure)).toContain(`${url}/x: HTTP 403`);
  });
});

describe('a far side that does not answer', () => {
  test('is given up when no byte comes', async () => {
    const url = await web.serve((_, response) => response.writeHead(200, { 'Content-Length': 10 }).write('x'));
    const stage = await web.outside({ stallMs: 100 });
    const failure = stage.fetch(`${url}/x`, { persistence: { retries: 1, retryIntervalMs: 0 } });
    await expect(failure).rejects.toMatchObject({ code: 'Stalled' });
  });

  test('is unreachable, unknown, or speaks something else', async () => {
    const stage = await web.outside({
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    const once = { persistence: { retries: 0, retryIntervalMs: 0 } };
    await expect(stage.fetch('http://nowhere.example/x', once)).rejects.toMatchObject({ code: 'HostUnknown' });
    await expect(stage.fetch('http://127.0.0.1:1/x', once)).rejects.toMatchObject({ code: 'Unreachable' });
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end('220 ready\r\n');
    });
    await expect(stage.fetch(`http://127.0.0.1:${await web.listen(server)}/x`, once)).rejects.toMatchObject({
      code: 'Refused',
    });
  });

  test('is given up for good when all of it takes too long', async () => {
    const clock = new VirtualClock();
    const url = await web.serve((_, response) => response.writeHead(200, { 'Content-Length': 10 }).write('x'));
    const stage = await web.outside({ clock });
    const failure = stage.fetch(`${url}/x`);
    failure.catch(() => undefined);
    await clock.advance(3_600_000);
    await expect(failure).rejects.toMatchObject({ code: 'TooLong', permanent: true });
  });
});
