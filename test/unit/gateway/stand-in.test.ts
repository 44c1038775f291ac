import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '../../../src/gateway/ports.ts';
import { answered, startHarness, type Harness, type SettingsChange } from '../../support/gateway-harness.ts';
import { OlderCharger } from '../../support/older-charger.ts';

/** What the CSMS hears of operations that the charger's version of OCPP does not have (wire notes: a conf wherever one can say no). */
let h: Harness;
let charger: OlderCharger;
const begin = async (ocpp: '1.5' | '1.2', change: SettingsChange = {}) => {
  h = await startHarness(change);
  charger = new OlderCharger(h, ocpp);
  await charger.boot();
};
afterEach(() => h.end());

const command = async (action: string, payload: Payload = {}) => {
  const reply = await h.csms.call('CP1', action, payload);
  return reply.kind === 'answered' ? reply.payload : { error: reply.error.code };
};

const profile = {
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
  },
};

describe('a conf that says no, without asking the charger, reachable or not', () => {
  const reservation = { connectorId: 1, expiryDate: '2026-03-01T13:00:00Z', idTag: 'A', reservationId: 1 };

  test.each([
    ['1.2', 'ReserveNow', reservation, { status: 'Rejected' }],
    ['1.2', 'CancelReservation', { reservationId: 1 }, { status: 'Rejected' }],
    ['1.2', 'DataTransfer', { vendorId: 'V' }, { status: 'UnknownVendorId' }],
    ['1.2', 'TriggerMessage', { requestedMessage: 'MeterValues' }, { status: 'NotImplemented' }],
    ['1.5', 'TriggerMessage', { requestedMessage: 'MeterValues' }, { status: 'NotImplemented' }],
  ] as const)('%s %s', async (ocpp, action, payload, conf) => {
    await begin(ocpp, { station: { callback: { ...noCallback, remoteCommands: false } } });
    expect(await command(action, payload)).toEqual(conf);
    expect(charger.asked).toEqual([]);
  });

  test.each([
    ['SetChargingProfile', profile, { status: 'NotSupported' }],
    ['ClearChargingProfile', { id: 1 }, { status: 'Unknown' }],
    ['GetCompositeSchedule', { connectorId: 1, duration: 60 }, { status: 'Rejected' }],
  ] as const)('1.5 %s, where the config leaves smart charging to the charger', async (action, payload, conf) => {
    await begin('1.5', { charging: { smartCharging: 'charger', compositeSource: 'charger' } });
    const answer = await command(action, payload);
    if (action === 'GetCompositeSchedule') expect(answer).toHaveProperty('status');
    else expect(answer).toEqual(conf);
    expect(charger.asked).toEqual([]);
  });
});

const noCallback = { endpoint: undefined, template: undefined, allowedNetworks: [], basic: undefined };

describe("1.2: the local list is the gateway's own", () => {
  beforeEach(() => begin('1.2'));
  const list = (listVersion: number, updateType: 'Full' | 'Differential', ...entries: readonly Payload[]) =>
    command('SendLocalList', { listVersion, updateType, localAuthorizationList: entries });
  const accepted = (idTag: string) => ({ idTag, idTagInfo: { status: 'Accepted' } });
  const version = async () => (await command('GetLocalListVersion'))['listVersion'];

  test('empty, full, changed, emptied, and after a restart', async () => {
    expect(await version()).toBe(0);
    expect(await list(3, 'Full', accepted('A'), accepted('B'))).toEqual({ status: 'Accepted' });
    expect(await version()).toBe(3);
    expect(await list(4, 'Differential', { idTag: 'A' }, accepted('C'))).toEqual({ status: 'Accepted' });
    await h.restart();
    expect(await version()).toBe(4);
    expect((await h.store().localList('CP1'))?.entries.map(({ idTag }) => idTag)).toEqual(['B', 'C']);
    expect(await list(9, 'Full')).toEqual({ status: 'Accepted' });
    expect(await version()).toBe(0);
    expect(charger.asked).toEqual([]);
  });

  test('a change to an older version, or to the same one, is a VersionMismatch', async () => {
    await list(3, 'Full', accepted('A'));
    expect(await list(3, 'Differential', accepted('B'))).toEqual({ status: 'VersionMismatch' });
    expect(await list(2, 'Differential', accepted('B'))).toEqual({ status: 'VersionMismatch' });
    expect(await list(2, 'Full', accepted('B'))).toEqual({ status: 'Accepted' });
  });

  test('decides while the CSMS is away', async () => {
    await list(1, 'Full', accepted('LISTED'));
    h.csms.goDown();
    expect(await charger.says('Authorize', { idTag: 'listed' })).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(await charger.says('Authorize', { idTag: 'other' })).toEqual({ idTagInfo: { status: 'Invalid' } });
  });
});

