import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CommandReply } from '../../../src/gateway/ports.ts';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { Session, type SessionLimits } from '../../../src/ocpp-j/session.ts';
import { atRest, VirtualClock } from '../../support/virtual-clock.ts';
import { Recorder } from './surroundings.ts';

const limits: SessionLimits = {
  maxWaitingCalls: 5,
  maxWaitingCommands: 2,
  maxTimeoutsInRow: 3,
  commandDeadlineMs: 60_000,
};
const now = '2026-01-01T00:00:00Z';

let clock: VirtualClock;
let recorder: Recorder;
let sent: unknown[][];
let stuck: number[];
let answers: number;
let session: Session;

function newSession(): Session {
  return new Session({
    station: 'CP1',
    serves: 'ChargePoint',
    clock,
    log: recorder.log,
    meters: recorder.meters,
    messages: recorder.messages,
    limits,
    send: (text) => sent.push(JSON.parse(text) as unknown[]),
    lacks: (action) => action === 'GetLog',
    command: (action, payload) => recorder.command('CP1', action, payload),
    onAnswer: () => {
      answers += 1;
    },
    onStuck: (timeouts) => stuck.push(timeouts),
  });
}

beforeEach(() => {
  clock = new VirtualClock();
  recorder = new Recorder();
  [sent, stuck, answers] = [[], [], 0];
  session = newSession();
});

const receive = (...frame: unknown[]): void => session.receive(JSON.stringify(frame));
const lastId = (): unknown => sent.at(-1)?.[1];

