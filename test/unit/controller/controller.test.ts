import { beforeEach, describe, expect, test } from 'vitest';
import type { Alarm } from '../../../src/charging/site/ports.ts';
import { type Controller, startController } from '../../../src/controller/controller.ts';
import type { ControllerSettings } from '../../../src/controller/settings.ts';
import type { CommandReply, Delivery, Payload } from '../../../src/gateway/ports.ts';
import { csmsActions } from '../../../src/ocpp/messages.generated.ts';
import { validateRequest, validateResponse } from '../../../src/ocpp/validation.ts';
import { everyRequest } from '../../support/arbitraries.ts';
import { answered, type Heard, refused, ScriptedCsms, unreachable } from '../../support/gateway-harness.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { listeningLog } from '../operator/gateway-double.ts';

const settings: ControllerSettings = {
  identity: 'SITE-1',
  site: undefined,
  link: { url: 'ws://127.0.0.1:1/ocpp', csmsIdentity: 'SITE-1', tls: {}, pingIntervalS: 60 },
  bootOnReconnect: 'if-charger-booted-or-csms-never-saw-it',
  version: '1.2.3',
  csmsDeadlineMs: 30_000,
};

let clock: VirtualClock;
let csms: ScriptedCsms;
let sites: readonly string[];
let alarms: readonly Alarm[];
let asked: unknown[];
let kept: Record<string, string>;
let controller: Controller;
/** As the controller reads them. */
let present: ControllerSettings;

beforeEach(() => {
  clock = new VirtualClock();
  csms = new ScriptedCsms(clock);
  [sites, alarms, asked, kept] = [['yard'], [], [], {}];
});

async function start(change: Partial<ControllerSettings> = {}): Promise<void> {
  present = { ...settings, ...change };
  const { log } = listeningLog();
  controller = await startController({
    settings: present,
    store: {
      settings: async () => ({ ...kept }),
      saveSetting: async (identity, key, value) => {
        expect(identity).toBe('SITE-1');
        kept[key] = value;
      },
    },
    sites: {
      sites: () => sites,
      status: (id) => ({ id, plan: undefined, alarms, measuredA: [0, 0, 0], installed: [] }),
      answer: async (...call) => {
        asked.push(call);
        return { status: 'Accepted' };
      },
    },
    links: (door) => csms.attach(door),
    clock,
    log,
    chance: () => 0,
  });
  await clock.advance(0);
}

const call = async (action: string, payload: Payload): Promise<CommandReply> => {
  validateRequest(action, payload);
  const reply = await csms.call('SITE-1', action, payload);
  if (reply.kind === 'answered') validateResponse(action, reply.payload);
  return reply;
};

async function conf(action: string, payload: Payload): Promise<Payload> {
  const reply = await call(action, payload);
  if (reply.kind === 'refused') throw reply.error;
  return reply.payload;
}

/** The CSMS answers boots in this order, the last one for ever. */
function boots(...answers: readonly Delivery[]): void {
  const left = [...answers];
  csms.answer = (message: Heard) => {
    if (message.action !== 'BootNotification') return csms.oblige(message);
    return left.length > 1 ? left.shift() : left[0];
  };
}

const boot = (status: string, interval: number) => answered({ status, currentTime: '2026-03-01T12:00:00Z', interval });

