import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { useDoorStages } from '../../support/door-stages.ts';
import { type DoorStage, sha256, someBytes } from '../../support/file-door.ts';
import { type RawAnswer, rawHttp } from '../../support/raw-http.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const { stageWith } = useDoorStages();
const bytes = someBytes(200_000);

async function download(stage: DoorStage): Promise<(headers?: string, method?: string) => Promise<RawAnswer>> {
  const { url } = await stage.offer(bytes, { scheme: 'http' });
  const { pathname } = new URL(url);
  return (headers = '', method = 'GET') =>
    rawHttp(stage.door.httpPort, `${method} ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
}

/** A client has the last byte before the server knows that it left. */
const told = (stage: DoorStage, lines: readonly unknown[]) =>
  vi.waitFor(() => expect(stage.told).toEqual(lines), { timeout: 10_000 });

describe('GET and HEAD', () => {
  test('give the file with its length and validators', async () => {
    const stage = await stageWith();
    const get = await download(stage);
    const { status, headers, body } = await get();
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-length': '200000', 'accept-ranges': 'bytes', etag: `"${sha256(bytes)}"` });
    expect(body.equals(bytes)).toBe(true);
    const head = await get('Range: bytes=0-5\r\n', 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '200000' } });
    expect(head.body).toHaveLength(0);
    await told(stage, [{ kind: 'sent', from: 0, to: 200_000, whole: true }]);
  });

  test('of a range give 206 with Content-Range; all ranges together make the whole', async () => {
    const stage = await stageWith();
    const get = await download(stage);
    const first = await get('Range: bytes=0-99999\r\n');
    expect(first).toMatchObject({
      status: 206,
      headers: { 'content-range': 'bytes 0-99999/200000', 'content-length': '100000' },
    });
    const last = await get(`Range: bytes=100000-\r\nIf-Range: ${first.headers['etag']}\r\n`);
    expect(last).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 100000-199999/200000' } });
    expect(Buffer.concat([first.body, last.body]).equals(bytes)).toBe(true);
    await told(stage, [
      { kind: 'sent', from: 0, to: 100_000, whole: false },
      { kind: 'sent', from: 100_000, to: 200_000, whole: true },
    ]);
    expect((await get('Range: bytes=-10\r\n')).body.equals(bytes.subarray(-10))).toBe(true);
    expect(await get('Range: bytes=0-5\r\nIf-Range: "another"\r\n')).toMatchObject({ status: 200 });
    expect(await get('Range: bytes=200000-\r\n')).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */200000' },
    });
    expect(await get('Range: bytes=0-1,5-6\r\n')).toMatchObject({ status: 200 });
  });

  test('work over HTTP/1.0, without Host', async () => {
    const stage = await stageWith();
    const { url } = await stage.offer(bytes, { scheme: 'http' });
    const answer = await rawHttp(stage.door.httpPort, `GET ${new URL(url).pathname} HTTP/1.0\r\n\r\n`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(bytes)).toBe(true);
  });

  test('are refused to strangers, other addresses, latecomers and other names', async () => {
    const clock = new VirtualClock();
    const stage = await stageWith({ clock });
    const ask = async (path: string) =>
      (await rawHttp(stage.door.httpPort, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).status;
    const own = await stage.offer(bytes, { scheme: 'http', expiresAtMs: clock.now() + 1_000 });
    const far = await stage.offer(bytes, { job: 'far', scheme: 'http', addresses: ['10.1.2.3'] });
    const { pathname } = new URL(own.url);
    expect(await ask(pathname)).toBe(200);
    expect(await ask(`${pathname}x`)).toBe(404);
    expect(await ask('/')).toBe(404);
    expect(await ask('/abcdefghijklmnopqrstuvwxyz/image.bin')).toBe(404);
    expect(await ask(`/${own.credentials.token}/../${own.credentials.token}/../../etc/passwd`)).toBe(404);
    expect(await ask(new URL(far.url).pathname)).toBe(403);
    clock.jump(1_000);
    expect(await ask(pathname)).toBe(403);
    expect(stage.rejects.length).toBeGreaterThanOrEqual(4);
    for (const { credentials } of [own, far]) {
      expect(JSON.stringify([stage.log.entries, stage.lines])).not.toContain(credentials.token);
    }
  });

  test('end with the ticket, in the middle too', async () => {
    const stage = await stageWith();
    const { url } = await stage.offer(someBytes(50_000_000), { scheme: 'http' });
    const socket = connect({ port: stage.door.httpPort, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.write(`GET ${new URL(url).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    await stage.door.withdraw('job-1');
    let read = 0;
    socket.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(read).toBeLessThan(50_000_000);
    while (stage.told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(stage.told).toMatchObject([{ kind: 'sent', whole: false }]);
  });
});

