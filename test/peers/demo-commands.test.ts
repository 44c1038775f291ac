import { createClientAsync, type Client } from 'soap';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { headersXml } from '../../src/demo/charger/addressing.ts';
import { commandActions } from '../../src/demo/charger/commands.ts';
import { fromSoap } from '../../src/demo/charger/from-soap.ts';
import { noQuirks } from '../../src/demo/charger/quirks.ts';
import { ocpp16 } from '../../src/demo/charger/generations/ocpp-1.6.ts';
import { loadOcppServices } from '../../src/demo/charger/services.ts';
import { soapSpeech } from '../../src/demo/charger/soap-line.ts';
import { type Charger, startCharger } from '../../src/demo/charger.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { ownFiles, wsdlFolder } from '../support/wsdl-files.ts';
import { SoapCentralSystem } from './soap-central-system.ts';
import { toCharger } from './soap-samples.ts';

/** Remote commands to the demo's charger, sent by the `soap` package's client. */
const identity = 'BOX-7';
let central: SoapCentralSystem;
let charger: Charger;
let client: Client;

const idTagInfo = { status: 'Accepted' };
const answers: Readonly<Record<string, Payload>> = {
  BootNotification: { status: 'Accepted', currentTime: '2026-03-01T10:00:00Z', interval: 300 },
  Authorize: { idTagInfo },
  StartTransaction: { transactionId: 41, idTagInfo },
};

beforeAll(async () => {
  central = new SoapCentralSystem((action) => answers[action] ?? {});
  await central.start();
});

afterAll(async () => {
  await central.kill();
});

beforeEach(async () => {
  central.heard.length = 0;
  charger = await startCharger({
    identity,
    speech: soapSpeech(ocpp16, {
      centralSystemUrl: central.url,
      services: await loadOcppServices(`${wsdlFolder}/1.6`),
    }),
    quirks: noQuirks,
    model: 'Wallbox',
    connectors: 2,
    maxA: 16,
    retry: { pauseMs: () => 20, faultAttempts: 3 },
    sampleIntervalMs: 0,
    maxIntervalMs: 1000,
    deadlineMs: 2000,
    energySpeed: 60,
    onPower: () => undefined,
  });
  await charger.booted();
  const endpoint = central.of('BootNotification')[0]?.from ?? '';
  client = await createClientAsync(ownFiles.chargePoint, { forceSoap12Headers: true, endpoint });
  addressTo(identity);
});

afterEach(async () => {
  await charger.close();
});

function addressTo(station: string): void {
  client.clearSoapHeaders();
  const messageId = 'urn:uuid:0f6a2b54-7f0f-4b0f-8a55-9f0a5f6d1c02';
  client.addSoapHeader(headersXml({ namespace: 'urn://Ocpp/Cp/2015/10/', identity: station, messageId }));
}

async function call(action: string, payload: Payload): Promise<Payload> {
  const [result] = (await client[`${action}Async`](payload)) as [unknown];
  return fromSoap(result);
}

const statusOf = (connector: number) => charger.display().connectors[connector - 1]?.status;

async function charge(): Promise<void> {
  await charger.plugIn(1, 'FLEET-1');
  await charger.drained();
}

const schedule = (limit: number) => ({
  chargingRateUnit: 'A',
  chargingSchedulePeriod: [{ startPeriod: 0, limit, numberPhases: 3 }],
});

const profile = (chargingProfilePurpose: string, limit: number, more: Payload = {}) => ({
  chargingProfileId: limit,
  ...more,
  stackLevel: 1,
  chargingProfilePurpose,
  chargingProfileKind: 'Relative',
  chargingSchedule: schedule(limit),
});

