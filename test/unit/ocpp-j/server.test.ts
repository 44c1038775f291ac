import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ChargerTarget } from '../../../src/gateway/ports.ts';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { defaultJsonLimits } from '../../../src/ocpp-j/server-limits.ts';
import {
  connections,
  clock,
  dial,
  type Dialled,
  door,
  endAfterwards,
  listen,
  recorder,
  refusalOf,
} from './json-listener.ts';

const soon = { interval: 1, timeout: 30_000 };
const framesOf = (dialled: Dialled, count: number) => vi.waitUntil(() => dialled.frames.length >= count, soon);
const closedOf = (dialled: Dialled) => vi.waitUntil(() => dialled.closedWith, soon);
const heartbeat = (id: string) => [2, id, 'Heartbeat', {}];
const time = { currentTime: '2026-03-01T12:00:00Z' };

const target = (identity = 'CP1'): ChargerTarget => ({
  identity,
  url: '',
  wire: 'ocpp1.6-json',
  profile: {
    mustUnderstand: false,
    responseTo: 'anonymous',
    responseHeaders: 'full',
    soapAction: false,
    faultHttpStatus: 'soap12',
  },
});

describe('a call of the charger', () => {
  test('reaches the door with who says it, and the answer comes back', async () => {
    const url = await listen();
    const headers = { Authorization: `Basic ${Buffer.from('CP 1:pass').toString('base64')}` };
    const charger = await dial(url, 's/secret/CP%201', { headers });
    charger.send(...heartbeat('a'));
    await framesOf(charger, 1);
    expect(charger.frames).toEqual([[3, 'a', time]]);
    expect(door.received).toEqual([
      {
        claim: {
          identity: 'CP 1',
          pathSecret: 'secret',
          basic: { user: 'CP 1', password: Buffer.from('pass') },
          peerAddress: '127.0.0.1',
          wire: 'ocpp1.6-json',
          callbacks: [],
        },
        call: { action: 'Heartbeat', payload: {}, anomalies: [] },
      },
    ]);
    expect(recorder.count('json-charger in Heartbeat answered')).toBe(1);
  });

  test.each([
    ['a refusal of the door', 'Heartbeat', {}, 'OccurenceConstraintViolation'],
    ['an unknown field', 'Authorize', { idTag: 'A', pin: 1 }, 'FormationViolation'],
    ['a text where a number stands', 'StatusNotification', { connectorId: '1' }, 'OccurenceConstraintViolation'],
    ['a call that is for chargers', 'Reset', { type: 'Hard' }, 'NotSupported'],
    ['a call of a later version', 'NotifyReport', {}, 'NotImplemented'],
  ])('%s: a CALLERROR in the spelling of 1.6', async (_title, action, payload, code) => {
    const error = new OcppError('OccurrenceConstraintViolation', 'no');
    door.reply = ({ identity }) => ({ kind: 'refused', identity, error });
    const charger = await dial(await listen());
    charger.send(2, 'a', action, payload);
    await framesOf(charger, 1);
    expect(charger.frames).toEqual([[4, 'a', code, expect.any(String), {}]]);
  });

  test('null fields and times without zone are put right before anybody sees them', async () => {
    const charger = await dial(await listen());
    door.reply = ({ identity }) => ({ kind: 'answered', identity, payload: {} });
    const said = {
      connectorId: 1,
      status: 'Available',
      errorCode: 'NoError',
      info: null,
      timestamp: '2026-03-01T12:00:00',
    };
    charger.send(2, 'a', 'StatusNotification', said);
    await framesOf(charger, 1);
    const { info: _info, ...payload } = { ...said, timestamp: '2026-03-01T12:00:00Z' };
    expect(door.received[0]?.call.payload).toEqual(payload);
  });

  test('that nothing could be kept of is not answered: the connection ends, and the charger keeps it', async () => {
    door.reply = ({ identity }) => ({ kind: 'silence', identity, reason: 'the disk is full' });
    const charger = await dial(await listen());
    charger.send(...heartbeat('a'));
    expect(await closedOf(charger)).toBe(1013);
    expect(charger.frames).toEqual([]);
    expect(recorder.count('json-charger in Heartbeat silence')).toBe(1);
    expect(door.comings).toEqual(['opened CP1', 'closed CP1']);
  });

  test('one at a time, in order, whatever the charger does', async () => {
    const answers: (() => void)[] = [];
    door.reply = ({ identity }) =>
      new Promise((resolve) => answers.push(() => resolve({ kind: 'answered', identity, payload: time })));
    const charger = await dial(await listen());
    for (const id of ['a', 'b', 'c']) charger.send(...heartbeat(id));
    for (const nth of [1, 2, 3]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
      await vi.waitUntil(() => answers.length === nth, soon);
      answers[nth - 1]?.();
    }
    await framesOf(charger, 3);
    expect(charger.frames.map((frame) => (frame as unknown[])[1])).toEqual(['a', 'b', 'c']);
  });
});

