import { expect, test } from 'vitest';
import { OcppError } from '../../../src/ocpp/errors.ts';
import { authorize, envelope, heartbeat } from './envelopes.ts';
import { response, sendXml, startCaller, startCharger, target } from './fake-charger.ts';
import { confirmations, type Listener, startListener } from './listener.ts';
import { exchangeBytes, openSocket, post } from './wire.ts';

/*
 * What the SOAP wire tells the message log: each request once, with the texts as they went over the wire, whatever became
 * of it.
 */

async function send(listener: Listener, body: string): Promise<string | undefined> {
  const answer = await exchangeBytes(await openSocket(listener.port), post('/ocpp', body));
  return answer?.body.toString();
}

test('a request and its answer, with its number in the outbox', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({
    kind: 'answered',
    identity: 'Depot-07',
    payload: confirmations['Authorize'] ?? {},
    seq: 42,
  });
  const request = authorize('04E2');
  const answer = await send(listener, request);
  expect(listener.around.exchanges).toEqual([
    {
      atMs: expect.any(Number),
      station: 'Depot-07',
      side: 'soap',
      direction: 'in',
      action: 'Authorize',
      outcome: 'answered',
      latencyMs: expect.any(Number),
      request,
      answer,
      seq: 42,
    },
  ]);
  expect(Math.abs((listener.around.exchanges[0]?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('a refusal of the gateway, with its fault', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({
    kind: 'refused',
    identity: 'DEPOT-07',
    error: new OcppError('SecurityError', 'no'),
  });
  const answer = await send(listener, heartbeat());
  expect(listener.around.exchanges).toMatchObject([{ action: 'Heartbeat', outcome: 'SecurityError', answer }]);
  expect(answer).toContain('Fault');
});

test.each([
  ['what is no XML', 'no xml', '', ''],
  ['an operation that is none', envelope('danceRequest'), 'DEPOT-07', ''],
  ['a request without an identity', heartbeat({ identity: undefined }), '', 'Heartbeat'],
])('%s, with its text', async (_, request, station, action) => {
  const listener = await startListener();
  const answer = await send(listener, request);
  expect(listener.around.exchanges).toMatchObject([
    { station, action, request, answer, latencyMs: expect.any(Number) },
  ]);
  expect(listener.around.exchanges[0]?.outcome).not.toBe('answered');
});

test('a request that was left unanswered, since nothing could be kept', async () => {
  const listener = await startListener();
  listener.around.reply = () => ({ kind: 'silence', identity: 'DEPOT-07', reason: 'disk' });
  expect(await send(listener, heartbeat())).toBeUndefined();
  const [said] = listener.around.exchanges;
  expect(said).toMatchObject({ outcome: 'silence', action: 'Heartbeat' });
  expect([said?.answer, said?.latencyMs]).toEqual([undefined, undefined]);
});

test('a call to a charger and what it answered', async () => {
  const accepted = response('resetResponse', '<status>Accepted</status>');
  const charger = await startCharger((answer) => sendXml(answer, accepted));
  const { caller, around } = startCaller();
  await caller.call(target(charger.url), 'Reset', { type: 'Hard' }, 5_000);
  expect(around.exchanges).toEqual([
    {
      atMs: expect.any(Number),
      station: 'DEPOT-07',
      side: 'soap',
      direction: 'out',
      action: 'Reset',
      outcome: 'answered',
      latencyMs: expect.any(Number),
      request: charger.heard[0]?.body,
      answer: accepted,
      seq: undefined,
    },
  ]);
});

test('a call to a charger that does not listen, without an answer', async () => {
  const { caller, around } = startCaller();
  const server = await startCharger((answer) => answer.destroy());
  await caller.call(target(server.url), 'Reset', { type: 'Hard' }, 5_000);
  expect(around.exchanges).toMatchObject([
    { action: 'Reset', outcome: 'unreachable', latencyMs: undefined, answer: undefined },
  ]);
});

test('nothing of a call that could not even be written', async () => {
  const { caller, around } = startCaller();
  await caller.call(target('nowhere'), 'Reset', { type: 'Hard' }, 5_000);
  expect(around.exchanges).toEqual([]);
});