describe('remote commands to the charger of the demo', () => {
  test('all nineteen are answered', async () => {
    expect(commandActions).toHaveLength(19);
    for (const { action, request } of toCharger) {
      const nearby = 'location' in request ? { ...request, location: 'ftp://127.0.0.1:1/', retries: 0 } : request;
      expect(await call(action, nearby), action).toBeTypeOf('object');
    }
    expect(toCharger.map(({ action }) => action).toSorted()).toEqual([...commandActions].toSorted());
  });

  test('a command for another charge point is a Sender/IdentityMismatch fault', async () => {
    addressTo('BOX-8');
    await expect(call('ClearCache', {})).rejects.toThrow(/IdentityMismatch/);
  });

  test('the answer carries identity, Action and RelatesTo', async () => {
    const [, raw] = (await client['ClearCacheAsync']({})) as [unknown, string];
    expect(raw).toContain(`>${identity}<`);
    expect(raw).toMatch(/Action[^>]*>\/ClearCacheResponse</);
    expect(raw).toMatch(/RelatesTo[^>]*>urn:uuid:0f6a2b54/);
  });

  test('RemoteStartTransaction begins a session, RemoteStopTransaction ends it (§5.11, §5.12)', async () => {
    expect(await call('RemoteStartTransaction', { idTag: 'FLEET-1' })).toEqual({ status: 'Accepted' });
    await charger.drained();
    expect(statusOf(1)).toBe('Charging');
    expect(await call('RemoteStartTransaction', { connectorId: 1, idTag: 'X' })).toEqual({ status: 'Rejected' });
    expect(await call('RemoteStopTransaction', { transactionId: 99 })).toEqual({ status: 'Rejected' });
    expect(await call('RemoteStopTransaction', { transactionId: 41 })).toEqual({ status: 'Accepted' });
    await charger.drained();
    expect(central.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 41, reason: 'Remote' });
  });

  test('ChangeAvailability waits for the end of a session (§5.2)', async () => {
    await charge();
    expect(await call('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({ status: 'Scheduled' });
    expect([statusOf(1), statusOf(2)]).toEqual(['Charging', 'Unavailable']);
    charger.unplug(1);
    expect(statusOf(1)).toBe('Unavailable');
    expect(await call('ChangeAvailability', { connectorId: 0, type: 'Operative' })).toEqual({ status: 'Accepted' });
    expect([statusOf(1), statusOf(2)]).toEqual(['Available', 'Available']);
    expect(await call('ChangeAvailability', { connectorId: 9, type: 'Operative' })).toEqual({ status: 'Rejected' });
  });

  test('ChangeConfiguration and GetConfiguration know their keys without regard to case (§5.3, §5.8)', async () => {
    const change = (key: string, value: string) => call('ChangeConfiguration', { key, value });
    expect(await change('heartbeatinterval', '60')).toEqual({ status: 'Accepted' });
    expect(await change('NumberOfConnectors', '3')).toEqual({ status: 'Rejected' });
    expect(await change('NoSuchKey', '1')).toEqual({ status: 'NotSupported' });
    expect(await call('GetConfiguration', { key: ['HeartbeatInterval', 'NoSuchKey'] })).toEqual({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }],
      unknownKey: ['NoSuchKey'],
    });
    const all = await call('GetConfiguration', {});
    expect(all['configurationKey']).toHaveLength(13);
  });

  test('a profile limits the power, below 6 A it suspends, and ClearChargingProfile lifts it (§3.12)', async () => {
    await charge();
    const set = (limit: number) =>
      call('SetChargingProfile', { connectorId: 1, csChargingProfiles: profile('TxDefaultProfile', limit) });
    expect(await set(10)).toEqual({ status: 'Accepted' });
    expect(charger.display().connectors[0]?.powerW).toBe(6900);
    expect(await call('GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'W' })).toMatchObject({
      status: 'Accepted',
      chargingSchedule: { duration: 60, chargingRateUnit: 'W', chargingSchedulePeriod: [{ limit: '6900' }] },
    });
    await set(5);
    expect([statusOf(1), charger.display().connectors[0]?.powerW]).toEqual(['SuspendedEVSE', 0]);
    expect(await call('ClearChargingProfile', { connectorId: 1 })).toEqual({ status: 'Accepted' });
    expect([statusOf(1), charger.display().connectors[0]?.powerW]).toEqual(['Charging', 11_040]);
    expect(await call('ClearChargingProfile', { id: 3 })).toEqual({ status: 'Unknown' });
  });

  test('a TxProfile needs its running transaction, and ends with it (§5.16)', async () => {
    const set = (transactionId: number) => {
      const csChargingProfiles = profile('TxProfile', 8, { transactionId });
      return call('SetChargingProfile', { connectorId: 1, csChargingProfiles });
    };
    expect(await set(41)).toEqual({ status: 'Rejected' });
    await charge();
    expect(await set(40)).toEqual({ status: 'Rejected' });
    expect(await set(41)).toEqual({ status: 'Accepted' });
    expect(charger.display().connectors[0]?.powerW).toBe(5520);
    charger.unplug(1);
    await charge();
    expect(charger.display().connectors[0]?.powerW).toBe(11_040);
  });

  test('TriggerMessage makes it send each message (§5.17)', async () => {
    const before = central.heard.length;
    for (const requestedMessage of [
      'BootNotification',
      'Heartbeat',
      'StatusNotification',
      'MeterValues',
      'DiagnosticsStatusNotification',
      'FirmwareStatusNotification',
    ]) {
      expect(await call('TriggerMessage', { requestedMessage, connectorId: 1 })).toEqual({ status: 'Accepted' });
      const arrived = () => central.heard.slice(before).some(({ action }) => action === requestedMessage);
      expect(await central.changes.until(arrived, 5000)).toBe(true);
    }
  });

  test('ReserveNow holds a connector, CancelReservation frees it (§5.13)', async () => {
    const reservation = { connectorId: 2, expiryDate: '2099-01-01T00:00:00Z', idTag: 'FLEET-1', reservationId: 7 };
    expect(await call('ReserveNow', reservation)).toEqual({ status: 'Accepted' });
    expect(await call('ReserveNow', { ...reservation, reservationId: 8 })).toEqual({ status: 'Occupied' });
    expect(statusOf(2)).toBe('Reserved');
    expect(await call('CancelReservation', { reservationId: 8 })).toEqual({ status: 'Rejected' });
    expect(await call('CancelReservation', { reservationId: 7 })).toEqual({ status: 'Accepted' });
    expect(statusOf(2)).toBe('Available');
  });

  test('SendLocalList keeps its version (§5.15)', async () => {
    const send = (listVersion: number, updateType: string) => call('SendLocalList', { listVersion, updateType });
    expect(await send(3, 'Full')).toEqual({ status: 'Accepted' });
    expect(await send(3, 'Differential')).toEqual({ status: 'VersionMismatch' });
    expect(await call('GetLocalListVersion', {})).toEqual({ listVersion: 3 });
  });

  test('UnlockConnector ends the session (§5.18)', async () => {
    await charge();
    expect(await call('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' });
    expect(await call('UnlockConnector', { connectorId: 5 })).toEqual({ status: 'NotSupported' });
    await charger.drained();
    expect(central.of('StopTransaction')[0]?.payload['reason']).toBe('UnlockCommand');
  });

  test('UpdateFirmware tells the truth: nothing was downloaded (§5.19)', async () => {
    await call('UpdateFirmware', { retrieveDate: '2026-03-01T10:00:00Z', location: 'ftp://127.0.0.1:1/y', retries: 0 });
    await central.changes.until(() => central.of('FirmwareStatusNotification').length === 2, 5000);
    expect(central.of('FirmwareStatusNotification').map(({ payload }) => payload['status'])).toEqual([
      'Downloading',
      'DownloadFailed',
    ]);
  });
});