test("1.5: the local list is the charger's, in its own words and without a hash", async () => {
  await begin('1.5');
  charger.react = (action) =>
    action === 'GetLocalListVersion' ? { listVersion: 7 } : { status: 'HashError', hash: 'x' };
  const sent = { listVersion: 8, updateType: 'Full', localAuthorizationList: [{ idTag: 'A' }] };
  expect(await command('SendLocalList', sent)).toEqual({ status: 'Failed' });
  expect(await command('GetLocalListVersion')).toEqual({ listVersion: 7 });
  expect(charger.asked).toEqual([
    '<sendLocalListRequest><updateType>Full</updateType><listVersion>8</listVersion>' +
      '<localAuthorisationList><idTag>A</idTag></localAuthorisationList></sendLocalListRequest>',
    '<getLocalListVersionRequest/>',
  ]);
});

describe.each(['1.5', '1.2'] as const)('%s: TriggerMessage', (ocpp) => {
  beforeEach(() => begin(ocpp));
  const trigger = async (requestedMessage: string, connectorId?: number) => {
    // what the charger said before is on its way
    await h.clock.advance(0);
    const before = h.csms.heard.length;
    const conf = await command('TriggerMessage', {
      requestedMessage,
      ...(connectorId !== undefined && { connectorId }),
    });
    expect(h.csms.heard).toHaveLength(before);
    await h.clock.advance(0);
    return { conf, heard: h.csms.heard.slice(before) };
  };
  const yes = { status: 'Accepted' };

  test('BootNotification: the last one again, after the answer', async () => {
    const { conf, heard } = await trigger('BootNotification');
    expect(conf).toEqual(yes);
    expect(heard).toMatchObject([{ action: 'BootNotification', payload: { chargePointVendor: 'Acme' } }]);
  });

  test('Heartbeat, whenever the last one was', async () => {
    await charger.says('Heartbeat', {});
    const { conf, heard } = await trigger('Heartbeat');
    expect({ conf, heard }).toMatchObject({ conf: yes, heard: [{ action: 'Heartbeat' }] });
  });

  test('StatusNotification of one connector, and of all', async () => {
    await charger.status('Available', 1);
    await charger.status('Faulted', 2, 'ReaderFailure');
    const one = await trigger('StatusNotification', 2);
    expect(one).toMatchObject({
      conf: yes,
      heard: [
        {
          payload: { connectorId: 2, status: 'Faulted', errorCode: 'ReaderFailure', timestamp: '2026-03-01T12:00:00Z' },
        },
      ],
    });
    const all = await trigger('StatusNotification');
    expect(all.heard.map(({ payload }) => payload['connectorId'])).toEqual([1, 2]);
  });

  test('StatusNotification of a connector that is not known is Rejected', async () => {
    expect(await trigger('StatusNotification', 9)).toEqual({ conf: { status: 'Rejected' }, heard: [] });
    expect(await trigger('StatusNotification')).toEqual({ conf: { status: 'Rejected' }, heard: [] });
  });

  test('the transfers: Idle, or what goes on', async () => {
    const firmware = await trigger('FirmwareStatusNotification');
    expect(firmware).toMatchObject({ conf: yes, heard: [{ payload: { status: 'Idle' } }] });
    await charger.says('FirmwareStatusNotification', { status: 'Downloaded' });
    await charger.says('DiagnosticsStatusNotification', { status: 'Uploaded' });
    expect((await trigger('FirmwareStatusNotification')).heard).toMatchObject([{ payload: { status: 'Downloaded' } }]);
    expect((await trigger('DiagnosticsStatusNotification')).heard).toMatchObject([{ payload: { status: 'Idle' } }]);
  });
});

