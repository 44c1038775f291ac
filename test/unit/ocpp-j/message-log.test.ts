import { beforeEach, expect, test } from 'vitest';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { Session } from '../../../src/ocpp-j/session.ts';
import { VirtualClock, atRest } from '../../support/virtual-clock.ts';
import { Recorder } from './surroundings.ts';

/* What a connection of OCPP-J tells the message log: each call once, with both frames, whatever became of it. */

let clock: VirtualClock;
let recorder: Recorder;
let sent: string[];
let session: Session;

beforeEach(() => {
  clock = new VirtualClock();
  recorder = new Recorder();
  sent = [];
  session = new Session({
    station: 'CP1',
    serves: 'ChargePoint',
    clock,
    log: recorder.log,
    meters: recorder.meters,
    messages: recorder.messages,
    limits: { maxWaitingCalls: 5, maxWaitingCommands: 2, maxTimeoutsInRow: 3, commandDeadlineMs: 60_000 },
    send: (text) => sent.push(text),
    lacks: () => false,
    command: (action, payload) => recorder.command('CP1', action, payload),
    onAnswer: () => undefined,
    onStuck: () => undefined,
  });
});

const lastId = (): unknown => (JSON.parse(sent.at(-1) ?? '[]') as unknown[])[1];

test('our call with its number in the outbox, from the moment it left', async () => {
  const waits = session.call('Heartbeat', {}, 30_000);
  const behind = session.call('Authorize', { idTag: 'A' }, 30_000, 42);
  await clock.advance(1_000);
  session.receive(`[3,"${String(lastId())}",{"currentTime":"2026-01-01T00:00:00Z"}]`);
  const atMs = clock.now();
  await clock.advance(250);
  const answer = `[3, "${String(lastId())}", {"idTagInfo":{"status":"Accepted"}}]`;
  session.receive(answer);
  await Promise.all([waits, behind]);
  expect(recorder.exchanges[1]).toEqual({
    atMs,
    station: 'CP1',
    side: 'json',
    direction: 'out',
    action: 'Authorize',
    outcome: 'answered',
    latencyMs: 250,
    request: sent[1],
    answer,
    seq: 42,
  });
  expect(recorder.exchanges[0]).toMatchObject({ action: 'Heartbeat', latencyMs: 1_000, seq: undefined });
});

test('our call that the peer refused, or answered with what is none', async () => {
  const refused = session.call('Heartbeat', {}, 30_000);
  session.receive(`[4,"${String(lastId())}","NotSupported","",{}]`);
  const broken = session.call('Heartbeat', {}, 30_000);
  session.receive(`[3,"${String(lastId())}",{"currentTime":5}]`);
  await Promise.all([refused, broken]);
  expect(recorder.exchanges).toMatchObject([
    { outcome: 'NotSupported', answer: expect.stringContaining('[4,') },
    { outcome: 'TypeConstraintViolation', answer: expect.stringContaining('"currentTime":5') },
  ]);
});

test('our call that was not answered, and nothing of those that never left', async () => {
  const calls = [session.call('Heartbeat', {}, 30_000), session.call('Authorize', { idTag: 'A' }, 30_000)];
  session.end('the connection is gone');
  await Promise.all(calls);
  expect(recorder.exchanges).toMatchObject([{ action: 'Heartbeat', outcome: 'unreachable' }]);
  expect(recorder.exchanges[0]).toMatchObject({ answer: undefined, latencyMs: undefined });
});

test("the peer's call and our answer, with the number under which it was kept", async () => {
  recorder.reply = () => ({ kind: 'answered', payload: { status: 'Accepted' }, seq: 7 });
  const request = '[2, "c1", "Reset", {"type":"Soft"}]';
  const atMs = clock.now();
  session.receive(request);
  await atRest();
  expect(recorder.exchanges).toEqual([
    {
      atMs,
      station: 'CP1',
      side: 'json',
      direction: 'in',
      action: 'Reset',
      outcome: 'answered',
      latencyMs: 0,
      request,
      answer: '[3,"c1",{"status":"Accepted"}]',
      seq: 7,
    },
  ]);
});

test("the peer's call that we refuse, by the names that OCPP knows alone", async () => {
  recorder.reply = () => ({ kind: 'refused', error: new OcppError('GenericError', 'not now') });
  session.receive('[2,"c1","Reset",{"type":"Soft"}]');
  await atRest();
  session.receive('[2,"c2","Nonsense",{}]');
  await atRest();
  expect(recorder.exchanges).toMatchObject([
    { action: 'Reset', outcome: 'GenericError', answer: expect.stringContaining('not now') },
    { action: '', outcome: 'NotImplemented', request: '[2,"c2","Nonsense",{}]' },
  ]);
});

test('a frame that cannot be read, and its CALLERROR', () => {
  session.receive('[2,"c1","Reset"');
  expect(recorder.exchanges).toMatchObject([
    { action: '', outcome: 'FormationViolation', request: '[2,"c1","Reset"', answer: sent[0] },
  ]);
});

test("the peer's call whose answer nobody hears any more", async () => {
  recorder.reply = () => new Promise((resolve) => clock.after(5_000, () => resolve({ kind: 'answered', payload: {} })));
  session.receive('[2,"c1","Reset",{"type":"Soft"}]');
  session.end('the connection is gone');
  await clock.advance(5_000);
  expect(recorder.exchanges).toMatchObject([{ action: 'Reset', outcome: 'silence', answer: undefined }]);
});