describe('our calls', () => {
  test('one is open at a time, the others wait in order (OCPP-J 1.6 §4.1.1)', async () => {
    const tags = ['A', 'B', 'C'];
    const deliveries = tags.map((idTag) => session.call('Authorize', { idTag }, 30_000));
    for (const idTag of tags) {
      expect(sent.at(-1)).toEqual([2, expect.any(String), 'Authorize', { idTag }]);
      receive(3, lastId(), { idTagInfo: { status: 'Accepted', parentIdTag: idTag } });
    }
    expect(sent).toHaveLength(3);
    expect((await Promise.all(deliveries)).map((delivery) => delivery.kind === 'answered' && delivery.payload)).toEqual(
      tags.map((parentIdTag) => ({ idTagInfo: { status: 'Accepted', parentIdTag } })),
    );
    expect(recorder.count('json out Authorize answered')).toBe(3);
    expect(answers).toBe(3);
  });

  test('ids have at most 36 characters and differ across sessions (OCPP-J 1.6 §4.1.4)', () => {
    const ids = Array.from({ length: 200 }, () => {
      session = newSession();
      void session.call('Heartbeat', {}, 30_000);
      receive(3, lastId(), { currentTime: now });
      void session.call('Heartbeat', {}, 30_000);
      return [sent.at(-2)?.[1], sent.at(-1)?.[1]];
    }).flat();
    expect(new Set(ids).size).toBe(400);
    expect(ids.every((id) => typeof id === 'string' && id.length <= 36)).toBe(true);
  });

  test('more than may wait are unreachable at once', async () => {
    const deliveries = Array.from({ length: 8 }, () => session.call('Heartbeat', {}, 30_000));
    await expect(Promise.all(deliveries.slice(6))).resolves.toEqual([
      { kind: 'unreachable', reason: 'too many calls are waiting', sent: false },
      { kind: 'unreachable', reason: 'too many calls are waiting', sent: false },
    ]);
  });

  test('the deadline holds for the open call and for those that wait', async () => {
    const open = session.call('Heartbeat', {}, 20_000);
    const waiting = session.call('Heartbeat', {}, 5_000);
    const next = session.call('Heartbeat', {}, 40_000);
    await clock.advance(5_000);
    await expect(waiting).resolves.toEqual({ kind: 'unreachable', reason: 'no answer in time', sent: false });
    await clock.advance(15_000);
    await expect(open).resolves.toEqual({ kind: 'unreachable', reason: 'no answer in time', sent: true });
    expect(sent).toHaveLength(2);
    receive(3, lastId(), { currentTime: now });
    await expect(next).resolves.toEqual({ kind: 'answered', payload: { currentTime: now } });
    expect(clock.pending()).toBe(0);
  });

  test('a late answer is counted and never taken for that of another call', async () => {
    const first = session.call('Authorize', { idTag: 'A' }, 30_000);
    const lateId = lastId();
    await clock.advance(30_000);
    const second = session.call('Authorize', { idTag: 'B' }, 30_000);
    await clock.advance(10_000);
    receive(3, lateId, { idTagInfo: { status: 'Blocked' } });
    receive(3, lastId(), { idTagInfo: { status: 'Accepted' } });
    await expect(first).resolves.toMatchObject({ kind: 'unreachable', sent: true });
    await expect(second).resolves.toEqual({ kind: 'answered', payload: { idTagInfo: { status: 'Accepted' } } });
    expect(recorder.count('anomaly json_lateAnswer')).toBe(1);
  });

  test('a second answer to one call, and an answer to a call of another charger, are ignored and counted', async () => {
    const delivery = session.call('Heartbeat', {}, 30_000);
    receive(3, 'charger-2.1', { currentTime: now });
    receive(4, 'charger-2.1', 'GenericError', '', {});
    const id = lastId();
    receive(3, id, { currentTime: now });
    receive(4, id, 'GenericError', '', {});
    await expect(delivery).resolves.toMatchObject({ kind: 'answered' });
    expect(recorder.count('anomaly json_unknownAnswer')).toBe(2);
    expect(recorder.count('anomaly json_lateAnswer')).toBe(1);
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['FormationViolation', 'FormationViolation', 'why'],
    ['FormatViolation', 'FormationViolation', 'why'],
    ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation', 'why'],
    ['OccurrenceConstraintViolation', 'OccurrenceConstraintViolation', 'why'],
    ['SecurityError', 'SecurityError', 'why'],
    ['NoIdea', 'GenericError', 'NoIdea: why'],
  ])('a CALLERROR %s is a refusal with %s', async (name, code, description) => {
    const delivery = session.call('Heartbeat', {}, 30_000);
    receive(4, lastId(), name, 'why', { field: 1 });
    await expect(delivery).resolves.toEqual({ kind: 'refused', code, description, details: { field: 1 } });
  });

  test('nulls in an answer are absent fields', async () => {
    const delivery = session.call('Authorize', { idTag: 'A' }, 30_000);
    receive(3, lastId(), { idTagInfo: { status: 'Accepted', expiryDate: null, parentIdTag: null } });
    await expect(delivery).resolves.toEqual({ kind: 'answered', payload: { idTagInfo: { status: 'Accepted' } } });
  });

  test('an answer that is not the answer of its action is a refusal, never a success', async () => {
    const request = { connectorId: 1, idTag: 'A', meterStart: 0, timestamp: now };
    const delivery = session.call('StartTransaction', request, 30_000);
    receive(3, lastId(), { idTagInfo: { status: 'Accepted' } });
    await expect(delivery).resolves.toMatchObject({
      kind: 'refused',
      code: 'OccurrenceConstraintViolation',
      description: expect.stringContaining('invalid answer of the CSMS'),
    });
    const other = session.call('StartTransaction', request, 30_000);
    receive(3, lastId(), []);
    await expect(other).resolves.toMatchObject({ kind: 'refused', code: 'FormationViolation' });
  });

  test('an invalid call of ours is withheld, logged and refused, and blocks nothing', async () => {
    await expect(session.call('Authorize', { idTag: 'x'.repeat(21) }, 30_000)).resolves.toMatchObject({
      kind: 'refused',
      code: 'InternalError',
    });
    expect(sent).toHaveLength(0);
    expect(recorder.logged.map(({ level, event }) => `${level} ${event}`)).toEqual(['error invalid call withheld']);
  });

  test('the end of the connection tells what may have been seen', async () => {
    const [open, waiting] = [session.call('Heartbeat', {}, 30_000), session.call('Heartbeat', {}, 30_000)];
    session.end('the connection broke');
    await expect(open).resolves.toEqual({ kind: 'unreachable', reason: 'the connection broke', sent: true });
    await expect(waiting).resolves.toEqual({ kind: 'unreachable', reason: 'the connection broke', sent: false });
    expect(clock.pending()).toBe(0);
  });

  test('three timeouts in a row say that the connection is stuck; an answer between starts the count again', async () => {
    const timeout = async (): Promise<void> => {
      void session.call('Heartbeat', {}, 1_000);
      await clock.advance(1_000);
    };
    await timeout();
    await timeout();
    void session.call('Heartbeat', {}, 1_000);
    receive(3, lastId(), { currentTime: now });
    await timeout();
    await timeout();
    expect(stuck).toEqual([]);
    await timeout();
    expect(stuck).toEqual([3]);
  });

  test('a peer that answers late is slow, not stuck', async () => {
    for (let nth = 0; nth < 6; nth += 1) {
      void session.call('Heartbeat', {}, 1_000);
      const id = lastId();
      await clock.advance(1_000);
      receive(3, id, { currentTime: now });
    }
    expect(stuck).toEqual([]);
  });
});

