import { afterEach, beforeEach, expect, test } from 'vitest';
import { answered, bootPayload, refused, startHarness, type Harness } from '../../support/gateway-harness.ts';

/** Operations that a charger does not have, although its version of OCPP does. */
let h: Harness;
beforeEach(async () => {
  h = await startHarness();
  await h.asks('BootNotification', bootPayload);
  h.chargers.answer = () => refused('NotSupported');
});
afterEach(() => h.end());

test.each([
  ['ChangeConfiguration', { key: 'k', value: 'v' }, { status: 'NotSupported' }],
  ['DataTransfer', { vendorId: 'V' }, { status: 'UnknownVendorId' }],
  ['GetLocalListVersion', {}, { listVersion: -1 }],
  ['SendLocalList', { listVersion: 1, updateType: 'Full' }, { status: 'NotSupported' }],
  ['TriggerMessage', { requestedMessage: 'Heartbeat' }, { status: 'NotImplemented' }],
  ['UnlockConnector', { connectorId: 1 }, { status: 'NotSupported' }],
])('%s: its own conf says no, and the charger is asked once', async (action, payload, conf) => {
  expect(await h.csms.call('CP1', action, payload)).toEqual({ kind: 'answered', payload: conf });
  expect(await h.csms.call('CP1', action, payload)).toEqual({ kind: 'answered', payload: conf });
  expect(h.chargers.asked).toHaveLength(1);
});

test('what no conf can say is a CALLERROR NotSupported, and the charger is asked once', async () => {
  for (let round = 0; round < 2; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the first answer is what the second call meets
    const reply = await h.csms.call('CP1', 'ReserveNow', {});
    expect(reply).toMatchObject({ kind: 'refused', error: { code: 'NotSupported' } });
  }
  expect(h.chargers.asked).toHaveLength(1);
});

test('other firmware may do it: it is asked again; the same firmware is not', async () => {
  await h.csms.call('CP1', 'ReserveNow', {});
  await h.asks('BootNotification', bootPayload);
  await h.csms.call('CP1', 'ReserveNow', {});
  expect(h.chargers.asked).toHaveLength(1);
  await h.asks('BootNotification', { ...bootPayload, firmwareVersion: '2.0' });
  h.chargers.answer = () => answered({ status: 'Accepted' });
  expect(await h.csms.call('CP1', 'ReserveNow', {})).toMatchObject({ payload: { status: 'Accepted' } });
});

test('one operation that is lacking says nothing of the others', async () => {
  await h.csms.call('CP1', 'ReserveNow', {});
  h.chargers.answer = () => answered({ status: 'Accepted' });
  expect(await h.csms.call('CP1', 'ClearCache', {})).toMatchObject({ payload: { status: 'Accepted' } });
});
