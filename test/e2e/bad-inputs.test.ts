import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validateRequest } from '../../src/ocpp/validation.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { type ScriptedCsms, startScriptedCsms } from '../support/scripted-csms.ts';
import { authorize, envelope, heartbeat } from '../unit/ocpp-s-http/envelopes.ts';
import { confirmations } from '../unit/ocpp-s-http/listener.ts';
import { post, readAnswer, type WireAnswer } from '../unit/ocpp-s-http/wire.ts';
import {
  type BadPost,
  characters,
  collisions,
  entities,
  envelopes,
  oddTags,
  payloads,
  shapes,
  sizes,
} from './bad-bodies.ts';
import { badFrames } from './bad-frames.ts';

const megabyte = 1024 * 1024;

let csms: ScriptedCsms;
let gateway: GatewayProcess;
/** Nobody may ever connect to it. */
let trap: Server;
let trapUrl: string;
let trapped = 0;
let rssBefore = 0;

beforeAll(async () => {
  csms = await startScriptedCsms({
    answer: ([kind, id, action]) => (kind === 2 ? JSON.stringify([3, id, confirmations[String(action)]]) : undefined),
  });
  trap = createServer().on('connection', () => {
    trapped += 1;
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.2', resolve));
  trapUrl = `http://127.0.0.2:${(trap.address() as AddressInfo).port}/`;
  const config = { unknownChargers: 'quarantine', chargers: { 'DEPOT-07': {}, 'DEPOT-08': {}, 'DEPOT-09': {} } };
  gateway = await GatewayProcess.prepare({ csmsUrl: csms.url, config, env: { OCPP_EDGE__SOAP__CALLDEADLINES: '1' } });
  await gateway.start();
  await warmUp();
  rssBefore = memoryBytes('VmRSS');
  // proc(5): forgets the highest resident set so far.
  writeFileSync(`/proc/${gateway.pid}/clear_refs`, '5');
});

afterAll(async () => {
  await gateway.remove();
  await csms.stop();
  trap.close();
});

/** Good messages, until all code paths are compiled and all buffers are there. */
async function warmUp(): Promise<void> {
  await Promise.all(['DEPOT-07', 'DEPOT-08', 'DEPOT-09'].map((identity) => send({ body: boot(identity) })));
  const large = envelope('dataTransferRequest', `<c:vendorId>V</c:vendorId><c:data>${'x'.repeat(200_000)}</c:data>`);
  for (let round = 0; round < 40; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a steady load
    await Promise.all(Array.from({ length: 25 }, () => send({ body: heartbeat() })));
    // oxlint-disable-next-line no-await-in-loop -- a steady load
    await send({ body: large });
  }
}

const boot = (identity: string) =>
  envelope(
    'bootNotificationRequest',
    '<c:chargePointVendor>V</c:chargePointVendor><c:chargePointModel>M</c:chargePointModel>',
    { identity },
  );

type Sending = {
  readonly body: string | Buffer;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly localAddress?: string;
};

async function send({
  body,
  path = '/ocpp',
  headers = {},
  localAddress = '127.0.0.1',
}: Sending): Promise<WireAnswer | undefined> {
  const socket = await open(localAddress);
  const answer = readAnswer(socket);
  socket.write(post(path, body, headers));
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

async function open(localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.soapUrl).port), localAddress });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Of the gateway: `VmRSS` now, `VmHWM` at its highest. */
function memoryBytes(name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
}

type Call = { readonly action: string; readonly payload: unknown };

/** The CALLs that the CSMS got since `from`. */
function calls(from = 0): readonly Call[] {
  return csms.frames
    .slice(from)
    .map((text) => JSON.parse(text) as readonly unknown[])
    .filter(([kind]) => kind === 2)
    .map(([, , action, payload]) => ({ action: String(action), payload }));
}

async function isServedNormally(): Promise<void> {
  const answer = await send({ body: authorize('GOOD') });
  expect(answer?.status).toBe(200);
  expect(answer?.body.toString()).toMatch(/<[\w:]*status>Accepted</);
}

/** One bad input: the stated answer within a second, nothing told about us, and the next good message served. */
async function check(bad: BadPost): Promise<void> {
  const frames = csms.frames.length;
  const startedMs = performance.now();
  const answer = await send(bad);
  const tookMs = performance.now() - startedMs;
  const text = answer?.body.toString() ?? '';
  expect({ status: answer?.status, text }).toEqual({ status: bad.status, text: expect.stringMatching(bad.says) });
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d|file:\/\/|\n\s+at /);
  expect(tookMs).toBeLessThan(1_000);
  await isServedNormally();
  expect(calls(frames).filter(({ action }) => action !== 'Authorize')).toHaveLength(bad.forwarded ?? 0);
}

