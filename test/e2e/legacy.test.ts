import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { csmsActions } from '../../src/ocpp/messages.generated.ts';
import { chargingProfile } from '../support/charging-profiles.ts';
import { type Edge, startTestEdge } from '../support/edge.ts';
import { RpcCsms } from '../support/rpc-csms.ts';
import { inOneForm, type Reaction, SoapCharger } from '../support/soap-charger.ts';

/*
 * Chargers of OCPP 1.5 and 1.2 on the package `soap`, from the WSDLs that the gateway serves, before a strict CSMS of
 * OCPP-J 1.6: all at one URL, beside one of 1.6.
 */

let csms = new RpcCsms();
let edge: Edge;
let transactionId = 4_000_000_000;

const confirmations: Readonly<Record<string, Payload>> = {
  Authorize: { idTagInfo: { status: 'Accepted', expiryDate: '2027-01-01T00:00:00Z', parentIdTag: 'FLEET' } },
  BootNotification: { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 },
  DataTransfer: { status: 'Accepted', data: 'pong' },
  Heartbeat: { currentTime: '2026-03-01T12:00:00Z' },
};

function confirm(action: string): Payload {
  if (action !== 'StartTransaction') return confirmations[action] ?? {};
  transactionId += 1;
  return { transactionId, idTagInfo: { status: 'Accepted' } };
}

beforeAll(async () => {
  csms.answer = confirm;
  await csms.start();
  const config = { offline: { waitMs: 500 }, chargerDefaults: { driveBy: 'none', transfers: 'direct' } };
  edge = await startTestEdge({ csmsUrl: csms.url, config });
});
afterAll(async () => {
  await Promise.all([...chargers.values()].map((charger) => charger.stop()));
  await edge.remove();
  await csms.stop();
});

type Version = '1.6' | '1.5' | '1.2';
const chargers = new Map<Version, SoapCharger>();
const identityOf = (version: Version) => `OCPP-${version}`;

async function chargerOf(version: Version): Promise<SoapCharger> {
  const known = chargers.get(version);
  if (known !== undefined) return known;
  const charger = new SoapCharger({
    identity: identityOf(version),
    endpoint: edge.soapUrl,
    prefix: 'SOAP-ENV',
    ocpp: version,
  });
  await charger.start();
  chargers.set(version, charger);
  return charger;
}

/** What the CSMS heard of a charger under an action, once it was that many. */
const heard = (version: Version, action: string, count: number) =>
  vi.waitUntil(
    () => {
      const payloads = csms.of(identityOf(version), action);
      return payloads.length >= count ? payloads : undefined;
    },
    { interval: 5, timeout: 10_000 },
  );