describe('boot (OCPP 1.6 §4.2)', () => {
  test('begins with who it is, then connector 0 is told, then it beats at the interval that it was given', async () => {
    boots(boot('Accepted', 60));
    await start();
    expect(csms.heard.map(({ station, action }) => `${station} ${action}`)).toEqual([
      'SITE-1 BootNotification',
      'SITE-1 StatusNotification',
    ]);
    expect(csms.of('BootNotification')).toEqual([
      { chargePointVendor: 'ocpp-edge', chargePointModel: 'LocalController', firmwareVersion: '1.2.3' },
    ]);
    expect(csms.of('StatusNotification')).toEqual([
      { connectorId: 0, errorCode: 'NoError', status: 'Available', timestamp: '2026-03-01T12:00:00.000Z' },
    ]);
    await clock.advance(180_000);
    expect(csms.of('Heartbeat')).toHaveLength(3);
    for (const { action, payload } of csms.heard) validateRequest(action, payload);
  });

  test('Pending and Rejected: again at the interval, at least 10 s, and nothing else until it is accepted', async () => {
    boots(boot('Pending', 30), boot('Rejected', 1), boot('Accepted', 60));
    await start();
    await clock.advance(29_000);
    expect(csms.actions()).toEqual(['BootNotification']);
    await clock.advance(1_000);
    expect(csms.actions()).toEqual(['BootNotification', 'BootNotification']);
    await clock.advance(9_000);
    expect(csms.of()).toHaveLength(2);
    await clock.advance(1_000);
    expect(csms.actions().slice(2)).toEqual(['BootNotification', 'StatusNotification']);
  });

  test('a CSMS that answers nothing that could be used is asked again with back-off', async () => {
    boots(refused('InternalError'));
    await start();
    const at: number[] = [];
    for (let second = 0; second < 900; second += 1) {
      const before = csms.of().length;
      await clock.advance(1_000);
      if (csms.of().length > before) at.push(second + 1);
    }
    expect(at).toEqual([10, 30, 70, 150, 300, 450, 600, 750, 900]);
  });

  test('a link that is lost meanwhile begins again with a boot; one that is regained later does not', async () => {
    boots(unreachable(true), boot('Accepted', 60));
    await start();
    csms.goDown();
    csms.comeBack();
    await clock.advance(0);
    expect(csms.actions()).toEqual(['BootNotification', 'BootNotification', 'StatusNotification']);
    csms.goDown();
    await clock.advance(600_000);
    expect(csms.of()).toHaveLength(3);
    csms.comeBack();
    await clock.advance(60_000);
    expect(csms.actions().slice(3)).toEqual(['Heartbeat']);
  });

  test('a CSMS that wants one for each connection gets it', async () => {
    await start({ bootOnReconnect: 'always' });
    csms.goDown();
    csms.comeBack();
    await clock.advance(0);
    expect(csms.of('BootNotification')).toHaveLength(2);
  });
});

describe('what the site is like', () => {
  const alarm = { kind: 'overload', about: 'main/L2', message: 'the load is 44 A above its limit of 63 A for 20 s' };

  test('an alarm is a fault of connector 0 with its words; told once, and its end as well', async () => {
    await start();
    alarms = [alarm, { ...alarm, about: 'main/L3' }];
    await clock.advance(60_000);
    alarms = alarms.map((one) => ({ ...one, message: one.message.replace('44 A', '45 A') }));
    await clock.advance(60_000);
    alarms = [];
    await clock.advance(60_000);
    const told = csms.of('StatusNotification');
    expect(told.map(({ status }) => status)).toEqual(['Available', 'Faulted', 'Available']);
    expect(told[1]).toMatchObject({
      connectorId: 0,
      errorCode: 'OtherError',
      vendorErrorCode: 'overload',
      info: 'main/L2: the load is 44 A above its limit of (+1)',
    });
    for (const payload of told) validateRequest('StatusNotification', payload);
  });

  test('what changed while the CSMS was away is told when it is back, and nothing that did not', async () => {
    await start();
    csms.goDown();
    alarms = [alarm];
    await clock.advance(60_000);
    csms.comeBack();
    await clock.advance(0);
    expect(csms.of('StatusNotification').map(({ status }) => status)).toEqual(['Available', 'Faulted']);
    csms.goDown();
    csms.comeBack();
    await clock.advance(60_000);
    expect(csms.of('StatusNotification')).toHaveLength(2);
  });
});

