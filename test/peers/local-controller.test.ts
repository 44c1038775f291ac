import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { csmsActions } from '../../src/ocpp/messages.generated.ts';
import { everyRequest } from '../support/arbitraries.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { RpcCsms } from '../support/rpc-csms.ts';
import { SoapCharger } from '../support/soap-charger.ts';

/*
 * The Local Controller of a site with one charger, against `ocpp-rpc` as CSMS: it holds the published schemas against
 * every request and answer of both stations. The charger is the package `soap`.
 */

const csms = new RpcCsms();
let charger: SoapCharger;
let edge: Edge;
let sitesFolder: string;

const site = `site: { id: depot, reoptimize: { minIntervalS: 1 } }
tree: [{ id: main, maxCurrentA: 63 }]
connectors: [{ chargePoint: CP-1, maxCurrentA: 16 }]
tariff: { import: { kind: fixed, perKwh: 0.3 } }
`;

beforeAll(async () => {
  csms.answer = obliging;
  await csms.start();
  sitesFolder = await mkdtemp(join(tmpdir(), 'sites-'));
  await writeFile(join(sitesFolder, 'depot.yaml'), site);
  edge = await startTestEdge({
    csmsUrl: csms.url,
    config: { charging: { sitesFolder }, controller: { identity: 'SITE-1' } },
  });
  charger = new SoapCharger({ identity: 'CP-1', endpoint: edge.soapUrl, prefix: 'soap' });
  charger.react = () => ({ status: 'Accepted' });
  await charger.start();
  await charger.say('BootNotification', { chargePointVendor: 'Peer', chargePointModel: 'P' });
  await charger.say('StartTransaction', {
    connectorId: 1,
    idTag: 'TAG-1',
    timestamp: new Date().toISOString(),
    meterStart: 0,
  });
});

beforeEach(() => {
  csms.violations.length = 0;
});

afterAll(async () => {
  await charger.stop();
  await edge.remove();
  await csms.stop();
  await rm(sitesFolder, { recursive: true, force: true });
});

function obliging(action: string): Payload {
  switch (action) {
    case 'BootNotification':
      return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 3600 };
    case 'Heartbeat':
      return { currentTime: new Date().toISOString() };
    case 'StartTransaction':
      return { transactionId: 7, idTagInfo: { status: 'Accepted' } };
    default:
      return {};
  }
}

const until = (holds: () => void | Promise<void>) => vi.waitFor(holds, { timeout: 10_000, interval: 20 });

/** What the charger was told last of its transaction, A. */
function toldA(): number | undefined {
  const profiles = charger.called
    .filter(({ action }) => action === 'SetChargingProfile')
    .map(({ payload }) => (payload as { csChargingProfiles: Profile }).csChargingProfiles)
    .filter(({ chargingProfilePurpose }) => chargingProfilePurpose === 'TxProfile');
  const periods = profiles.at(-1)?.chargingSchedule.chargingSchedulePeriod;
  const limit = [periods ?? []].flat()[0]?.limit;
  return limit === undefined ? undefined : Number(limit);
}

type Period = { readonly limit: unknown };
type Profile = {
  readonly chargingProfilePurpose: string;
  readonly chargingSchedule: { readonly chargingSchedulePeriod: Period | readonly Period[] };
};