describe("the peer's calls", () => {
  test('are answered one at a time, in order, whatever takes how long', async () => {
    const release: (() => void)[] = [];
    recorder.reply = () =>
      new Promise((resolve) => {
        release.push(() => resolve({ kind: 'answered', payload: { status: 'Accepted' } }));
      });
    receive(2, 'a', 'Reset', { type: 'Soft' });
    receive(2, 'b', 'ClearCache', {});
    await atRest();
    expect(recorder.commands.map(({ action }) => action)).toEqual(['Reset']);
    release[0]?.();
    await atRest();
    expect(recorder.commands.map(({ action }) => action)).toEqual(['Reset', 'ClearCache']);
    release[1]?.();
    await atRest();
    expect(sent).toEqual([
      [3, 'a', { status: 'Accepted' }],
      [3, 'b', { status: 'Accepted' }],
    ]);
  });

  test('cross ours: neither waits for the other (OCPP-J 1.6 §4.1.1)', async () => {
    const delivery = session.call('Heartbeat', {}, 30_000);
    const id = lastId();
    receive(2, 'a', 'ClearCache', {});
    await atRest();
    expect(sent.at(-1)).toEqual([3, 'a', { status: 'Accepted' }]);
    receive(3, id, { currentTime: now });
    await expect(delivery).resolves.toMatchObject({ kind: 'answered' });
  });

  test.each([
    ['Reset', {}, 'OccurenceConstraintViolation'],
    ['Reset', { type: 'Cold' }, 'PropertyConstraintViolation'],
    ['Reset', { type: 5 }, 'TypeConstraintViolation'],
    ['Reset', { type: 'Soft', when: 'now' }, 'FormationViolation'],
    ['Authorize', { idTag: 'A' }, 'NotSupported'],
    ['SignedUpdateFirmware', {}, 'OccurenceConstraintViolation'],
    ['GetLog', {}, 'NotImplemented'],
    ['constructor', {}, 'NotImplemented'],
  ])('%s %j is answered with %s and does not reach the charger', async (action, payload, code) => {
    receive(2, 'a', action, payload);
    await atRest();
    expect(sent).toEqual([[4, 'a', code, expect.any(String), expect.any(Object)]]);
    expect(recorder.commands).toEqual([]);
  });

  test('nulls are absent fields', async () => {
    receive(2, 'a', 'ClearChargingProfile', { id: null, connectorId: 1 });
    await atRest();
    expect(recorder.commands).toEqual([
      { station: 'CP1', action: 'ClearChargingProfile', payload: { connectorId: 1 } },
    ]);
  });

  test('a refusal keeps its code, with the frozen spelling, and its words', async () => {
    const error = new OcppError('OccurrenceConstraintViolation', 'too many', { details: { field: 'key' } });
    recorder.reply = (): CommandReply => ({ kind: 'refused', error });
    receive(2, 'a', 'ClearCache', {});
    await atRest();
    expect(sent).toEqual([[4, 'a', 'OccurenceConstraintViolation', 'too many', { field: 'key' }]]);
  });

  test('our own failure, or an invalid answer of ours, is logged and answered InternalError without details', async () => {
    recorder.reply = () => {
      throw new TypeError('secret path /etc/x');
    };
    receive(2, 'a', 'ClearCache', {});
    await atRest();
    recorder.reply = () => ({ kind: 'answered', payload: { status: 'Maybe' } });
    receive(2, 'b', 'ClearCache', {});
    await atRest();
    expect(sent).toEqual([
      [4, 'a', 'InternalError', 'internal error', {}],
      [4, 'b', 'InternalError', 'internal error', {}],
    ]);
    expect(recorder.logged.map(({ event }) => event)).toEqual(['command failed', 'command failed']);
  });

  test('a flood is refused beyond a short queue', async () => {
    recorder.reply = () => new Promise(() => undefined);
    for (const id of ['a', 'b', 'c', 'd', 'e']) receive(2, id, 'ClearCache', {});
    await atRest();
    expect(sent.map(([type, id, code]) => [type, id, code])).toEqual([
      [4, 'd', 'GenericError'],
      [4, 'e', 'GenericError'],
    ]);
  });

  test('one that takes too long is answered, its late reply dropped, and the next one runs', async () => {
    let reply: (reply: CommandReply) => void = () => undefined;
    recorder.reply = () =>
      new Promise((resolve) => {
        reply = resolve;
      });
    receive(2, 'a', 'ClearCache', {});
    await atRest();
    await clock.advance(60_000);
    reply({ kind: 'answered', payload: { status: 'Accepted' } });
    recorder.reply = () => ({ kind: 'answered', payload: { status: 'Rejected' } });
    receive(2, 'b', 'ClearCache', {});
    await atRest();
    expect(sent).toEqual([
      [4, 'a', 'InternalError', expect.any(String), {}],
      [3, 'b', { status: 'Rejected' }],
    ]);
  });

  test('nothing is answered once the connection is gone', async () => {
    receive(2, 'a', 'ClearCache', {});
    receive(2, 'b', 'ClearCache', {});
    session.end('gone');
    await atRest();
    expect(sent).toEqual([]);
    expect(recorder.commands).toHaveLength(1);
  });
});