describe('a call to the charger', () => {
  test('goes over its connection, and its answer comes back', async () => {
    const charger = await dial(await listen(), 'cp1');
    const delivery = connections.call(target('CP1'), 'ClearCache', {}, 15_000);
    await framesOf(charger, 1);
    const [kind, id, action] = charger.frames[0] as unknown[];
    expect([kind, action]).toEqual([2, 'ClearCache']);
    charger.send(3, id, { status: 'Rejected' });
    await expect(delivery).resolves.toEqual({ kind: 'answered', payload: { status: 'Rejected' } });
    expect(recorder.count('json-charger out ClearCache answered')).toBe(1);
    expect(recorder.count('took ClearCache')).toBe(1);
  });

  test('that is not connected was surely not seen', async () => {
    await listen();
    await expect(connections.call(target(), 'ClearCache', {}, 1)).resolves.toEqual({
      kind: 'unreachable',
      reason: 'it is not connected',
      sent: false,
    });
  });

  test('that is not answered in time: a late answer goes to nobody', async () => {
    const charger = await dial(await listen());
    const delivery = connections.call(target(), 'ClearCache', {}, 15_000);
    await framesOf(charger, 1);
    await clock.advance(15_000);
    await expect(delivery).resolves.toMatchObject({ kind: 'unreachable', sent: true });
    charger.send(3, (charger.frames[0] as unknown[])[1], { status: 'Accepted' });
    await vi.waitUntil(() => recorder.count('anomaly json_lateAnswer') === 1, soon);
  });

  test('whose answer is not what OCPP says is as bad as a refusal', async () => {
    const charger = await dial(await listen());
    const delivery = connections.call(target(), 'ClearCache', {}, 15_000);
    await framesOf(charger, 1);
    charger.send(3, (charger.frames[0] as unknown[])[1], { status: 'Perhaps' });
    await expect(delivery).resolves.toMatchObject({
      kind: 'refused',
      code: 'PropertyConstraintViolation',
      description: expect.stringContaining('invalid answer of the charger'),
    });
  });

  test('three in a row without an answer: the connection is replaced', async () => {
    const charger = await dial(await listen());
    for (let nth = 0; nth < 3; nth += 1) {
      const delivery = connections.call(target(), 'ClearCache', {}, 1_000);
      // oxlint-disable-next-line no-await-in-loop -- in a row
      await clock.advance(1_000);
      // oxlint-disable-next-line no-await-in-loop -- in a row
      await delivery;
    }
    expect(await closedOf(charger)).toBe(1006);
    expect(door.comings).toEqual(['opened CP1', 'closed CP1']);
  });
});

describe('two connections of one charger', () => {
  test('the newer one wins; the calls on the older one may have been seen', async () => {
    const url = await listen();
    const first = await dial(url);
    const delivery = connections.call(target(), 'ClearCache', {}, 15_000);
    await framesOf(first, 1);
    const second = await dial(url, 'cp1');
    expect(await closedOf(first)).toBe(1008);
    await expect(delivery).resolves.toMatchObject({ kind: 'unreachable', sent: true });
    expect(door.comings).toEqual(['opened CP1', 'opened cp1']);
    second.send(...heartbeat('b'));
    await framesOf(second, 1);
  });

  test('one that is not admitted takes nobody’s place', async () => {
    const url = await listen();
    const first = await dial(url);
    door.admittance = () => ({ kind: 'refused', why: 'credentials', reason: 'no' });
    expect(await refusalOf(url)).toMatchObject({ status: 401 });
    first.send(...heartbeat('a'));
    await framesOf(first, 1);
  });
});

