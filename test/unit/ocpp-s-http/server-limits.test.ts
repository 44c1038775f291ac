import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { heartbeat } from './envelopes.ts';
import { confirmations, type Listener, startListener } from './listener.ts';
import { closed, exchangeBytes, openSocket, post, readAnswer } from './wire.ts';

const sendOn = (socket: Socket, path = '/ocpp', identity = 'DEPOT-07') =>
  exchangeBytes(socket, post(path, heartbeat({ identity })));

async function statuses(listener: Listener, count: number, identity: (index: number) => string): Promise<number[]> {
  const answers = Array.from({ length: count }, async (_, index) => {
    const answer = await sendOn(await openSocket(listener.port), '/ocpp', identity(index));
    return answer?.status ?? 0;
  });
  return Promise.all(answers);
}

test('413 comes before the body when Content-Length is too large, and the connection closes', async () => {
  const { port, around } = await startListener();
  const socket = await openSocket(port);
  const head = 'POST /ocpp HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n';
  const answer = await exchangeBytes(socket, head);
  expect([answer?.status, answer?.headers.get('connection')]).toEqual([413, 'close']);
  socket.end();
  await closed(socket);
  expect(around.counted).toEqual(['reject bodyTooLarge']);
});

test('a client that writes a too large body in one go still reads its 413', async () => {
  const socket = await openSocket((await startListener()).port);
  const answer = await exchangeBytes(socket, post('/ocpp', Buffer.alloc(700_000, 0x20)));
  expect(answer?.status).toBe(413);
  await closed(socket);
});

