import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonSpeech } from '../../src/demo/charger/json-line.ts';
import { type Charger, startCharger } from '../../src/demo/charger.ts';
import { settingsOf } from '../../src/demo/fleet.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { RpcCsms } from '../support/rpc-csms.ts';
import { toCharger } from './soap-samples.ts';

/** The demo's charger with OCPP-J against the package ocpp-rpc, which holds the published schemas against every message. */
const identity = 'J-01';
const idTagInfo = { status: 'Accepted' };
const answers: Readonly<Record<string, Payload>> = {
  BootNotification: { status: 'Accepted', currentTime: '2026-03-01T10:00:00Z', interval: 300 },
  Authorize: { idTagInfo },
  StartTransaction: { transactionId: 41, idTagInfo },
};

let csms: RpcCsms;
let charger: Charger;

beforeEach(async () => {
  csms = new RpcCsms();
  csms.answer = (action) => answers[action] ?? {};
  await csms.start();
  const speech = jsonSpeech({ url: csms.url, pauseMs: () => 20 });
  const settings = settingsOf({ model: 'Column', quirks: {} }, speech, 'J', 1);
  charger = await startCharger({
    ...settings,
    sampleIntervalMs: 0,
    retry: { pauseMs: () => 20, faultAttempts: 3 },
  });
  await charger.booted();
});

afterEach(async () => {
  await charger.close();
  await csms.stop();
  expect([csms.violations, charger.violations]).toEqual([[], []]);
});

const transactionActions = () =>
  csms.heard.map(({ action }) => action).filter((action) => /Transaction|MeterValues/.test(action));

test('runs a session under its identity', async () => {
  expect(await charger.plugIn(1, 'FLEET-1')).toBe(true);
  charger.sample(1);
  charger.unplug(1);
  await charger.drained();
  expect(transactionActions()).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
  expect(csms.of(identity, 'StopTransaction')).toMatchObject([{ transactionId: 41, reason: 'Local' }]);
  expect(charger.acknowledged).toHaveLength(3);
});

test('all nineteen remote commands are answered', async () => {
  for (const { action, request } of toCharger) {
    const nearby = 'location' in request ? { ...request, location: 'ftp://127.0.0.1:1/', retries: 0 } : request;
    expect(await csms.call(identity, action, nearby), action).toBeTypeOf('object');
  }
});

test('a command that it does not know is a CALLERROR', async () => {
  const unknown = new RpcCsms({ strict: false });
  await unknown.start();
  unknown.answer = csms.answer;
  const speech = jsonSpeech({ url: unknown.url, pauseMs: () => 20 });
  const other = await startCharger(settingsOf({ model: 'Column', quirks: {} }, speech, 'J', 2));
  await other.booted();
  await expect(unknown.call('J-02', 'Dance', {})).rejects.toThrow(/Dance is not an operation of OCPP 1.6/);
  await other.close();
  await unknown.stop();
});

test('connects again when the connection is lost, and tells in order what it kept', async () => {
  await charger.plugIn(1, 'FLEET-1');
  await charger.drained();
  await csms.goAway();
  charger.sample(1);
  charger.unplug(1);
  charger.begin(2, 'FLEET-1');
  expect(charger.display().waiting).toBe(3);
  csms.comeBack();
  await charger.drained();
  expect(transactionActions()).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction', 'StartTransaction']);
  expect(charger.acknowledged).toHaveLength(4);
});