describe('limits', () => {
  test.each([
    ['credentials', 401, 'www-authenticate'],
    ['forbidden', 403, undefined],
    ['unknown', 404, undefined],
    ['unavailable', 503, 'retry-after'],
  ] as const)('a charger that is refused as %s gets %d', async (why, status, header) => {
    door.admittance = () => ({ kind: 'refused', why, reason: 'no' });
    const refusal = await refusalOf(await listen());
    expect(refusal.status).toBe(status);
    if (header !== undefined) expect(refusal.headers).toHaveProperty(header);
  });

  test('handshakes of one address beyond its rate get 429, until time has passed', async () => {
    const perAddress = { perSecond: 1, burst: 2 };
    const url = await listen({ rates: { ...defaultJsonLimits.rates, perAddress } });
    await dial(url, 'A');
    await dial(url, 'B');
    expect(await refusalOf(url, 'C')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    await clock.advance(1_000);
    await dial(url, 'C');
    expect(recorder.count('reject addressRate')).toBe(1);
  });

  test('connections of one address beyond their number are closed at once; others come in', async () => {
    const url = await listen({ maxConnectionsPerAddress: 2 });
    const first = await dial(url, 'A');
    await dial(url, 'B');
    const third = new WebSocket(`${url}/C`, ['ocpp1.6']);
    await once(third, 'error');
    await dial(url, 'D', { localAddress: '127.0.0.5' });
    first.socket.close();
    await closedOf(first);
    await vi.waitFor(() => dial(url, 'E'), soon);
    expect(recorder.count('reject connections')).toBeGreaterThanOrEqual(1);
  });

  test('a connection that says nothing is ended', async () => {
    const { port } = new URL(await listen({ handshakeTimeoutMs: 50 }));
    const silent = connect(Number(port), '127.0.0.1');
    endAfterwards(() => silent.destroy());
    silent.resume();
    await once(silent, 'close');
  });

  test('a charger that sends too fast is read more slowly, and every message of it is answered', async () => {
    const perCharger = { perSecond: 10, burst: 5 };
    const url = await listen({ rates: { ...defaultJsonLimits.rates, perCharger } });
    const charger = await dial(url);
    for (let nth = 0; nth < 8; nth += 1) {
      charger.send(...heartbeat(String(nth)));
      // oxlint-disable-next-line no-await-in-loop -- each in a segment of its own
      if (nth < 6) await framesOf(charger, nth + 1);
    }
    expect(recorder.count('reject chargerRate')).toBe(1);
    expect(charger.frames).toHaveLength(6);
    await clock.advance(100);
    await framesOf(charger, 7);
    await clock.advance(500);
    await framesOf(charger, 8);
    expect(charger.closedWith).toBeUndefined();
  });

  test('to connect anew is no way to be faster', async () => {
    const perCharger = { perSecond: 1, burst: 1 };
    const url = await listen({ rates: { ...defaultJsonLimits.rates, perCharger } });
    const first = await dial(url);
    first.send(...heartbeat('a'));
    await framesOf(first, 1);
    const second = await dial(url);
    second.send(...heartbeat('b'));
    await framesOf(second, 1);
    expect(recorder.count('reject chargerRate')).toBe(1);
  });

  test('a quiet charger is pinged, and one that does not answer is taken for dead', async () => {
    const url = await listen({ pingIntervalMs: 60_000 });
    const alive = await dial(url, 'ALIVE');
    const dead = await dial(url, 'DEAD', { autoPong: false });
    let pings = 0;
    alive.socket.on('ping', () => {
      pings += 1;
    });
    await clock.advance(61_000);
    await vi.waitUntil(() => pings === 1, soon);
    // The pong crosses a real network.
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(dead.closedWith).toBe(1006);
    }, soon);
    expect(alive.closedWith).toBeUndefined();
    expect(door.comings).toContain('closed DEAD');
  });
});

describe('the end', () => {
  test('lets the call under way be answered, and closes with 1001', async () => {
    const url = await listen();
    let answer: () => void = () => undefined;
    door.reply = ({ identity }) =>
      new Promise((resolve) => {
        answer = () => resolve({ kind: 'answered', identity, payload: time });
      });
    const [busy, idle] = [await dial(url, 'BUSY'), await dial(url, 'IDLE')];
    busy.send(...heartbeat('a'));
    await vi.waitUntil(() => door.received.length === 1, soon);
    const closed = connections.close(1_000);
    expect(await closedOf(idle)).toBe(1001);
    answer();
    expect(await closedOf(busy)).toBe(1001);
    expect(busy.frames).toEqual([[3, 'a', time]]);
    await closed;
  });

  test('does not wait longer than it was told to', async () => {
    const url = await listen();
    door.reply = () => new Promise(() => undefined);
    const busy = await dial(url);
    busy.send(...heartbeat('a'));
    await vi.waitUntil(() => door.received.length === 1, soon);
    const closed = connections.close(1_000);
    await clock.advance(1_000);
    await closed;
    expect(await closedOf(busy)).toBe(1001);
  });
});
