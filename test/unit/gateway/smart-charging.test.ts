import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '../../../src/gateway/ports.ts';
import {
  answered,
  bootPayload,
  refused,
  startHarness,
  unreachable,
  type Harness,
  type SettingsChange,
} from '../../support/gateway-harness.ts';
import { startPayload, stopPayload } from '../../support/transaction-payloads.ts';
import { atRest } from '../../support/virtual-clock.ts';

let h: Harness;
const begin = async (change: SettingsChange = {}) => {
  h = await startHarness(change);
  await h.asks('BootNotification', bootPayload);
  await h.asks('StatusNotification', { connectorId: 2, status: 'Available', errorCode: 'NoError' });
};
afterEach(() => h.end());

const profile = (chargingProfileId: number, chargingProfilePurpose: string, limit: number, more: Payload = {}) => ({
  chargingProfileId,
  stackLevel: 0,
  chargingProfilePurpose,
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  ...more,
});

const call = async (action: string, payload: Payload): Promise<Payload> => {
  const reply = await h.csms.call('CP1', action, payload);
  return reply.kind === 'answered' ? reply.payload : { callError: reply.error.code };
};
const set = (connectorId: number, csChargingProfiles: Payload) =>
  call('SetChargingProfile', { connectorId, csChargingProfiles });
const composite = (connectorId: number, duration = 3600) =>
  call('GetCompositeSchedule', { connectorId, duration, chargingRateUnit: 'A' });
const limits = (conf: Payload) => {
  const schedule = conf['chargingSchedule'] as { chargingSchedulePeriod: { startPeriod: number; limit: number }[] };
  return schedule.chargingSchedulePeriod.map(({ startPeriod, limit }) => [startPeriod, limit]);
};
const asked = () => h.chargers.asked.map(({ action }) => action);

describe('a charger with smart charging', () => {
  beforeEach(() => begin());

  test('is asked itself; its answers come back', async () => {
    expect(await set(1, profile(1, 'TxDefaultProfile', 10))).toEqual({ status: 'Accepted' });
    h.chargers.answer = () => answered({ status: 'Unknown' });
    expect(await call('ClearChargingProfile', { id: 9 })).toEqual({ status: 'Unknown' });
    expect(asked()).toEqual(['SetChargingProfile', 'ClearChargingProfile']);
  });

  test('answers its composite schedule; one that differs from ours is passed on and counted', async () => {
    await set(1, profile(1, 'TxDefaultProfile', 10));
    const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 9 }] };
    const theirs = { status: 'Accepted', connectorId: 1, scheduleStart: 'x', chargingSchedule: schedule };
    h.chargers.answer = () => answered(theirs);
    expect(await composite(1)).toEqual(theirs);
    expect(h.counted).toContain('anomaly compositeDiffers');
  });

  test('that refuses or does not answer GetCompositeSchedule: the shadow answers', async () => {
    await set(1, profile(1, 'TxDefaultProfile', 10));
    for (const delivery of [refused('InternalError'), unreachable(true), answered({ status: 'Rejected' })]) {
      h.chargers.answer = () => delivery;
      expect(limits(await composite(1))).toEqual([[0, 10]]);
    }
  });

  test('compositeSource: gateway never asks it', async () => {
    await h.end();
    await begin({ charging: { compositeSource: 'gateway' } });
    await set(1, profile(1, 'TxDefaultProfile', 10));
    expect(limits(await composite(1))).toEqual([[0, 10]]);
    expect(asked()).toEqual(['SetChargingProfile']);
  });

  test('a profile that it rejected is not in the shadow', async () => {
    h.chargers.answer = () => answered({ status: 'Rejected' });
    expect(await set(1, profile(1, 'TxDefaultProfile', 10))).toEqual({ status: 'Rejected' });
    h.chargers.answer = () => unreachable(true);
    expect(limits(await composite(1))).toEqual([[0, 32]]);
  });

  test('its configuration is its own', async () => {
    const conf = { configurationKey: [{ key: 'ChargeProfileMaxStackLevel', readonly: true, value: '3' }] };
    h.chargers.answer = () => answered(conf);
    const merged = await call('GetConfiguration', { key: ['ChargeProfileMaxStackLevel'] });
    expect(merged).toEqual(conf);
  });
});

describe.each([
  ['answers NotSupported with a fault', () => refused('NotSupported')],
  ['answers NotImplemented', () => refused('NotImplemented')],
  ['answers status NotSupported', () => answered({ status: 'NotSupported' })],
])('a charger without smart charging that %s', (_name, answer) => {
  beforeEach(async () => {
    await begin();
    h.chargers.answer = answer;
  });

  test('the gateway stands in, and does not ask again', async () => {
    expect(await set(1, profile(1, 'TxDefaultProfile', 10))).toEqual({ status: 'Accepted' });
    expect(await set(0, profile(2, 'ChargePointMaxProfile', 8))).toEqual({ status: 'Accepted' });
    expect(limits(await composite(1))).toEqual([[0, 8]]);
    expect(asked()).toEqual(['SetChargingProfile']);
    expect(h.driven.at(-1)?.store.profiles).toHaveLength(2);
  });
});