describe('settings', () => {
  beforeEach(() => start());

  test('GetConfiguration shows all that there is, and no password', async () => {
    const { configurationKey, unknownKey } = await conf('GetConfiguration', {});
    const entries = configurationKey as readonly { key: string; value: string; readonly: boolean }[];
    expect(
      Object.fromEntries(entries.map(({ key, value, readonly }) => [key, `${value}${readonly ? '' : ' rw'}`])),
    ).toEqual({
      HeartbeatInterval: '300 rw',
      NumberOfConnectors: '0',
      SupportedFeatureProfiles: 'Core,RemoteTrigger,SmartCharging',
      ChargeProfileMaxStackLevel: '99',
      ChargingScheduleAllowedChargingRateUnit: 'Current,Power',
      ChargingScheduleMaxPeriods: '1000',
      ConnectorSwitch3to1PhaseSupported: 'false',
      MaxChargingProfilesInstalled: '200',
      CpoName: ' rw',
      SecurityProfile: '0 rw',
      WebSocketPingInterval: '60 rw',
    });
    expect(unknownKey).toBeUndefined();
  });

  test('keys are asked for by name without case; those that are not there are named', async () => {
    const key = ['heartbeatinterval', 'MeterValueSampleInterval', 'AuthorizationKey', 'MaxChargingProfilesInstalled'];
    await expect(conf('GetConfiguration', { key })).resolves.toEqual({
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'MaxChargingProfilesInstalled', readonly: true, value: '200' },
      ],
      unknownKey: ['MeterValueSampleInterval', 'AuthorizationKey'],
    });
  });

  test('without a site it has no smart charging', async () => {
    sites = [];
    const key = ['SupportedFeatureProfiles', 'ChargingScheduleMaxPeriods'];
    await expect(conf('GetConfiguration', { key })).resolves.toEqual({
      configurationKey: [{ key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,RemoteTrigger' }],
      unknownKey: ['ChargingScheduleMaxPeriods'],
    });
  });

  test('HeartbeatInterval holds at once, and after a restart until a boot says otherwise', async () => {
    await expect(conf('ChangeConfiguration', { key: 'HeartbeatInterval', value: '20' })).resolves.toEqual({
      status: 'Accepted',
    });
    await clock.advance(60_000);
    expect(csms.of('Heartbeat')).toHaveLength(3);
    await controller.stop();
    csms = new ScriptedCsms(clock);
    boots(boot('Accepted', 0));
    await start();
    await clock.advance(60_000);
    expect(csms.of('Heartbeat')).toHaveLength(3);
  });

  test('a new AuthorizationKey and ping interval are those of its link from now on, and after a restart', async () => {
    const password = '00ff'.repeat(8);
    await conf('ChangeConfiguration', { key: 'AuthorizationKey', value: password });
    await conf('ChangeConfiguration', { key: 'websocketpinginterval', value: '15' });
    const changed = { password: Buffer.from(password, 'hex'), pingIntervalS: 15, csmsIdentity: 'SITE-1' };
    expect(csms.opened.get('SITE-1')).toMatchObject(changed);
    await controller.stop();
    await start();
    expect(csms.opened.get('SITE-1')).toMatchObject(changed);
  });

  test.each([
    ['HeartbeatInterval', '0', 'Rejected'],
    ['HeartbeatInterval', '86401', 'Rejected'],
    ['HeartbeatInterval', 'often', 'Rejected'],
    ['AuthorizationKey', 'secret', 'Rejected'],
    ['SecurityProfile', '3', 'Rejected'],
    ['NumberOfConnectors', '1', 'Rejected'],
    ['chargingschedulemaxperiods', '5', 'Rejected'],
    ['MeterValueSampleInterval', '60', 'NotSupported'],
  ])('%s = %s is %s, and nothing is kept', async (key, value, status) => {
    await expect(conf('ChangeConfiguration', { key, value })).resolves.toEqual({ status });
    expect(kept).toEqual({});
  });
});