const label = ({ row, title }: BadPost) => `${row}: ${title}`;
const table = (rows: readonly BadPost[]) => rows.map((row) => [label(row), row] as const);

describe('document types and entities', () => {
  test.each(table(entities('http://trap/')))('%s', async (_, bad) => {
    const body = String(bad.body).replaceAll('http://trap/', trapUrl);
    await check({ ...bad, body });
    expect(trapped).toBe(0);
  });
});

describe('sizes and codings', () => {
  test.each(table(sizes()))('%s', async (_, bad) => check(bad));

  test('7: a chunked body without end', async () => {
    const startedMs = performance.now();
    const socket = await open('127.0.0.1');
    const answer = readAnswer(socket);
    socket.on('error', () => undefined);
    socket.write('POST /ocpp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const pump = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pump);
    pump();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    expect((await answer)?.status).toBe(413);
    await closed;
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await isServedNormally();
  });
});

describe('shapes of documents', () => {
  test.each(table(shapes()))('%s', async (_, bad) => check(bad));
});

describe('characters', () => {
  test.each(table(characters()))('%s', async (_, bad) => check(bad));
});

describe('envelopes', () => {
  test.each(table(envelopes()))('%s', async (_, bad) => check(bad));
});

describe('payloads', () => {
  test.each(table(payloads()))('%s', async (_, bad) => check(bad));

  test.each(oddTags)('25: the idTag %s reaches the CSMS as the same text', async (idTag) => {
    const frames = csms.frames.length;
    await send({ body: authorize(idTag.replace("'", '&apos;')) });
    expect(calls(frames)).toEqual([{ action: 'Authorize', payload: { idTag } }]);
  });

  test('25: the idTag <script> reaches the CSMS as the same text', async () => {
    const frames = csms.frames.length;
    await send({ body: authorize('&lt;script&gt;') });
    expect(calls(frames)).toEqual([{ action: 'Authorize', payload: { idTag: '<script>' } }]);
  });

  test.each(table(collisions()))('%s', async (_, bad) => check(bad));
});

describe('who speaks', () => {
  test('29: an unknown charger is quarantined: its boot is Pending, and nothing of it reaches the CSMS', async () => {
    const frames = csms.frames.length;
    const answer = await send({ body: boot('STRANGER') });
    expect(answer?.body.toString()).toMatch(/status>Pending</);
    expect(calls(frames)).toEqual([]);
    expect(csms.connections.has('STRANGER')).toBe(false);
    await isServedNormally();
  });

  test('30: an identity that is not the one of the path is IdentityMismatch', async () => {
    await check({
      row: 30,
      title: '',
      body: authorize('A'),
      path: '/ocpp/DEPOT-08',
      status: 400,
      says: /Sender<[\s\S]*IdentityMismatch</,
    });
  });

  test.each(['../../x', '..', 'a/../../b', 'x'.repeat(49), 'a\u200bb'])(
    '31: the identity %s is refused',
    async (identity) => {
      await check({ row: 31, title: '', body: heartbeat({ identity }), status: 400, says: /ProtocolError/ });
      const path = `/ocpp/${encodeURIComponent(identity)}`;
      await check({
        row: 31,
        title: '',
        body: heartbeat({ identity: undefined }),
        path,
        status: 400,
        says: /printable/,
      });
    },
  );

  const replyHeaders = (address: string) =>
    `<a:From><a:Address>${address}</a:Address></a:From><a:ReplyTo><a:Address>${address}</a:Address></a:ReplyTo>` +
    `<a:FaultTo><a:Address>${address}</a:Address></a:FaultTo>`;

  test.each([
    ['32', () => 'http://169.254.169.254/latest/meta-data'],
    ['33', () => `http://localhost:22/`],
    ['34', () => trapUrl],
    ['35', () => 'file:///etc/passwd'],
  ])('%s, 36: a callback address that is not the charger’s own is ignored, with a warning', async (_, address) => {
    const warnings = () => gateway.log.filter(({ event }) => event === 'callback address ignored').length;
    const before = warnings();
    const headers = replyHeaders(address());
    const answer = await send({ body: heartbeat({ identity: 'DEPOT-08', headers }) });
    expect(answer?.body.toString()).toContain('heartbeatResponse');
    await expect.poll(warnings).toBeGreaterThan(before);
    const refusal = await commandTo('DEPOT-08', 'Reset', { type: 'Hard' });
    expect([refusal[0], refusal[2]]).toEqual([4, 'GenericError']);
    expect(refusal[3]).toMatch(/its callback address/);
    expect(trapped).toBe(0);
    await isServedNormally();
  });

  test('39: a second live source of one identity is turned away; the first stays', async () => {
    await send({ body: heartbeat({ identity: 'DEPOT-09' }) });
    const answer = await send({ body: heartbeat({ identity: 'DEPOT-09' }), localAddress: '127.0.1.5' });
    expect(answer?.body.toString()).toMatch(/Sender<[\s\S]*SecurityError</);
    expect((await send({ body: heartbeat({ identity: 'DEPOT-09' }) }))?.status).toBe(200);
  });
});

/** Sends a CALL as the CSMS and waits for its answer. */
async function commandTo(identity: string, action: string, payload: unknown): Promise<readonly unknown[]> {
  await expect.poll(() => csms.connections.has(identity)).toBe(true);
  const id = `csms-${csms.frames.length}`;
  csms.connections.get(identity)?.send(JSON.stringify([2, id, action, payload]));
  const find = () => csms.frames.map((text) => JSON.parse(text) as readonly unknown[]).find((frame) => frame[1] === id);
  await expect.poll(find, { timeout: 20_000 }).toBeDefined();
  return find() ?? [];
}

describe('what is said again', () => {
  const start = (timestamp: string, messageId: string) =>
    envelope(
      'startTransactionRequest',
      `<c:connectorId>1</c:connectorId><c:idTag>GOOD</c:idTag><c:timestamp>${timestamp}</c:timestamp><c:meterStart>0</c:meterStart>`,
      { messageId },
    );

  test('37: a message with the same natural key gets the stored answer', async () => {
    const frames = csms.frames.length;
    const first = await send({ body: start('2026-03-01T10:00:00Z', 'id-1') });
    const again = await send({ body: start('2026-03-01T10:00:00Z', 'id-2') });
    const transactionIds = [first, again].map(
      (answer) => /transactionId>(\d+)</.exec(answer?.body.toString() ?? '')?.[1],
    );
    expect(transactionIds).toEqual(['4711', '4711']);
    expect(calls(frames).filter(({ action }) => action === 'StartTransaction')).toHaveLength(1);
  });

  test('38: the same MessageID with another body is a new message', async () => {
    const frames = csms.frames.length;
    await send({ body: start('2026-03-01T11:00:00Z', 'constant') });
    await send({ body: start('2026-03-01T11:30:00Z', 'constant') });
    expect(calls(frames).filter(({ action }) => action === 'StartTransaction')).toHaveLength(2);
  });
});

describe('the CSMS', () => {
  const socketOf = (identity: string) => csms.connections.get(identity);

  /** What the gateway sent since, other than CALLs. */
  function replies(frames: number, closeCodes: number): readonly unknown[] {
    const parsed = csms.frames.slice(frames).map((text) => JSON.parse(text) as readonly unknown[]);
    const others = parsed.filter(([kind]) => kind !== 2).map(([, id, what]) => [id, what]);
    return [...others, ...csms.closeCodes.slice(closeCodes)];
  }

  test.each(badFrames.map((bad) => [bad.title, bad] as const))('%s', async (_, { frame, comes }) => {
    await expect.poll(() => socketOf('DEPOT-07'), { timeout: 10_000 }).toBeDefined();
    const { length: frames } = csms.frames;
    const { length: closeCodes } = csms.closeCodes;
    const startedMs = performance.now();
    socketOf('DEPOT-07')?.send(frame);
    if (comes !== undefined) await expect.poll(() => replies(frames, closeCodes), { interval: 5 }).toEqual([comes]);
    await isServedNormally();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(replies(frames, closeCodes)).toEqual(comes === undefined ? [] : [comes]);
  });

  test('44: a flood of fragments ends the connection or is ignored, and the charger is served', async () => {
    await expect.poll(() => socketOf('DEPOT-07'), { timeout: 10_000 }).toBeDefined();
    const socket = socketOf('DEPOT-07');
    for (let index = 0; index < 50_000; index += 1) socket?.send('', { fin: false });
    await isServedNormally();
  });
});

test('nothing that was not valid reached the CSMS', () => {
  const all = calls();
  expect(all.length).toBeGreaterThan(100);
  for (const { action, payload } of all) validateRequest(action, payload);
});

test('the gateway reported no bug of its own', () => {
  expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
});

test('the process grew by 20 MB at most over all of it', async () => {
  const grownMb = () => (memoryBytes('VmRSS') - rssBefore) / megabyte;
  // What is only not collected yet goes under a steady load; what has leaked stays.
  for (let round = 0; round < 20 || (round < 1_000 && grownMb() >= 20); round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a steady load
    await isServedNormally();
  }
  expect(grownMb()).toBeLessThan(20);
  // What was there for a moment only: no bomb was ever inflated.
  expect((memoryBytes('VmHWM') - rssBefore) / megabyte).toBeLessThan(40);
});