test('a chunked body without end stops at the limit', async () => {
  const socket = await openSocket((await startListener()).port);
  const answer = readAnswer(socket);
  socket.on('error', () => {});
  socket.write('POST /ocpp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  let written = 0;
  const pump = (): void => {
    while (!socket.destroyed && written < 1024 && socket.write(chunk)) written += 1;
  };
  socket.on('drain', pump);
  pump();
  expect((await answer)?.status).toBe(413);
  await closed(socket);
  expect(written).toBeLessThan(1024);
});

test('exactly maxBodyBytes passes, one more does not', async () => {
  const body = heartbeat();
  const { port } = await startListener({ limits: { maxBodyBytes: body.length } });
  expect((await exchangeBytes(await openSocket(port), post('/ocpp', body)))?.status).toBe(200);
  expect((await exchangeBytes(await openSocket(port), post('/ocpp', `${body} `)))?.status).toBe(413);
  expect(
    (await exchangeBytes(await openSocket(port), post('/ocpp', gzipSync(`${body} `), { 'Content-Encoding': 'gzip' })))
      ?.status,
  ).toBe(413);
});

test.each([
  ['br', brotliCompressSync(heartbeat()), 415],
  ['gzip', Buffer.from(heartbeat()), 400],
  ['deflate', Buffer.from('not deflate'), 400],
  ['gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024)), 413],
] as const)('Content-Encoding %s with a body that is not fit for it: %#', async (coding, body, status) => {
  const { port } = await startListener();
  const answer = await exchangeBytes(await openSocket(port), post('/ocpp', body, { 'Content-Encoding': coding }));
  expect(answer?.status).toBe(status);
  expect(answer?.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test('a head of more than 8 KB is 431', async () => {
  const { port, around } = await startListener();
  const socket = await openSocket(port);
  const answer = await exchangeBytes(socket, post('/ocpp', heartbeat(), { 'X-Padding': 'x'.repeat(9_000) }));
  expect(answer?.status).toBe(431);
  expect(around.counted).toEqual(['reject http']);
});

test('an address gets its burst, then 429 with Retry-After', async () => {
  const rates = { perAddress: { perSecond: 0.001, burst: 5 }, perCharger: { perSecond: 100, burst: 100 } };
  const listener = await startListener({ limits: { rates } });
  const seen = await statuses(listener, 8, () => 'A');
  expect([200, 429].map((status) => seen.filter((one) => one === status).length)).toEqual([5, 3]);
  const answer = await sendOn(await openSocket(listener.port));
  expect(answer?.headers.get('retry-after')).toBe('1');
  expect(listener.around.counted.filter((line) => line === 'reject addressRate')).toHaveLength(4);
});

test('a charger gets its burst, then 429; others are served', async () => {
  const rates = { perAddress: { perSecond: 100, burst: 100 }, perCharger: { perSecond: 0.001, burst: 2 } };
  const listener = await startListener({ limits: { rates } });
  const socket = await openSocket(listener.port);
  const answers = [
    await sendOn(socket),
    await sendOn(socket),
    await sendOn(socket),
    await sendOn(socket, '/ocpp', 'OTHER'),
  ];
  expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 429, 200]);
  expect(listener.around.received).toHaveLength(3);
});

test('the default limits serve a burst of 50 requests from one address', async () => {
  const rates = { perAddress: { perSecond: 20, burst: 50 }, perCharger: { perSecond: 10, burst: 20 } };
  const listener = await startListener({ limits: { rates } });
  expect(new Set(await statuses(listener, 50, (index) => `CP-${index}`))).toEqual(new Set([200]));
});

test('more requests under way than allowed are 503; afterwards all is well', async () => {
  const listener = await startListener({ limits: { maxConcurrent: 2 } });
  const releases: (() => void)[] = [];
  const full = new Promise<void>((resolve) => {
    listener.around.reply = async (claim, call) => {
      await new Promise<void>((release) => {
        releases.push(release);
        if (releases.length === 2) resolve();
      });
      return { kind: 'answered', identity: claim.identity, payload: confirmations[call.action] ?? {} };
    };
  });
  const sockets = await Promise.all([openSocket(listener.port), openSocket(listener.port), openSocket(listener.port)]);
  const [first, second, third] = sockets;
  const held = [first, second].map((socket) => sendOn(socket));
  await full;
  expect((await sendOn(third))?.status).toBe(503);
  for (const release of releases) release();
  expect((await Promise.all(held)).map((answer) => answer?.status)).toEqual([200, 200]);
  listener.around.reply = (claim) => ({ kind: 'silence', identity: claim.identity, reason: 'test' });
  expect(await sendOn(first)).toBeUndefined();
  expect(await sendOn(second)).toBeUndefined();
  listener.around.reply = (claim) => ({
    kind: 'answered',
    identity: claim.identity,
    payload: confirmations['Heartbeat'] ?? {},
  });
  expect((await sendOn(await openSocket(listener.port)))?.status).toBe(200);
});

test('connections beyond the limit are closed at once', async () => {
  const { port } = await startListener({ limits: { maxConnections: 2 } });
  const [first, , third] = [await openSocket(port), await openSocket(port), await openSocket(port)];
  await closed(third);
  expect((await sendOn(first))?.status).toBe(200);
});

test('a head that does not end is cut off with 408', async () => {
  const { port } = await startListener({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
  const socket = await openSocket(port);
  const answer = await exchangeBytes(socket, 'POST /ocpp HTTP/1.1\r\nHost');
  expect(answer?.status).toBe(408);
});

test('an idle connection is kept for 75 s: the limits of slow requests do not cut it', async () => {
  const { port } = await startListener({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
  const idle = await openSocket(port);
  expect((await sendOn(idle))?.headers.get('keep-alive')).toBe('timeout=75');
  const slow = await openSocket(port);
  expect((await exchangeBytes(slow, 'POST /ocpp HTTP/1.1\r\nHost'))?.status).toBe(408);
  expect((await sendOn(idle))?.status).toBe(200);
});

test('a connection that never says anything is ended', async () => {
  const { port } = await startListener({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
  await closed(await openSocket(port));
});

test('a peer that hangs up in the middle of its body leaves nothing behind', async () => {
  const listener = await startListener({ limits: { maxConcurrent: 1 } });
  const socket = await openSocket(listener.port);
  socket.write('POST /ocpp HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<e');
  socket.end();
  await closed(socket);
  expect((await sendOn(await openSocket(listener.port)))?.status).toBe(200);
  expect(listener.around.logged.filter((entry) => entry.level === 'error')).toEqual([]);
});

test.each(['/', '/other', '/ocppx'])('%s is 404', async (path) => {
  const { port, around } = await startListener();
  expect((await sendOn(await openSocket(port), path))?.status).toBe(404);
  expect(around.received).toEqual([]);
});

test.each(['/ocpp/../../x', '/ocpp/%2e%2e%2f%2e%2e%2fx', '/ocpp/%ff'])('%s is 400', async (path) => {
  const { port, around } = await startListener();
  expect((await sendOn(await openSocket(port), path))?.status).toBe(400);
  expect(around.received).toEqual([]);
});