describe('calls of the CSMS', () => {
  test('each action of OCPP 1.6, with every field and every value, gets a valid answer or NotSupported', async () => {
    await start();
    const refusals = new Set<string>();
    for (const action of csmsActions) {
      for (const payload of everyRequest(action)) {
        const reply = await call(action, payload);
        if (reply.kind === 'refused') refusals.add(`${action} ${reply.error.code}`);
      }
    }
    expect([...refusals]).toEqual(['UpdateFirmware NotSupported']);
  });

  test('profiles are those of its site', async () => {
    await start();
    const query = { connectorId: 0, duration: 60 };
    await conf('GetCompositeSchedule', query);
    expect(asked).toEqual([['yard', 'GetCompositeSchedule', query]]);
  });

  test.each([
    { there: [], named: undefined },
    { there: ['north', 'south'], named: undefined },
    { there: ['north', 'south'], named: 'yard' },
  ])('of $there and $named there is none to be limited', async ({ there, named }) => {
    sites = there;
    await start({ site: named });
    await expect(conf('GetCompositeSchedule', { connectorId: 0, duration: 60 })).resolves.toEqual({
      status: 'Rejected',
    });
    await expect(conf('ClearChargingProfile', {})).resolves.toEqual({ status: 'Unknown' });
    expect(asked).toEqual([]);
  });

  test('the site that the config names is the one', async () => {
    sites = ['north', 'south'];
    await start({ site: 'south' });
    await conf('ClearChargingProfile', {});
    expect(asked).toEqual([['south', 'ClearChargingProfile', {}]]);
  });

  test('Reset Soft connects and boots anew after the answer; Hard is Rejected', async () => {
    await start();
    await expect(conf('Reset', { type: 'Hard' })).resolves.toEqual({ status: 'Rejected' });
    await clock.advance(1_000);
    expect(csms.of('BootNotification')).toHaveLength(1);
    await expect(conf('Reset', { type: 'Soft' })).resolves.toEqual({ status: 'Accepted' });
    expect(csms.of('BootNotification')).toHaveLength(1);
    await clock.advance(0);
    expect(csms.actions().slice(2)).toEqual(['BootNotification', 'StatusNotification']);
  });

  test.each(['BootNotification', 'Heartbeat', 'StatusNotification'])(
    'TriggerMessage %s is answered, then done, Pending or not',
    async (requestedMessage) => {
      boots(boot('Pending', 3600));
      await start();
      const before = csms.of().length;
      await expect(conf('TriggerMessage', { requestedMessage })).resolves.toEqual({ status: 'Accepted' });
      expect(csms.of()).toHaveLength(before);
      await clock.advance(0);
      expect(csms.actions().slice(before)).toEqual([requestedMessage]);
    },
  );

  test('TriggerMessage of what it never sends, or for a connector that it has not', async () => {
    await start();
    await expect(conf('TriggerMessage', { requestedMessage: 'MeterValues' })).resolves.toEqual({
      status: 'NotImplemented',
    });
    await expect(conf('TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 })).resolves.toEqual({
      status: 'Rejected',
    });
  });

  test('a gateway that stops sends nothing any more', async () => {
    await start();
    await controller.stop();
    const before = csms.of().length;
    await clock.advance(3_600_000);
    expect(csms.of()).toHaveLength(before);
    expect(clock.pending()).toBe(0);
  });
});

describe('other settings', () => {
  const link = (change: Partial<ControllerSettings['link']>) => {
    Object.assign(present, { link: { ...settings.link, ...change } });
    controller.open();
    return clock.advance(0);
  };

  test('of the link: it is opened with them; the same CSMS needs no boot, another one does', async () => {
    await start();
    expect(csms.actions()).toEqual(['BootNotification', 'StatusNotification']);
    await link({ password: Buffer.from('new') });
    expect(csms.opened.get('SITE-1')).toMatchObject({ password: Buffer.from('new') });
    expect(csms.of('BootNotification')).toHaveLength(1);
    await link({ url: 'ws://127.0.0.1:2/ocpp' });
    expect(csms.opened.get('SITE-1')).toMatchObject({ url: 'ws://127.0.0.1:2/ocpp' });
    expect(csms.of('BootNotification')).toHaveLength(2);
  });
});