describe('nonsense', () => {
  test('is answered with a CALLERROR or counted, and the next good frame is served', async () => {
    for (const text of [
      '',
      '{}',
      '[2,',
      '[9,"x"]',
      '[3,"x",{}]',
      '[4,"x"]',
      '[2,null,"Reset",{}]',
      '['.repeat(5_000) + ']'.repeat(5_000),
    ]) {
      session.receive(text);
    }
    receive(2, 'a', 'ClearCache', {});
    await atRest();
    expect(sent.slice(0, -1).map(([type, id, code]) => [type, id, code])).toEqual(
      Array.from({ length: 4 }, () => [4, '-1', 'FormationViolation']),
    );
    expect(sent.at(-1)).toEqual([3, 'a', { status: 'Accepted' }]);
    expect(recorder.counted.filter((counted) => /^(reject|anomaly)/.test(counted))).toEqual([
      'reject json_notArray',
      'reject json_notJson',
      'anomaly json_messageType',
      'anomaly json_unknownAnswer',
      'anomaly json_unknownAnswer',
      'reject json_unreadableId',
      'reject json_tooDeep',
    ]);
  });

  test('of any kind does not throw, and labels of metrics stay few', () => {
    const values = fc.oneof(fc.constantFrom(2, 3, 4, 5, 'a', 'Reset', {}), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), (frame) => session.receive(JSON.stringify(frame))),
      { numRuns: 500 },
    );
    expect(new Set(recorder.counted).size).toBeLessThan(20);
  });
});
