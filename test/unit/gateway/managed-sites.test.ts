import { afterEach, beforeEach, expect, test } from 'vitest';
import { noSites } from '../../../src/charging/site/no-sites.ts';
import type { SiteControl } from '../../../src/charging/site/ports.ts';
import type { Payload } from '../../../src/gateway/ports.ts';
import { answered, bootPayload, type Harness, startHarness } from '../../support/gateway-harness.ts';
import { meterPayload, startPayload } from '../../support/transaction-payloads.ts';

let h: Harness;
let heard: (readonly [identity: string, action: string])[];
let ceilings: number;
let isBroken: boolean;

const sites: SiteControl = {
  ...noSites,
  manages: (identity) => identity === 'CP1',
  heard: (identity, action) => {
    heard.push([identity, action]);
    if (isBroken) throw new Error('a mistake of ours');
  },
  facts: (_, { profiles }) => {
    ceilings = profiles.length;
  },
  transfer: (_, payload) => ({ status: payload['data'] === '{}' ? 'Accepted' : 'Rejected' }),
  limits: () => new Map([[1, [{ fromS: 0, tenths: 135 }]]]),
};

beforeEach(async () => {
  [heard, ceilings, isBroken] = [[], 0, false];
  h = await startHarness({ sites });
  await h.asks('BootNotification', bootPayload);
});
afterEach(() => h.end());

const call = async (action: string, payload: Payload): Promise<Payload> => {
  const reply = await h.csms.call('CP1', action, payload);
  return reply.kind === 'answered' ? reply.payload : { callError: reply.error.code };
};
const profile = (limit: number) => ({
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
});

test('a site hears of boots, sessions and currents; a mistake in it delays no answer', async () => {
  isBroken = true;
  await h.asks('StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
  const { transactionId } = await h.asks('StartTransaction', startPayload());
  expect(await h.asks('MeterValues', meterPayload(Number(transactionId), '1200'))).toEqual({});
  await h.asks('Heartbeat', {});
  expect(heard).toEqual(
    ['BootNotification', 'StatusNotification', 'StartTransaction', 'MeterValues'].map((action) => ['CP1', action]),
  );
  expect(h.logged.filter(({ event }) => event === 'message not heard by its site')).toHaveLength(3);
});

test('what a charger tells the gateway itself is answered here, and not sent to the CSMS', async () => {
  const tell = (data: string) =>
    h.asks('DataTransfer', { vendorId: 'Org.OCPP-Edge', messageId: 'SessionTarget', data });
  expect(await tell('{}')).toEqual({ status: 'Accepted' });
  expect(await tell('nonsense')).toEqual({ status: 'Rejected' });
  expect(h.csms.of('DataTransfer')).toEqual([]);
  expect(await h.asks('DataTransfer', { vendorId: 'org.other', data: 'x' })).toMatchObject({ status: 'Accepted' });
  expect(h.csms.of('DataTransfer')).toHaveLength(1);
});

test('what the CSMS sends is kept as a ceiling, and never sent to the charger', async () => {
  expect(await call('SetChargingProfile', { connectorId: 1, csChargingProfiles: profile(20) })).toEqual({
    status: 'Accepted',
  });
  expect(ceilings).toBe(1);
  const conf = await call('GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'A' });
  expect(conf).toMatchObject({ chargingSchedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 13.5 }] } });
  await call('SetChargingProfile', { connectorId: 1, csChargingProfiles: profile(9) });
  expect(await call('GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'A' })).toMatchObject({
    chargingSchedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 9 }] },
  });
  expect(await call('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Accepted' });
  expect(ceilings).toBe(0);
  expect(h.chargers.asked).toEqual([]);
});

test('the profile of a RemoteStartTransaction is a ceiling of the session that it starts', async () => {
  const chargingProfile = { ...profile(11), chargingProfilePurpose: 'TxProfile' };
  await call('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG-1', chargingProfile });
  expect(h.chargers.asked.map(({ payload }) => payload)).toEqual([{ connectorId: 1, idTag: 'TAG-1' }]);
  await h.asks('StartTransaction', startPayload());
  await h.clock.advance(0);
  expect(ceilings).toBe(1);
});

test('the keys of smart charging are the gateway’s', async () => {
  h.chargers.answer = () => answered({ configurationKey: [] });
  const conf = await call('GetConfiguration', { key: ['ChargeProfileMaxStackLevel'] });
  expect(conf).toMatchObject({
    configurationKey: [{ key: 'ChargeProfileMaxStackLevel', readonly: true, value: '99' }],
  });
  expect(await call('ChangeConfiguration', { key: 'ChargeProfileMaxStackLevel', value: '3' })).toEqual({
    status: 'Rejected',
  });
});
