import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import type { OcppVersion } from '../../src/ocpp-s/message.ts';
import { chargingProfile, limitsOf } from '../support/charging-profiles.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { PlainCharger, type PlainChargerSettings } from '../support/plain-charger.ts';
import { RpcCsms } from '../support/rpc-csms.ts';

const csms = new RpcCsms();
let transactionId = 4_000_000_000;
const bootAccepted = { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 };
csms.answer = (action) => {
  if (action === 'BootNotification') return bootAccepted;
  if (action === 'Heartbeat') return { currentTime: '2026-03-01T12:00:00Z' };
  if (action === 'StartTransaction') return { transactionId: ++transactionId, idTagInfo: { status: 'Accepted' } };
  return {};
};

let edge: Edge;
beforeAll(async () => {
  await csms.start();
  edge = await startTestEdge({ csmsUrl: csms.url });
});
afterAll(async () => {
  await edge.remove();
  await csms.stop();
});

let charger: PlainCharger;
let count = 0;
let ocpp: OcppVersion = '1.6';
afterEach(() => charger.stop());

async function begin(settings: Omit<PlainChargerSettings, 'identity' | 'endpoint'>): Promise<void> {
  count += 1;
  charger = new PlainCharger({ identity: `PLAIN-${count}`, endpoint: edge.soapUrl, ocpp, ...settings });
  await charger.start();
  if (ocpp !== '1.6') await vi.waitFor(() => expect(firstLimits(settings.keys)).toBe(true), { timeout: 10_000 });
  atFirst = { writes: charger.writes.length, transfers: charger.asked('DataTransfer').length };
}

/** What lies in the charger before any profile: one that surely has no smart charging is driven from its boot on. */
let atFirst = { writes: 0, transfers: 0 };

function firstLimits(keys: PlainChargerSettings['keys']): boolean {
  if (keys === undefined) return charger.asked('DataTransfer').length === 2;
  return charger.writes.length === 1 && charger.asked('GetConfiguration').length === (ocpp === '1.2' ? 0 : 1);
}
const call = (action: string, payload: Payload) => csms.call(charger.identity, action, payload);
const set = (connectorId: number, csChargingProfiles: Payload) =>
  call('SetChargingProfile', { connectorId, csChargingProfiles });
const composite = async (connectorId: number) =>
  limitsOf(await call('GetCompositeSchedule', { connectorId, duration: 3600, chargingRateUnit: 'A' }));
/** Writes and read-backs that must have happened, and no more; OCPP 1.2 has no GetConfiguration. */
const settles = (writes: readonly string[]) =>
  vi.waitFor(
    () => {
      expect(charger.writes.slice(atFirst.writes)).toEqual(writes);
      expect(charger.asked('GetConfiguration').length).toBeGreaterThanOrEqual(ocpp === '1.2' ? 0 : writes.length);
    },
    { timeout: 10_000 },
  );

const schneider = {
  vendor: 'Schneider Electric',
  keys: { maxintensitysocket: '16', SupportedFeatureProfiles: 'Core' },
};

describe.each([
  ['a NotSupported fault', { fault: ['Receiver', 'NotSupported'] as const }],
  ['status NotSupported', { status: 'NotSupported' }],
])('a charger that answers SetChargingProfile with %s', (_name, incapable) => {
  test('is asked once; then the gateway is the smart-charging Charge Point and writes its key', async () => {
    await begin({ ...schneider, incapable });
    expect(await set(0, chargingProfile(1, 'TxDefaultProfile', 20))).toEqual({ status: 'Accepted' });
    await settles(['maxintensitysocket=20']);
    expect(await set(0, chargingProfile(2, 'ChargePointMaxProfile', 13.9))).toEqual({ status: 'Accepted' });
    expect(await composite(1)).toEqual([[0, 13.9]]);
    expect(charger.asked('SetChargingProfile')).toHaveLength(1);
    expect(charger.asked('GetCompositeSchedule')).toEqual([]);
  });
});