const configured = async (...key: readonly string[]) => {
  const { configurationKey = [], unknownKey = [] } = await command('GetConfiguration', key.length === 0 ? {} : { key });
  const entries = configurationKey as readonly { readonly key: string; readonly value: string }[];
  return { ...Object.fromEntries(entries.map((entry) => [entry.key, entry.value])), unknownKey };
};

describe('GetConfiguration', () => {
  test('1.2: what was written through the gateway, what it knows, and after a restart', async () => {
    await begin('1.2');
    await charger.status('Available', 2);
    charger.react = (_, { status = 'Accepted' }) => ({ status });
    await command('ChangeConfiguration', { key: 'BlinkRepeat', value: '3' });
    charger.react = () => ({ status: 'Rejected' });
    await command('ChangeConfiguration', { key: 'LightIntensity', value: '3' });
    await h.restart();
    expect(await configured('blinkrepeat', 'LightIntensity', 'HeartbeatInterval', 'NumberOfConnectors')).toEqual({
      BlinkRepeat: '3',
      HeartbeatInterval: '300',
      NumberOfConnectors: '2',
      unknownKey: ['LightIntensity'],
    });
    expect(await configured()).toMatchObject({
      BlinkRepeat: '3',
      SupportedFeatureProfiles: 'Core,FirmwareManagement,LocalAuthListManagement,RemoteTrigger,SmartCharging',
      MaxChargingProfilesInstalled: expect.any(String),
    });
    expect(charger.asked.filter((body) => body.includes('getConfiguration'))).toEqual([]);
  });

  test("1.5: the charger's own, with the names of 1.6 and the keys that a CSMS needs", async () => {
    await begin('1.5');
    charger.react = () => ({
      configurationKey: [{ key: 'HeartBeatInterval', readonly: false, value: '900' }],
      unknownKey: ['NumberOfConnectors', 'Nothing'],
    });
    expect(await configured('HeartbeatInterval', 'NumberOfConnectors', 'Nothing')).toEqual({
      HeartbeatInterval: '900',
      NumberOfConnectors: '1',
      unknownKey: ['Nothing'],
    });
    expect(charger.asked).toEqual([
      '<getConfigurationRequest><key>HeartBeatInterval</key><key>NumberOfConnectors</key><key>Nothing</key></getConfigurationRequest>',
    ]);
    expect(await configured()).toMatchObject({
      SupportedFeatureProfiles:
        'Core,FirmwareManagement,LocalAuthListManagement,Reservation,RemoteTrigger,SmartCharging',
    });
  });

  test('1.5: how the charger spells its keys is learned, and what it tells itself is not added', async () => {
    await begin('1.5');
    const key = (name: string, value: string) => ({ key: name, readonly: true, value });
    charger.react = (action) =>
      action === 'GetConfiguration'
        ? { configurationKey: [key('heartbeatinterval', '60'), key('NumberOfConnectors', '4')] }
        : { status: 'Accepted' };
    expect(await configured()).toMatchObject({ HeartbeatInterval: '60', NumberOfConnectors: '4' });
    await command('ChangeConfiguration', { key: 'HeartbeatInterval', value: '30' });
    const { keySpellings } = h.chargers.asked.at(-1)?.target ?? {};
    expect(keySpellings?.get('heartbeatinterval')).toBe('heartbeatinterval');
  });

  test('a charger of 1.6 is not helped', async () => {
    h = await startHarness({ charging: { smartCharging: 'charger' } });
    await h.asks('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Wall 1' });
    h.chargers.answer = () => answered({ unknownKey: ['NumberOfConnectors'] });
    expect(await configured('NumberOfConnectors')).toEqual({ unknownKey: ['NumberOfConnectors'] });
  });
});