describe('where the gateway stands in', () => {
  beforeEach(() => begin({ charging: { smartCharging: 'gateway' } }));

  test('profiles survive a restart', async () => {
    await set(2, profile(1, 'TxDefaultProfile', 10));
    await h.restart();
    await h.asks('Heartbeat', {});
    expect(limits(await composite(2))).toEqual([[0, 10]]);
    expect(await call('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Accepted' });
    expect(await call('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Unknown' });
    expect(limits(await composite(2))).toEqual([[0, 32]]);
  });

  test('a profile of a form that cannot be is a CALLERROR, and nothing of it is kept', async () => {
    const bad = await call('SetChargingProfile', { connectorId: 1, csChargingProfiles: { chargingProfileId: 1 } });
    expect(bad).toEqual({ callError: 'OccurrenceConstraintViolation' });
    expect(await set(3, profile(1, 'TxDefaultProfile', 10))).toEqual({ callError: 'PropertyConstraintViolation' });
    expect(limits(await composite(1))).toEqual([[0, 32]]);
  });

  test('an unknown connector has no composite schedule (OCPP 1.6 §5.7)', async () => {
    expect(await composite(7)).toEqual({ status: 'Rejected' });
  });

  test('the keys of §9.4 and the feature profile are merged into GetConfiguration', async () => {
    h.chargers.answer = () =>
      answered({ configurationKey: [{ key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,Reservation' }] });
    const { configurationKey } = await call('GetConfiguration', {});
    expect(configurationKey).toEqual(
      expect.arrayContaining([
        { key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,Reservation,SmartCharging' },
        { key: 'ConnectorSwitch3to1PhaseSupported', readonly: true, value: 'false' },
        { key: 'ChargingScheduleAllowedChargingRateUnit', readonly: true, value: 'Current,Power' },
      ]),
    );
  });

  test('a charger that does not tell its feature profiles has Core and SmartCharging', async () => {
    h.chargers.answer = () => answered({ unknownKey: ['SupportedFeatureProfiles'] });
    expect(await call('GetConfiguration', { key: ['SupportedFeatureProfiles'] })).toEqual({
      configurationKey: [{ key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,SmartCharging' }],
    });
  });

  test('asked for its keys alone, the charger is not called; writing them is Rejected', async () => {
    const conf = await call('GetConfiguration', { key: ['maxchargingprofilesinstalled'] });
    expect(conf).toMatchObject({ configurationKey: [{ key: 'MaxChargingProfilesInstalled', readonly: true }] });
    expect(await call('ChangeConfiguration', { key: 'ChargeProfileMaxStackLevel', value: '1' })).toEqual({
      status: 'Rejected',
    });
    expect(asked()).toEqual([]);
  });
});

describe('TxProfiles', () => {
  beforeEach(() => begin({ charging: { smartCharging: 'gateway' } }));
  const start = async () => Number((await h.asks('StartTransaction', startPayload()))['transactionId']);

  test('are for their transaction, named by either id, and go with it', async () => {
    h.csms.goDown();
    const id = await start();
    h.csms.comeBack();
    await atRest();
    const txProfile = profile(1, 'TxProfile', 6, { transactionId: 100 });
    expect(await set(1, txProfile)).toEqual({ status: 'Accepted' });
    expect(h.driven.at(-1)?.store.profiles[0]?.profile.transactionId).toBe(id);
    await h.restart();
    await h.asks('Heartbeat', {});
    expect(limits(await composite(1))).toEqual([[0, 6]]);
    await h.asks('StopTransaction', stopPayload(id));
    await atRest();
    expect(limits(await composite(1))).toEqual([[0, 32]]);
    expect(h.driven.at(-1)?.store.profiles).toEqual([]);
  });

  test('without a transaction are Rejected (OCPP 1.6 §5.16.2)', async () => {
    expect(await set(1, profile(1, 'TxProfile', 6))).toEqual({ status: 'Rejected' });
  });

  test('of a RemoteStartTransaction stay here and rule the transaction that begins', async () => {
    await call('RemoteStartTransaction', {
      connectorId: 1,
      idTag: 'TAG-1',
      chargingProfile: profile(5, 'TxProfile', 7),
    });
    expect(h.chargers.asked.at(-1)?.payload).toEqual({ connectorId: 1, idTag: 'TAG-1' });
    await start();
    await atRest();
    expect(limits(await composite(1))).toEqual([[0, 7]]);
    expect(limits(await composite(2))).toEqual([[0, 32]]);
  });
});

describe('what was learned of a charger', () => {
  beforeEach(() => begin());

  test('is forgotten with new firmware, not at a mere boot', async () => {
    h.chargers.answer = () => refused('NotSupported');
    await set(1, profile(1, 'TxDefaultProfile', 10));
    await h.asks('BootNotification', bootPayload);
    await set(1, profile(1, 'TxDefaultProfile', 11));
    expect(asked()).toHaveLength(1);
    await h.asks('BootNotification', { ...bootPayload, firmwareVersion: '2.0' });
    await atRest();
    h.chargers.answer = () => answered({ status: 'Accepted' });
    await set(1, profile(1, 'TxDefaultProfile', 12));
    expect(asked()).toHaveLength(2);
  });

  test('a charger of OCPP 1.5 is never asked', async () => {
    await h.asks('Heartbeat', {}, { wire: 'ocpp1.5-soap' });
    expect(await set(1, profile(1, 'TxDefaultProfile', 10))).toEqual({ status: 'Accepted' });
    expect(asked()).toEqual([]);
  });
});