describe('PUT and POST', () => {
  const put = async (stage: DoorStage, head: string, ...body: (string | Buffer)[]) => {
    const { credentials } = await stage.accept({ scheme: 'http', name: 'promised.zip' });
    const line = head.replace('TOKEN', credentials.token);
    return rawHttp(stage.door.httpPort, `${line}\r\nHost: x\r\nConnection: close\r\n`, ...body);
  };
  const arrived = (stage: DoorStage) => stage.door.collect('job-1');
  const length = `Content-Length: ${bytes.length}\r\n\r\n`;

  test.each([
    ['PUT /TOKEN/log.zip HTTP/1.1', 'log.zip'],
    ['PUT /TOKEN/ HTTP/1.1', 'promised.zip'],
    ['PUT /TOKEN HTTP/1.1', 'promised.zip'],
    ['POST /TOKEN/log.zip HTTP/1.1', 'log.zip'],
    ['PUT /TOKEN/..%2f..%2fetc%2fpasswd HTTP/1.1', 'passwd'],
    ['PUT /TOKEN/100%.zip HTTP/1.1', '100_.zip'],
    ['PUT /TOKEN/2026/log.zip?x=1 HTTP/1.0', 'log.zip'],
  ])('%s with a length', async (line, name) => {
    const stage = await stageWith();
    expect(await put(stage, line, length, bytes)).toMatchObject({ status: 201 });
    expect(await arrived(stage)).toEqual({ name, file: { sha256: sha256(bytes), bytes: bytes.length } });
  });

  test('in chunks', async () => {
    const stage = await stageWith();
    const chunked = ['Transfer-Encoding: chunked\r\n\r\n', '30d40\r\n', bytes, '\r\n0\r\n\r\n'];
    expect(await put(stage, 'PUT /TOKEN/log.zip HTTP/1.1', ...chunked)).toMatchObject({ status: 201 });
    expect(await arrived(stage)).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('with Expect: 100-continue hear 100 first, or at once why not', async () => {
    const stage = await stageWith();
    const expect100 = `Expect: 100-continue\r\n${length}`;
    const answer = await put(stage, 'PUT /TOKEN/log.zip HTTP/1.1', expect100, bytes);
    expect(answer.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
    const { url } = await stage.accept({ scheme: 'http', addresses: ['10.1.2.3'] });
    const refused = await rawHttp(
      stage.door.httpPort,
      `PUT ${new URL(url).pathname}log.zip HTTP/1.1\r\nHost: x\r\n${expect100}`,
    );
    expect(refused.text).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('with a form take its file', async () => {
    const stage = await stageWith();
    const form = Buffer.concat([
      Buffer.from('--b1\r\nContent-Disposition: form-data; name="id"\r\n\r\n7\r\n'),
      Buffer.from('--b1\r\nContent-Disposition: form-data; name="f"; filename="../../diag 7.zip"\r\n\r\n'),
      bytes,
      Buffer.from('\r\n--b1--\r\n'),
    ]);
    const head = `Content-Type: multipart/form-data; boundary=b1\r\nContent-Length: ${form.length}\r\n\r\n`;
    expect(await put(stage, 'POST /TOKEN/ HTTP/1.1', head, form)).toMatchObject({ status: 201 });
    expect(await arrived(stage)).toEqual({ name: 'diag_7.zip', file: { sha256: sha256(bytes), bytes: bytes.length } });
  });

  test('with a form of 10,000 parts are refused', async () => {
    const stage = await stageWith();
    const form = `${'--b1\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'.repeat(10_000)}--b1--\r\n`;
    const head = `Content-Type: multipart/form-data; boundary=b1\r\nContent-Length: ${form.length}\r\n\r\n`;
    expect(await put(stage, 'POST /TOKEN/ HTTP/1.1', head, form)).toMatchObject({ status: 400 });
    expect(await arrived(stage)).toBeUndefined();
  });

  test.each([
    ['without any length over HTTP/1.0', 'PUT /TOKEN/log.zip HTTP/1.0', '\r\n', 411],
    ['without any length over HTTP/1.1', 'PUT /TOKEN/log.zip HTTP/1.1', '\r\n', 411],
    [
      'in a part of its own (RFC 9110 §14.5)',
      'PUT /TOKEN/log.zip HTTP/1.1',
      `Content-Range: bytes 5-9/10\r\n${length}`,
      400,
    ],
    ['packed', 'PUT /TOKEN/log.zip HTTP/1.1', `Content-Encoding: gzip\r\n${length}`, 415],
    ['as a download', 'GET /TOKEN/log.zip HTTP/1.1', '\r\n', 405],
  ])('%s are refused', async (_, line, head, status) => {
    const stage = await stageWith();
    expect(await put(stage, line, head, bytes)).toMatchObject({ status });
    expect(await arrived(stage)).toBeUndefined();
  });

  test('beyond the cap or the quota are refused, and leave nothing behind', async () => {
    const stage = await stageWith({ quotaBytes: 100_000 });
    expect(await put(stage, 'PUT /TOKEN/log.zip HTTP/1.1', length, bytes)).toMatchObject({ status: 507 });
    await arrived(stage);
    const { url } = await stage.accept({ scheme: 'http', maxBytes: 1_000 });
    const head = `PUT ${new URL(url).pathname}log.zip HTTP/1.1\r\nHost: x\r\n${length}`;
    expect(await rawHttp(stage.door.httpPort, head, bytes)).toMatchObject({ status: 413 });
    expect(await arrived(stage)).toBeUndefined();
    expect(stage.spool.usage().bytes).toBe(0);
  });

  test('cut in the middle are no file; the next one is', async () => {
    const stage = await stageWith();
    const { url } = await stage.accept({ scheme: 'http' });
    const head = `PUT ${new URL(url).pathname}log.zip HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${length}`;
    const socket = connect({ port: stage.door.httpPort, host: '127.0.0.1' });
    socket.resume().end(Buffer.concat([Buffer.from(head), bytes.subarray(0, 150_000)]));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(stage.told).not.toContainEqual(expect.objectContaining({ kind: 'received' }));
    expect(await rawHttp(stage.door.httpPort, head, bytes)).toMatchObject({ status: 201 });
    expect(await arrived(stage)).toMatchObject({ file: { sha256: sha256(bytes) } });
  });

  test('that could not be noted are not confirmed', async () => {
    const stage = await stageWith();
    stage.onReceived = () => Promise.reject(new Error('the store is away'));
    expect(await put(stage, 'PUT /TOKEN/log.zip HTTP/1.1', length, bytes)).toMatchObject({ status: 500 });
    expect(await arrived(stage)).toBeUndefined();
  });
});

describe('what is not HTTP', () => {
  test('is answered 400 and counted', async () => {
    const stage = await stageWith();
    expect(await rawHttp(stage.door.httpPort, 'HELLO THERE\r\n\r\n')).toMatchObject({ status: 400 });
    expect(stage.rejects).toContain('http');
  });

  test('one address has so many connections and no more', async () => {
    const stage = await stageWith({ http: { maxConnectionsPerAddress: 2 } });
    const held = [1, 2].map(() => connect({ port: stage.door.httpPort, host: '127.0.0.1' }));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const third = connect({ port: stage.door.httpPort, host: '127.0.0.1' });
    third.on('error', () => undefined).resume();
    await new Promise((resolve) => third.once('close', resolve));
    expect(stage.rejects).toContain('fileConnection');
    for (const socket of held) socket.destroy();
  });
});
