import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { connections, dial, type Dialled, door, listen, recorder } from './json-listener.ts';

/* Rows 40 to 45 of the bad inputs, at the port for chargers: each has its stated answer, and the next message its own. */

const soon = { interval: 1, timeout: 30_000 };
const megabyte = 1024 * 1024;
const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
const currentTime = '2026-03-01T12:00:00Z';

/** A CALLERROR with this id and code, or an answer, or nothing. */
type Comes = readonly [id: unknown, what: string | object] | undefined;
type BadFrame = readonly [title: string, frame: string, comes: Comes, counted: string | undefined];

const badFrames: readonly BadFrame[] = [
  ['40: an object', '{"a":1}', ['-1', 'FormationViolation'], 'reject json_notArray'],
  ['40: no JSON', 'hello', ['-1', 'FormationViolation'], 'reject json_notJson'],
  ['40: half a frame', '[2,"a","Heartbeat",{', ['-1', 'FormationViolation'], 'reject json_notJson'],
  ['40: an empty array', '[]', undefined, 'anomaly json_messageType'],
  ['40: an empty text, a keep-alive of some', '  ', undefined, undefined],
  ['41: a type that does not exist', '[9,"x","Heartbeat",{}]', undefined, 'anomaly json_messageType'],
  ['41: an id that is a number', '[2,9007199254740993,"Heartbeat",{}]', [9007199254740992, { currentTime }], undefined],
  ['41: an id that is an object', '[2,{},"Heartbeat",{}]', ['-1', 'FormationViolation'], 'reject json_unreadableId'],
  ['41: an action that is a number', '[2,"n",5,{}]', ['n', 'FormationViolation'], 'reject json_noAction'],
  ['41: a payload that is a list', '[2,"l","Heartbeat",[]]', ['l', 'FormationViolation'], 'reject json_noPayload'],
  ['41: a payload that is null', '[2,"0","Heartbeat",null]', ['0', { currentTime }], undefined],
  [
    '43: a key twice, of which the last counts',
    '[2,"dup","Authorize",{"idTag":"A","idTag":7}]',
    ['dup', 'TypeConstraintViolation'],
    undefined,
  ],
  ['43: __proto__, ignored', '[2,"pro","Heartbeat",{"__proto__":{"x":1}}]', ['pro', { currentTime }], undefined],
  ['43: an unknown action', '[2,"unk","MakeCoffee",{}]', ['unk', 'NotImplemented'], undefined],
  ['43: an action that is a property of objects', '[2,"con","constructor",{}]', ['con', 'NotImplemented'], undefined],
  [
    '44: deep JSON',
    `[2,"deep","DataTransfer",{"data":${deep}}]`,
    ['deep', 'FormationViolation'],
    'reject json_tooDeep',
  ],
  ['45: an answer that nobody asked for', '[3,"nobody",{}]', undefined, 'anomaly json_unknownAnswer'],
  ['45: an error that nobody asked for', '[4,"nobody","X","",{}]', undefined, 'anomaly json_unknownAnswer'],
];

const lastFrame = '[2,"last","Heartbeat",{}]';

async function framesUntilLast(charger: Dialled): Promise<readonly unknown[][]> {
  const frames = () => charger.frames as unknown[][];
  await vi.waitUntil(() => frames().some(([, id]) => id === 'last'), soon);
  return frames().filter(([, id]) => id !== 'last');
}

describe('a frame', () => {
  test.each(badFrames)('%s', async (_title, frame, comes, counted) => {
    const charger = await dial(await listen());
    charger.socket.send(frame);
    charger.socket.send(lastFrame);
    const frames = await framesUntilLast(charger);
    expect(frames.map(([, id, what]) => [id, what])).toEqual(comes === undefined ? [] : [comes]);
    if (counted !== undefined) expect(recorder.count(counted)).toBe(1);
    expect(charger.closedWith).toBeUndefined();
  });

  test.each([
    [
      '42: of 1 MB',
      1009,
      (socket: WebSocket) => socket.send(`[2,"big","DataTransfer",{"data":"${'x'.repeat(megabyte)}"}]`),
    ],
    ['of bytes', 1003, (socket: WebSocket) => socket.send(randomBytes(100), { binary: true })],
    ['that is no UTF-8', 1007, (socket: WebSocket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false })],
  ] as const)('%s closes the connection with %d', async (_title, code, send) => {
    const charger = await dial(await listen());
    send(charger.socket);
    expect(await vi.waitUntil(() => charger.closedWith, soon)).toBe(code);
    expect(door.received).toEqual([]);
    await vi.waitUntil(() => door.comings.includes('closed CP1'), soon);
  });
});

test('45: an answer to the call of another charger, and a second answer to its own, go to nobody', async () => {
  const url = await listen();
  const [one, other] = [await dial(url, 'ONE'), await dial(url, 'OTHER')];
  const profile = { mustUnderstand: false, responseTo: 'from', responseHeaders: 'full' } as const;
  const target = {
    identity: 'ONE',
    url: '',
    wire: 'ocpp1.6-json',
    profile: { ...profile, soapAction: false, faultHttpStatus: 'soap12' },
  } as const;
  const delivery = connections.call(target, 'ClearCache', {}, 15_000);
  await vi.waitUntil(() => one.frames.length === 1, soon);
  const [, id] = one.frames[0] as unknown[];
  other.send(3, id, { status: 'Rejected' });
  await vi.waitUntil(() => recorder.count('anomaly json_unknownAnswer') === 1, soon);
  one.send(3, id, { status: 'Accepted' });
  one.send(3, id, { status: 'Rejected' });
  await expect(delivery).resolves.toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
  await vi.waitUntil(() => recorder.count('anomaly json_lateAnswer') === 1, soon);
});

describe('a flood', () => {
  test('44: of fragments ends the connection, and memory stays', async () => {
    const charger = await dial(await listen());
    const before = process.memoryUsage().rss;
    for (let nth = 0; nth < 20_000; nth += 1) charger.socket.send('x', { fin: false });
    expect(await vi.waitUntil(() => charger.closedWith, soon)).toBe(1008);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * megabyte);
  });

  test('of calls is answered, refused or left in the network, and those of others are answered meanwhile', async () => {
    const perCharger = { perSecond: 10, burst: 20 };
    const unlimited = { perSecond: Number.MAX_SAFE_INTEGER, burst: Number.MAX_SAFE_INTEGER };
    const url = await listen({ rates: { perAddress: unlimited, perCharger } });
    const flooder = await dial(url, 'FLOOD');
    const before = process.memoryUsage().rss;
    for (let nth = 0; nth < 200_000; nth += 1) flooder.socket.send(`[2,"${nth}","Heartbeat",{}]`);
    const quiet = await dial(url, 'QUIET');
    quiet.socket.send(lastFrame);
    await framesUntilLast(quiet);
    // Its clock stands still: what was read came before the pause.
    expect(door.received.length).toBeLessThan(10_000);
    expect(recorder.count('reject chargerRate')).toBe(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * megabyte);
  });
});