const statusesOf = (payloads: readonly Payload[]) => payloads.map(({ status }) => status);
const boot = { chargePointVendor: 'Nobody', chargePointModel: 'Old', firmwareVersion: '1' };
const meter15 = (timestamp: string) => ({
  timestamp,
  value: [
    { attributes: { measurand: 'Energy.Active.Import.Register', unit: 'Wh' }, $value: '1500' },
    { attributes: { measurand: 'Current.Import', unit: 'Amp' }, $value: '15.9' },
  ],
});
const readings15 = [
  { value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
  { value: '15.9', measurand: 'Current.Import', unit: 'A' },
];
const readings12 = [{ value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }];

/** A whole session of one charger; the id that it was told. */
async function session(version: '1.5' | '1.2', start: string, stop: string): Promise<number> {
  const charger = await chargerOf(version);
  await charger.say('StatusNotification', { connectorId: 1, status: 'Occupied', errorCode: 'NoError' });
  const begun = await charger.say('StartTransaction', {
    connectorId: 1,
    idTag: 'TAG',
    timestamp: start,
    meterStart: 1,
  });
  const id = Number((begun as Payload)['transactionId']);
  const timestamp = start.replace(':00:00Z', ':10:00Z');
  const values = version === '1.5' ? meter15(timestamp) : { timestamp, value: 1500 };
  const named = version === '1.5' ? { transactionId: id } : {};
  await charger.say('MeterValues', { connectorId: 1, ...named, values: [values] });
  const data = version === '1.5' ? { transactionData: [{ values: [meter15(timestamp)] }] } : {};
  await charger.say('StopTransaction', { transactionId: id, idTag: 'TAG', timestamp: stop, meterStop: 9, ...data });
  await charger.say('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
  return id;
}

describe.each(['1.5', '1.2'] as const)('a charger of OCPP %s', (version) => {
  const identity = identityOf(version);

  test('boots, and is told the interval in its own words', async () => {
    const charger = await chargerOf(version);
    expect(inOneForm(await charger.say('BootNotification', boot))).toEqual({
      status: 'Accepted',
      currentTime: '2026-03-01T12:00:00Z',
      heartbeatInterval: '3600',
    });
    expect(await heard(version, 'BootNotification', 1)).toEqual([boot]);
  });

  test('charges: the CSMS sees a session of 1.6, with its own id, which is too large for the charger', async () => {
    const charger = await chargerOf(version);
    expect(inOneForm(await charger.say('Authorize', { idTag: 'TAG' }))).toEqual(confirmations['Authorize']);
    await charger.say('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
    const chargerId = await session(version, '2026-03-01T12:00:00Z', '2026-03-01T12:30:00Z');
    const csmsId = transactionId;
    expect(chargerId).toBeLessThan(2 ** 31);
    expect(await heard(version, 'StartTransaction', 1)).toEqual([
      { connectorId: 1, idTag: 'TAG', timestamp: '2026-03-01T12:00:00Z', meterStart: 1 },
    ]);
    const sampledValue = version === '1.5' ? readings15 : readings12;
    const value = { timestamp: '2026-03-01T12:10:00Z', sampledValue };
    expect(await heard(version, 'MeterValues', 1)).toEqual([
      { connectorId: 1, transactionId: csmsId, meterValue: [value] },
    ]);
    expect(await heard(version, 'StopTransaction', 1)).toEqual([
      {
        transactionId: csmsId,
        idTag: 'TAG',
        timestamp: '2026-03-01T12:30:00Z',
        meterStop: 9,
        ...(version === '1.5' && { transactionData: [value] }),
      },
    ]);
    expect(statusesOf(await heard(version, 'StatusNotification', 5))).toEqual([
      'Available',
      'Preparing',
      'Charging',
      'Finishing',
      'Available',
    ]);
  });

  test('tells of transfers, beats, and (1.5) transfers data', async () => {
    const charger = await chargerOf(version);
    await charger.say('FirmwareStatusNotification', { status: 'Installed' });
    await charger.say('DiagnosticsStatusNotification', { status: 'Uploaded' });
    expect(await heard(version, 'FirmwareStatusNotification', 1)).toEqual([{ status: 'Installed' }]);
    expect(await heard(version, 'DiagnosticsStatusNotification', 1)).toEqual([{ status: 'Uploaded' }]);
    expect(await charger.say('Heartbeat', {})).toHaveProperty('currentTime');
    if (version === '1.2') return;
    const answer = await charger.say('DataTransfer', { vendorId: 'Nobody', data: 'ping' });
    expect(inOneForm(answer)).toEqual({ status: 'Accepted', data: 'pong' });
  });

  test('is asked everything that a CSMS of 1.6 can ask, and each is answered', async () => {
    const charger = await chargerOf(version);
    charger.react = (action) => reactions[action] ?? { status: 'Accepted' };
    const before = charger.called.length;
    for (const action of csmsActions) {
      // oxlint-disable-next-line no-await-in-loop -- one command after the other
      const answer = await csms.call(identity, action, calls[action]);
      expect({ action, answer }).toEqual({ action, answer: answers[version][action] ?? answers.both[action] });
    }
    const asked = charger.called.slice(before).map(({ action }) => action);
    expect(asked).toEqual(version === '1.5' ? csmsActions.filter((action) => !lackedBy15.has(action)) : askedOf12);
  });

  test('what it was asked came in its own words', async () => {
    const { called } = await chargerOf(version);
    const payload = (action: string) => inOneForm(called.findLast((call) => call.action === action)?.payload);
    expect(payload('ChangeConfiguration')).toEqual({ key: 'HeartBeatInterval', value: '60' });
    expect(payload('RemoteStartTransaction')).toEqual({ idTag: 'TAG', connectorId: '1' });
    if (version === '1.5') {
      expect(payload('SendLocalList')).toEqual({
        updateType: 'Full',
        listVersion: '4',
        localAuthorisationList: [{ idTag: 'TAG', idTagInfo: { status: 'Accepted' } }],
      });
    }
  });

  test('answers with a fault, or not at all: the CSMS hears which', async () => {
    const charger = await chargerOf(version);
    charger.react = () => ({ fault: ['Receiver', 'NotSupported'] });
    await expect(csms.call(identity, 'ClearCache', {})).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' });
    charger.react = () => ({ fault: ['Sender', 'SecurityError'] });
    await expect(csms.call(identity, 'Reset', { type: 'Soft' })).rejects.toMatchObject({
      rpcErrorCode: 'SecurityError',
    });
    expect(
      await csms.call(identity, 'UnlockConnector', { connectorId: 1 }).catch(({ rpcErrorCode }) => rpcErrorCode),
    ).toBe('SecurityError');
  });
});

const lackedBy15 = new Set<string>([
  'ClearChargingProfile',
  'GetCompositeSchedule',
  'SetChargingProfile',
  'TriggerMessage',
]);
const askedOf12 = [
  'ChangeAvailability',
  'ChangeConfiguration',
  'ClearCache',
  'GetDiagnostics',
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'Reset',
  'UnlockConnector',
  'UpdateFirmware',
];

const ftp = 'ftp://127.0.0.1/diagnostics';
const calls: Readonly<Record<(typeof csmsActions)[number], Payload>> = {
  CancelReservation: { reservationId: 7 },
  ChangeAvailability: { connectorId: 0, type: 'Operative' },
  ChangeConfiguration: { key: 'HeartbeatInterval', value: '60' },
  ClearCache: {},
  ClearChargingProfile: { id: 9 },
  DataTransfer: { vendorId: 'Nobody' },
  GetCompositeSchedule: { connectorId: 1, duration: 60 },
  GetConfiguration: { key: ['HeartbeatInterval', 'Unheard'] },
  GetDiagnostics: { location: ftp },
  GetLocalListVersion: {},
  RemoteStartTransaction: { connectorId: 1, idTag: 'TAG', chargingProfile: chargingProfile(3, 'TxProfile', 9) },
  RemoteStopTransaction: { transactionId: 5 },
  ReserveNow: { connectorId: 1, expiryDate: '2026-03-01T13:00:00Z', idTag: 'TAG', reservationId: 7 },
  Reset: { type: 'Soft' },
  SendLocalList: {
    listVersion: 4,
    updateType: 'Full',
    localAuthorizationList: [{ idTag: 'TAG', idTagInfo: { status: 'Accepted' } }],
  },
  SetChargingProfile: { connectorId: 0, csChargingProfiles: chargingProfile(1, 'ChargePointMaxProfile', 10) },
  TriggerMessage: { requestedMessage: 'MeterValues' },
  UnlockConnector: { connectorId: 1 },
  UpdateFirmware: { location: ftp, retrieveDate: '2026-03-01T13:00:00Z' },
};

const reactions: Readonly<Record<string, Reaction>> = {
  DataTransfer: { status: 'UnknownMessageId' },
  GetConfiguration: {
    configurationKey: [{ key: 'HeartBeatInterval', readonly: false, value: '60' }],
    unknownKey: ['Unheard'],
  },
  GetDiagnostics: { fileName: 'd.zip' },
  GetLocalListVersion: { listVersion: 3 },
  ReserveNow: { status: 'Occupied' },
  SendLocalList: { status: 'HashError', hash: 'x' },
  UpdateFirmware: {},
};

const yes = { status: 'Accepted' };
const answers: Readonly<Record<Version | 'both', Readonly<Record<string, unknown>>>> = {
  both: {
    ChangeAvailability: yes,
    ChangeConfiguration: yes,
    ClearCache: yes,
    ClearChargingProfile: { status: 'Unknown' },
    GetConfiguration: {
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }],
      unknownKey: ['Unheard'],
    },
    GetCompositeSchedule: expect.objectContaining(yes),
    GetDiagnostics: { fileName: 'd.zip' },
    RemoteStartTransaction: yes,
    RemoteStopTransaction: yes,
    Reset: yes,
    SetChargingProfile: yes,
    TriggerMessage: { status: 'NotImplemented' },
    UnlockConnector: { status: 'Unlocked' },
    UpdateFirmware: {},
  },
  '1.6': {},
  '1.5': {
    CancelReservation: yes,
    DataTransfer: { status: 'UnknownMessageId' },
    GetLocalListVersion: { listVersion: 3 },
    ReserveNow: { status: 'Occupied' },
    SendLocalList: { status: 'Failed' },
  },
  '1.2': {
    CancelReservation: { status: 'Rejected' },
    DataTransfer: { status: 'UnknownVendorId' },
    GetLocalListVersion: { listVersion: 0 },
    ReserveNow: { status: 'Rejected' },
    SendLocalList: yes,
  },
};

test('all versions at one URL, at once, and an outage of the CSMS: all is delivered, in order', async () => {
  const newest = await chargerOf('1.6');
  await newest.say('BootNotification', boot);
  const { port } = csms;
  await csms.stop();
  const violationsBefore = csms.violations;
  const [told15, told12] = await Promise.all([
    session('1.5', '2026-03-01T14:00:00Z', '2026-03-01T14:30:00Z'),
    session('1.2', '2026-03-01T14:00:00Z', '2026-03-01T14:30:00Z'),
    newest.say('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' }),
  ]);
  expect(told15).not.toBe(transactionId);
  expect(told12).not.toBe(transactionId);
  csms = new RpcCsms();
  csms.answer = confirm;
  await csms.start(port);
  for (const version of ['1.5', '1.2'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- each in turn
    const [stop] = await heard(version, 'StopTransaction', 1);
    const [meterValues] = csms.of(identityOf(version), 'MeterValues');
    expect(stop).toMatchObject({ timestamp: '2026-03-01T14:30:00Z', meterStop: 9 });
    expect(stop?.['transactionId']).toBeGreaterThan(4_000_000_000);
    expect(meterValues).toMatchObject({ transactionId: stop?.['transactionId'] });
    const transactional = csms.heard
      .filter(({ station }) => station === identityOf(version))
      .map(({ action }) => action)
      .filter((action) => /Transaction|MeterValues/.test(action));
    expect(transactional).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    // oxlint-disable-next-line no-await-in-loop
    expect(statusesOf(await heard(version, 'StatusNotification', 1))).toEqual(['Available']);
  }
  expect(statusesOf(await heard('1.6', 'StatusNotification', 1))).toEqual(['Preparing']);
  expect([violationsBefore, csms.violations]).toEqual([[], []]);
}, 60_000);

test('the gateway found nothing to complain about in itself', () => {
  expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
});
