import { once } from 'node:events';
import ocppRpc from 'ocpp-rpc';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Csms, type CsmsSettings, startCsms, type Verdict } from '../../src/demo/csms.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { fromCharger, toCharger } from './soap-samples.ts';

/** The demo's CSMS against the package ocpp-rpc as station, which holds the published schemas against every message. */
type Station = {
  connect(): Promise<unknown>;
  call(action: string, payload: Payload): Promise<Payload>;
  handle(handler: (call: { readonly method: string; readonly params: Payload }) => unknown): void;
  on(event: string, listener: (report: unknown) => void): void;
  close(options: { readonly force: boolean }): Promise<unknown>;
};

const { RPCClient } = ocppRpc;
const identity = 'AL 1000/a';
let csms: Csms;
let station: Station;
let verdict: (action: string) => Verdict | Promise<Verdict>;
const violations: unknown[] = [];

async function start(settings: Partial<CsmsSettings> = {}): Promise<void> {
  csms = await startCsms({ heartbeatS: 300, judge: ({ action }) => verdict(action), ...settings });
  station = new RPCClient({
    endpoint: csms.url,
    identity,
    protocols: ['ocpp1.6'],
    strictMode: true,
    callTimeoutMs: 500,
    backoff: { initialDelay: 10, maxDelay: 20, factor: 2, randomisationFactor: 0 },
  } as never) as unknown as Station;
  for (const event of ['strictValidationFailure', 'badMessage']) station.on(event, (report) => violations.push(report));
  await station.connect();
}

beforeEach(async () => {
  violations.length = 0;
  verdict = () => ({ kind: 'answer' });
  await start();
});

afterEach(async () => {
  await station.close({ force: true });
  await csms.close();
});

/** A verdict that is given later. */
function gate() {
  let resolve: (verdict: Verdict) => void = () => undefined;
  const promise = new Promise<Verdict>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const begin = { connectorId: 1, idTag: 'FLEET-1', timestamp: '2026-03-01T10:00:00Z', meterStart: 5 };

describe('the CSMS of the demo', () => {
  test.each(fromCharger.map((sample) => [sample.action, sample.request] as const))(
    'answers %s by the published schema',
    async (action, request) => {
      await station.call(action, request);
      expect(csms.book(identity).counts.get(action)).toBe(1);
      expect({ violations, own: csms.violations }).toEqual({ violations: [], own: [] });
    },
  );

  test.each(toCharger.map((sample) => [sample.action, sample] as const))(
    'calls %s and hears the answer',
    async (action, { request, response }) => {
      station.handle(() => response);
      expect(await csms.call(identity, action, request, 1000)).toEqual({ kind: 'answered', payload: response });
      expect(violations).toEqual([]);
    },
  );

  test('gives a retried StartTransaction the transaction of the first, and counts the duplicate', async () => {
    const first = await station.call('StartTransaction', begin);
    const again = await station.call('StartTransaction', { ...begin, timestamp: '2026-03-01T12:00:00+02:00' });
    const other = await station.call('StartTransaction', { ...begin, meterStart: 6 });
    expect(again['transactionId']).toBe(first['transactionId']);
    expect(other['transactionId']).not.toBe(first['transactionId']);
    const { arrived } = csms.book(identity);
    expect(arrived[1]).toEqual(arrived[0]);
    expect(arrived).toHaveLength(3);
  });

  test('counts each message under the transaction whose id it carried', async () => {
    const { transactionId } = await station.call('StartTransaction', begin);
    await station.call('MeterValues', { connectorId: 1, transactionId, meterValue: [] });
    expect(csms.book(identity).running(1)?.id).toBe(transactionId);
    const end = { timestamp: '2026-03-01T11:00:00Z', meterStop: 9 };
    await station.call('StopTransaction', { ...end, transactionId });
    await station.call('StopTransaction', { ...end, transactionId: 99 });
    const { arrived } = csms.book(identity);
    const startKey = arrived[0]?.key;
    expect(arrived.map(({ start }) => start)).toEqual([startKey, startKey, startKey, undefined]);
    expect(csms.book(identity).running(1)).toBeUndefined();
  });

  test('refuses blocked cards', async () => {
    await station.close({ force: true });
    await csms.close();
    await start({ blockedTags: ['THIEF'] });
    expect(await station.call('Authorize', { idTag: 'THIEF' })).toEqual({ idTagInfo: { status: 'Blocked' } });
    expect(await station.call('Authorize', { idTag: 'OTHER' })).toEqual({ idTagInfo: { status: 'Accepted' } });
  });

  test('is away during an outage, and back at the same port', async () => {
    const { url } = csms;
    await csms.switchOff();
    expect(await csms.call(identity, 'ClearCache', {}, 1000)).toMatchObject({ kind: 'unreachable' });
    await expect(once(new WebSocket(`${url}/x`, 'ocpp1.6'), 'open')).rejects.toThrow('ECONNREFUSED');
    await csms.switchOn();
    expect([csms.url, csms.outages]).toEqual([url, 1]);
    expect(await csms.changes.until(() => csms.connected.includes(identity), 5000)).toBe(true);
    expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime');
  });

  test('counts what it answered, not what it refused', async () => {
    verdict = () => ({ kind: 'refuse', code: 'InternalError', description: 'busy' });
    await expect(station.call('StartTransaction', begin)).rejects.toThrow('busy');
    expect(csms.book(identity).arrived).toEqual([]);
  });

  test('can swallow a message, and cut the connection instead of answering', async () => {
    verdict = () => ({ kind: 'silence' });
    await expect(station.call('StartTransaction', begin)).rejects.toThrow(/timeout/i);
    verdict = () => ({ kind: 'hangUp' });
    await expect(station.call('MeterValues', { connectorId: 1, meterValue: [] })).rejects.toThrow();
    expect(csms.book(identity).arrived).toHaveLength(2);
  });

  test('answers late when the judge takes its time', async () => {
    const { promise, resolve } = gate();
    verdict = () => promise;
    const answer = station.call('Heartbeat', {});
    await vi.waitFor(() => expect(csms.connected).toContain(identity), { timeout: 10_000 });
    expect(csms.book(identity).counts.get('Heartbeat')).toBeUndefined();
    resolve({ kind: 'answerWith', payload: { currentTime: '2026-03-01T10:00:00Z' } });
    expect(await answer).toEqual({ currentTime: '2026-03-01T10:00:00Z' });
  });

  test('notes a second CALL before the first was answered', async () => {
    const { promise, resolve } = gate();
    verdict = () => promise;
    const socket = new WebSocket(`${csms.url}/hasty`, 'ocpp1.6');
    await once(socket, 'open');
    socket.send('[2,"1","Heartbeat",{}]');
    socket.send('[2,"2","Heartbeat",{}]');
    await vi.waitFor(() => expect(csms.violations).toEqual(['hasty: Heartbeat before the last CALL was answered']), {
      timeout: 10_000,
    });
    resolve({ kind: 'answer' });
    socket.terminate();
  });

  test('closes a connection without a common subprotocol (OCPP-J 1.6 §3.1.2)', async () => {
    const socket = new WebSocket(`${csms.url}/modern`);
    const [code] = await once(socket, 'close');
    expect(code).toBe(1002);
  });
});