describe.each(['1.6', '1.5', '1.2'] as const)('where the gateway stands in for a charger of OCPP %s', (version) => {
  beforeEach(() => {
    ocpp = version;
  });

  test('the same limit again is not written again', async () => {
    await begin(schneider);
    await set(0, chargingProfile(1, 'TxDefaultProfile', 10));
    await settles(['maxintensitysocket=10']);
    await set(0, chargingProfile(1, 'TxDefaultProfile', 10.5));
    await set(0, chargingProfile(1, 'TxDefaultProfile', 10));
    await set(0, chargingProfile(2, 'TxDefaultProfile', 8, { stackLevel: 1 }));
    await settles(['maxintensitysocket=10', 'maxintensitysocket=8']);
  });

  test('GetConfiguration names SmartCharging and the keys of OCPP 1.6 §9.4; writing those is Rejected', async () => {
    await begin(schneider);
    await set(0, chargingProfile(1, 'TxDefaultProfile', 10));
    const values = async () => {
      const all = await call('GetConfiguration', {});
      return Object.fromEntries((all['configurationKey'] as Payload[]).map(({ key, value }) => [key, value]));
    };
    await vi.waitFor(
      async () =>
        expect(await values()).toMatchObject({
          SupportedFeatureProfiles: expect.stringMatching(/^Core,(.*,)?SmartCharging$/),
          ConnectorSwitch3to1PhaseSupported: 'false',
          ChargingScheduleAllowedChargingRateUnit: 'Current,Power',
          maxintensitysocket: '10',
        }),
      { timeout: 10_000 },
    );
    const some = await call('GetConfiguration', { key: ['chargeprofilemaxstacklevel', 'Unheard'] });
    expect(some).toMatchObject({ configurationKey: [{ key: 'ChargeProfileMaxStackLevel' }], unknownKey: ['Unheard'] });
    const change = { key: 'ChargingScheduleMaxPeriods', value: '2' };
    expect(await call('ChangeConfiguration', change)).toEqual({ status: 'Rejected' });
  });

  test('a TxProfile names the transaction by the id of the CSMS, and goes with it', async () => {
    await begin(schneider);
    await set(0, chargingProfile(1, 'TxDefaultProfile', 12));
    const chargerTxId = await charger.startTransaction(1);
    const csmsTxId = transactionId;
    expect(csmsTxId).not.toBe(chargerTxId);
    const txProfile = chargingProfile(2, 'TxProfile', 7, { transactionId: csmsTxId });
    expect(await set(1, { ...txProfile, transactionId: csmsTxId + 1 }).catch(({ rpcErrorCode }) => rpcErrorCode)).toBe(
      'PropertyConstraintViolation',
    );
    expect(await set(2, txProfile)).toEqual({ status: 'Rejected' });
    expect(await set(1, txProfile)).toEqual({ status: 'Accepted' });
    expect([await composite(1), await composite(2)]).toEqual([[[0, 7]], [[0, 12]]]);
    await charger.stopTransaction(chargerTxId);
    await vi.waitFor(async () => expect(await composite(1)).toEqual([[0, 12]]), { timeout: 10_000 });
    expect(await call('ClearChargingProfile', { id: 2 })).toEqual({ status: 'Unknown' });
    expect(await call('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Accepted' });
    expect(await composite(1)).toEqual([[0, 32]]);
  });

  test('the profile of a RemoteStartTransaction stays here and rules its transaction (OCPP 1.6 §5.11)', async () => {
    await begin(schneider);
    await set(0, chargingProfile(1, 'TxDefaultProfile', 12));
    const profile = chargingProfile(3, 'TxProfile', 9);
    const request = { connectorId: 1, idTag: 'TAG-1', chargingProfile: profile };
    expect(await call('RemoteStartTransaction', request)).toEqual({ status: 'Accepted' });
    expect(charger.asked('RemoteStartTransaction')[0]).not.toHaveProperty('chargingProfile');
    await charger.startTransaction(1);
    await vi.waitFor(async () => expect(await composite(1)).toEqual([[0, 9]]), { timeout: 10_000 });
    await settles(['maxintensitysocket=12', 'maxintensitysocket=9']);
  });

  test('a transaction whose end was never told does not take the TxProfile of the next one with it', async () => {
    await begin(schneider);
    await set(0, chargingProfile(1, 'TxDefaultProfile', 12));
    await charger.startTransaction(1, '2026-03-01T12:00:00Z');
    await charger.startTransaction(1, '2026-03-01T13:00:00Z');
    expect(await set(1, chargingProfile(2, 'TxProfile', 7))).toEqual({ status: 'Accepted' });
    expect([await composite(1), await composite(1)]).toEqual([[[0, 7]], [[0, 7]]]);
  });

  test.each([
    ['was refused', 'TAG-1', { status: 'Rejected' }],
    ['was for another tag', 'TAG-2', { status: 'Accepted' }],
  ])('the profile of a RemoteStartTransaction that %s rules no transaction', async (_name, idTag, remoteStart) => {
    await begin({ ...schneider, remoteStart });
    await set(0, chargingProfile(1, 'TxDefaultProfile', 12));
    const chargingProfileOfStart = chargingProfile(3, 'TxProfile', 9);
    const request = { connectorId: 1, idTag, chargingProfile: chargingProfileOfStart };
    expect(await call('RemoteStartTransaction', request)).toEqual(remoteStart);
    await charger.startTransaction(1);
    expect(await set(1, chargingProfile(4, 'TxProfile', 11, { stackLevel: 1 }))).toEqual({ status: 'Accepted' });
    expect(await call('ClearChargingProfile', { id: 3 })).toEqual({ status: 'Unknown' });
  });

  test('transactionId means nothing on another purpose (OCPP 1.6 §7.8)', async () => {
    await begin(schneider);
    const profile = chargingProfile(1, 'TxDefaultProfile', 12, { transactionId: 5_000_000_000 });
    expect(await set(0, profile)).toEqual({ status: 'Accepted' });
  });

  test.each([
    ['KEBA', 'MaxAvailableCurrent', '10400'],
    ['EVBox', 'evb_MaximumStationCurrent', '104'],
  ])('the unit of the key of %s: %s=%s for ChargePointMaxProfile of 10.4 A', async (vendor, key, value) => {
    await begin({ vendor, keys: { [key]: '1' } });
    await set(0, chargingProfile(1, 'ChargePointMaxProfile', 10.4));
    await settles([`${key}=${value}`]);
  });

  test.skipIf(version === '1.2')('ABL: a DataTransfer for each connector', async () => {
    await begin({ vendor: 'ABL' });
    await set(0, chargingProfile(1, 'TxDefaultProfile', 10));
    const data = (connector: number) => ({
      vendorId: 'ABL',
      messageId: 'SetLimit',
      data: `logicalid=${connector};value=10`,
    });
    const transfers = () => charger.asked('DataTransfer').slice(atFirst.transfers);
    await vi.waitFor(() => expect(transfers()).toMatchObject([data(1), data(2)]), { timeout: 10_000 });
  });
});

test('nothing that the CSMS was told breaks a schema', () => {
  expect(csms.violations).toEqual([]);
});
