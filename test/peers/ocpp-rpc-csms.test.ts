import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import ocppRpc, { type RPCServer as OcppRpcServer } from 'ocpp-rpc';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandReply, CsmsDoor, CsmsLinks, Payload } from '../../src/gateway/ports.ts';
import { OcppError } from '../../src/ocpp/errors.ts';
import { chargerActions, csmsActions } from '../../src/ocpp/messages.generated.ts';
import { createCsmsLinks } from '../../src/ocpp-j/client.ts';
import { everyRequest, everyResponse } from '../support/arbitraries.ts';
import { machineClock, Recorder, settingsFor } from '../unit/ocpp-j/surroundings.ts';

/**
 * The package ocpp-rpc as CSMS: its own RPC engine and its own schemas (the published ones of OCPP 1.6), which it holds
 * against every request and response in both directions.
 */
const { RPCServer } = ocppRpc;

type Peer = {
  handle(handler: (call: { method: string; params: Payload }) => unknown): void;
  call(method: string, params: Payload): Promise<Payload>;
  on(event: string, listener: (report: unknown) => void): void;
};

let server: OcppRpcServer;
let http: Server;
let links: CsmsLinks;
let recorder: Recorder;
let peer: Peer;
let violations: unknown[];
let heard: { method: string; params: Payload }[];
let answer: (method: string) => Payload;
let handshake: { identity: string; password?: Buffer; protocols: Set<string> } | undefined;

const password = Buffer.from([1, 0, 255, 58, 250]);

beforeEach(async () => {
  [violations, heard, recorder] = [[], [], new Recorder()];
  server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true });
  server.auth((accept, _reject, shown) => {
    handshake = shown;
    accept();
  });
  const connected = new Promise<Peer>((resolve) => {
    server.on('client', (client: Peer) => {
      client.on('strictValidationFailure', (report) => violations.push(report));
      client.on('badMessage', (report) => violations.push(report));
      client.handle(({ method, params }) => {
        heard.push({ method, params });
        return answer(method);
      });
      resolve(client);
    });
  });
  http = await server.listen(0, '127.0.0.1');
  const { port } = http.address() as AddressInfo;
  const { log, meters, messages } = recorder;
  links = createCsmsLinks({ door: door(recorder), clock: machineClock, log, meters, messages });
  links.open('CP1', settingsFor(`ws://127.0.0.1:${port}/ocpp/`, 'AL 1000/a', { password }));
  peer = await connected;
  await vi.waitFor(() => expect(links.state('CP1').kind).toBe('open'), { interval: 1 });
});

afterEach(async () => {
  await links.shutdown();
  const closed = once(http, 'close');
  await server.close({});
  await closed;
});

/** What the charger answers to each command: set by the test. */
let reply: (action: string) => CommandReply = () => ({ kind: 'answered', payload: {} });

function door(recorder: Recorder): CsmsDoor {
  recorder.reply = (action) => reply(action);
  return recorder;
}

test('the handshake of OCPP-J 1.6 is understood: identity, subprotocol, binary key', () => {
  expect(handshake?.identity).toBe('AL 1000/a');
  expect([...(handshake?.protocols ?? [])]).toEqual(['ocpp1.6']);
  expect(handshake?.password).toEqual(password);
});

test('the peer notices violations: the tests below would see one', async () => {
  await expect(peer.call('Reset', { type: 'Cold' })).rejects.toThrow();
  expect(violations).toHaveLength(1);
});

describe('a charger calls', () => {
  test.each(chargerActions)('%s, with every field and every value, and is answered', async (action) => {
    const responses = everyResponse(action);
    for (const [nth, request] of everyRequest(action).entries()) {
      const response = responses[nth % responses.length] ?? {};
      answer = () => response;
      const delivery = await links.deliver('CP1', action, request, 5_000);
      expect(delivery).toEqual({ kind: 'answered', payload: response });
      expect(heard.at(-1)).toMatchObject({ method: action, params: request });
    }
    expect(heard).not.toHaveLength(0);
    expect(violations).toEqual([]);
  });

  test('many at once, and they arrive one after the other in order', async () => {
    answer = () => ({});
    const requests = Array.from({ length: 100 }, (_, nth) => ({
      connectorId: nth,
      errorCode: 'NoError',
      status: 'Available',
    }));
    const deliveries = await Promise.all(
      requests.map((request) => links.deliver('CP1', 'StatusNotification', request, 5_000)),
    );
    expect(deliveries.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(heard.map(({ params }) => params)).toEqual(requests);
    expect(violations).toEqual([]);
  });

  test('a refusal of the CSMS arrives with its code', async () => {
    answer = () => {
      throw ocppRpc.createRPCError('SecurityError', 'not now', { why: 'boot' });
    };
    await expect(links.deliver('CP1', 'Heartbeat', {}, 5_000)).resolves.toMatchObject({
      kind: 'refused',
      code: 'SecurityError',
    });
  });
});

describe('the CSMS calls', () => {
  test.each(csmsActions)('%s, with every field and every value, and is answered', async (action) => {
    const responses = everyResponse(action);
    for (const [nth, request] of everyRequest(action).entries()) {
      const payload = responses[nth % responses.length] ?? {};
      reply = () => ({ kind: 'answered', payload });
      await expect(peer.call(action, request)).resolves.toEqual(payload);
      expect(recorder.commands.at(-1)).toEqual({ station: 'CP1', action, payload: request });
    }
    expect(recorder.commands).not.toHaveLength(0);
    expect(violations).toEqual([]);
  });

  test.each([
    ['OccurrenceConstraintViolation', 'OccurenceConstraintViolation'],
    ['FormationViolation', 'FormationViolation'],
    ['IdentityMismatch', 'GenericError'],
    ['NotSupported', 'NotSupported'],
    ['GenericError', 'GenericError'],
  ] as const)('and a refusal %s arrives as %s', async (code, name) => {
    reply = () => ({ kind: 'refused', error: new OcppError(code, 'because') });
    await expect(peer.call('ClearCache', {})).rejects.toMatchObject({ rpcErrorCode: name, message: 'because' });
  });

  test('while a call of the charger is open: both are answered', async () => {
    let release: () => void = () => undefined;
    const waits = new Promise<Payload>((resolve) => {
      release = () => resolve({ currentTime: '2026-01-01T00:00:00Z' });
    });
    answer = () => waits as unknown as Payload;
    reply = () => ({ kind: 'answered', payload: { status: 'Accepted' } });
    const delivery = links.deliver('CP1', 'Heartbeat', {}, 5_000);
    await expect(peer.call('Reset', { type: 'Soft' })).resolves.toEqual({ status: 'Accepted' });
    release();
    await expect(delivery).resolves.toMatchObject({ kind: 'answered' });
  });
});