const maxProfile = (limit: number) => ({
  connectorId: 0,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'ChargePointMaxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});

test('it boots and tells of connector 0, beside its charger, which is a station of its own', async () => {
  await until(() => expect(csms.of('SITE-1', 'StatusNotification')).not.toHaveLength(0));
  expect(csms.of('SITE-1', 'BootNotification')).toMatchObject([{ chargePointModel: 'LocalController' }]);
  expect(csms.of('SITE-1', 'StatusNotification')[0]).toMatchObject({ connectorId: 0 });
  expect(csms.of('CP-1', 'BootNotification')).toMatchObject([{ chargePointModel: 'P' }]);
  expect(csms.violations).toEqual([]);
});

test('a limit of the site reaches the chargers of the site, and the CSMS reads it in the plan', async () => {
  await until(() => expect(toldA()).toBe(16));
  const query = { connectorId: 0, duration: 600, chargingRateUnit: 'A' };
  const limitNow = async () => {
    const conf = await csms.call('SITE-1', 'GetCompositeSchedule', query);
    return (conf as { chargingSchedule: { chargingSchedulePeriod: readonly Period[] } }).chargingSchedule
      .chargingSchedulePeriod[0]?.limit;
  };
  await expect(limitNow()).resolves.toBe(16);
  await expect(csms.call('SITE-1', 'SetChargingProfile', maxProfile(12))).resolves.toEqual({ status: 'Accepted' });
  await until(() => expect(toldA()).toBe(12));
  await expect(limitNow()).resolves.toBe(12);
  await expect(csms.call('SITE-1', 'ClearChargingProfile', { id: 1 })).resolves.toEqual({ status: 'Accepted' });
  await until(() => expect(toldA()).toBe(16));
  expect(csms.violations).toEqual([]);
});

describe('every call of OCPP 1.6', () => {
  const disruptive = new Set(['ChangeConfiguration', 'Reset', 'SetChargingProfile']);
  const calls = csmsActions.filter((action) => !disruptive.has(action) && action !== 'UpdateFirmware');

  test.each(calls)('%s, with every field and every value, is answered by the published schema', async (action) => {
    for (const request of everyRequest(action)) {
      // oxlint-disable-next-line no-await-in-loop -- one call at a time (OCPP-J 1.6 §4.1.1)
      await csms.call('SITE-1', action, request);
    }
    expect(csms.violations).toEqual([]);
  });

  test('UpdateFirmware has no conf that refuses: CALLERROR NotSupported', async () => {
    const request = { location: 'http://files.test/fw', retrieveDate: '2026-03-01T12:00:00Z' };
    await expect(csms.call('SITE-1', 'UpdateFirmware', request)).rejects.toMatchObject({
      rpcErrorCode: 'NotSupported',
    });
  });

  test('Reset Soft is answered, then it comes back on a new connection with a new boot', async () => {
    const before = csms.of('SITE-1', 'BootNotification').length;
    await expect(csms.call('SITE-1', 'Reset', { type: 'Soft' })).resolves.toEqual({ status: 'Accepted' });
    await until(() => expect(csms.of('SITE-1', 'BootNotification')).toHaveLength(before + 1));
    await expect(csms.call('SITE-1', 'GetDiagnostics', { location: 'ftp://files.test/' })).resolves.toEqual({});
    expect(csms.violations).toEqual([]);
  });

  test('a new password is used for the next connection, which needs no boot', async () => {
    const before = csms.of('SITE-1', 'BootNotification').length;
    const change = { key: 'AuthorizationKey', value: '0f'.repeat(16) };
    await expect(csms.call('SITE-1', 'ChangeConfiguration', change)).resolves.toEqual({ status: 'Accepted' });
    await until(async () => {
      const conf = await csms.call('SITE-1', 'GetConfiguration', { key: ['SecurityProfile'] });
      expect(conf['configurationKey']).toMatchObject([{ value: '1' }]);
    });
    expect(csms.of('SITE-1', 'BootNotification')).toHaveLength(before);
  });
});

test('a stranger that calls itself like the controller is turned away, whatever its case', async () => {
  const stranger = new SoapCharger({ identity: 'site-1', endpoint: edge.soapUrl, prefix: 'soap' });
  await stranger.start();
  await expect(
    stranger.say('BootNotification', { chargePointVendor: 'Peer', chargePointModel: 'P' }),
  ).rejects.toThrow();
  await stranger.stop();
  expect(edge.logged).toContainEqual(expect.objectContaining({ event: 'charger turned away' }));
});
