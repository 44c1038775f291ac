import { describe, expect, test } from 'vitest';
import { answered, bootPayload, refused, unreachable } from '../../support/gateway-harness.ts';
import { meterValues, sample, useViewStage } from './view-stage.ts';

const stage = useViewStage();

describe('GET /api/chargers', () => {
  test('what it is, what it said last, and what it measured', async () => {
    await stage().h.asks('StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
    await stage().h.asks('StatusNotification', { connectorId: 2, status: 'Faulted', errorCode: 'GroundFailure' });
    const transactionId = await stage().begin();
    const phases = ['L1', 'L2', 'L3'].map((phase) => sample('10.5', { measurand: 'Current.Import', unit: 'A', phase }));
    const whole = [
      sample('7.2', { measurand: 'Power.Active.Import', unit: 'kW' }),
      sample('64', { measurand: 'SoC', unit: 'Percent' }),
    ];
    await stage().h.asks('MeterValues', meterValues(transactionId, '1200', [...phases, ...whole]));
    const { value } = await stage().json('/api/chargers');
    expect(value.chargers).toMatchObject([
      {
        identity: 'CP1',
        standing: 'accepted',
        alive: true,
        vendor: 'Acme',
        model: 'Wall 1',
        firmware: '1.0',
        site: 'yard',
        link: 'open',
        openTransactions: 1,
        connectors: [
          {
            connector: 1,
            status: 'Charging',
            powerW: 7200,
            currentA: [10.5, 10.5, 10.5],
            energyWh: 1200,
            socPercent: 64,
            measuredAtMs: Date.parse('2026-03-01T12:05:00Z'),
            limitA: 32,
          },
          { connector: 2, status: 'Faulted', errorCode: 'GroundFailure' },
        ],
      },
    ]);
    expect(value.chargers[0].connectors[0]).not.toHaveProperty('errorCode');
  });

  test('nonsense in MeterValues is shown as not measured', async () => {
    await stage().h.says('MeterValues', { connectorId: 1, meterValue: [{ sampledValue: [sample('much'), 7, null] }] });
    const { value } = await stage().json('/api/chargers');
    expect(value.chargers[0].connectors[0]).not.toHaveProperty('energyWh');
  });

  test('what waits for the CSMS while it is away', async () => {
    stage().h.csms.up = false;
    await stage().h.restart();
    await stage().h.asks('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
    await stage().h.asks('StatusNotification', { connectorId: 2, status: 'Available', errorCode: 'NoError' });
    const { value } = await stage().json('/api/chargers');
    const { length } = await stage().h.store().outbox({ station: 'CP1', dead: false });
    expect(length).toBeGreaterThanOrEqual(2);
    expect(value.chargers).toMatchObject([
      { link: 'connecting', linkAttempts: expect.any(Number), waiting: length, dead: 0 },
    ]);
  });

  test('one charger, by its identity without case, and what was never seen', async () => {
    await stage().begin();
    const { value } = await stage().json('/api/chargers/cp1');
    expect(value.charger).toMatchObject({
      charger: { identity: 'CP1' },
      bootPayload,
      csmsStatus: 'Accepted',
      bootUnheard: false,
      transactions: [{ connector: 1, startedAt: '2026-03-01T12:00:00Z' }],
      lacks: [],
    });
    expect(JSON.stringify(value)).not.toContain('TAG-1');
    expect(await stage().json('/api/chargers/nobody')).toMatchObject({
      status: 404,
      value: { error: expect.any(String) },
    });
  });
});

describe('GET /api/chargers/:identity/profiles', () => {
  test('the stack, the composite and why, over a window', async () => {
    const csChargingProfiles = {
      chargingProfileId: 3,
      stackLevel: 1,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 11 }] },
    };
    await stage().h.csms.call('CP1', 'SetChargingProfile', { connectorId: 1, csChargingProfiles });
    const { value } = await stage().json('/api/chargers/CP1/profiles?hours=2');
    const nowMs = stage().h.clock.now();
    expect(value.connectors).toEqual([
      {
        connector: 1,
        fromMs: nowMs,
        toMs: nowMs + 7_200_000,
        why: [
          expect.objectContaining({ kind: 'profile', about: '3', limitA: 11, binding: true }),
          expect.objectContaining({ kind: 'connector', limitA: 32, binding: false }),
        ],
        profiles: [
          expect.objectContaining({
            id: 3,
            from: 'csms',
            periods: [{ atMs: nowMs, limitA: 11 }],
            profile: csChargingProfiles,
          }),
        ],
        composite: [{ atMs: nowMs, limitA: 11 }],
      },
    ]);
  });

  test.each(['0', '169', 'x', '1.5'])('hours=%s is refused', async (hours) => {
    expect(await stage().json(`/api/chargers/CP1/profiles?hours=${hours}`)).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining('hours: expected') },
    });
  });

  test('of what was never seen: 404', async () => {
    expect(await stage().json('/api/chargers/nobody/profiles')).toMatchObject({ status: 404 });
  });
});

describe('GET /api/chargers/:identity/configuration', () => {
  test('the keys of the charger, its secrets hidden', async () => {
    const configurationKey = [
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'AuthorizationKey', readonly: false, value: 'CANARY' },
      { key: 'FreeVendIdTag', readonly: false, value: 'CANARY' },
      { key: 'WebProxy', readonly: true, value: 'http://user:CANARY@proxy' },
      { key: 'Empty', readonly: true },
    ];
    stage().h.chargers.answer = () => answered({ configurationKey, unknownKey: ['Nothing'] });
    const { value } = await stage().json('/api/chargers/CP1/configuration');
    expect(value.configuration).toMatchObject({
      keys: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'AuthorizationKey' },
        { key: 'FreeVendIdTag' },
        { key: 'WebProxy', readonly: true },
        { key: 'Empty', readonly: true },
      ],
      unknown: ['Nothing'],
    });
    expect(JSON.stringify(value)).not.toContain('CANARY');
    expect(stage().h.chargers.asked.at(-1)).toMatchObject({ action: 'GetConfiguration', payload: {} });
  });

  test.each([
    [unreachable(true), 504],
    [refused('NotSupported'), 502],
  ])('no answer is a failure that says so: %j', async (delivery, status) => {
    stage().h.chargers.answer = () => delivery;
    expect(await stage().json('/api/chargers/CP1/configuration')).toMatchObject({
      status,
      value: { error: expect.stringMatching(/^charger CP1 (did not answer|refused): /) },
    });
  });

  test('of a charger whose version cannot be asked: what was written to it', async () => {
    const where = { peerAddress: '10.0.0.9', callbacks: ['http://10.0.0.9:8081/'] };
    const old = { identity: 'OLD', wire: 'ocpp1.2-soap', ...where } as const;
    await stage().h.asks('BootNotification', bootPayload, old);
    await stage().h.csms.call('OLD', 'ChangeConfiguration', { key: 'MaxCurrent', value: '16' });
    const { value } = await stage().json('/api/chargers/OLD/configuration');
    expect(value.configuration.keys).toContainEqual({ key: 'MaxCurrent', readonly: false, value: '16' });
    expect(stage().h.chargers.asked.map(({ action }) => action)).not.toContain('GetConfiguration');
  });

  test('of what was never seen: 404', async () => {
    expect(await stage().json('/api/chargers/nobody/configuration')).toMatchObject({ status: 404 });
  });
});

describe('GET /api/overview', () => {
  test('the gateway at one look', async () => {
    const transactionId = await stage().begin();
    const power = sample('3600', { measurand: 'Power.Active.Import', unit: 'W' });
    await stage().h.asks('MeterValues', meterValues(transactionId, '1200', [power]));
    await stage().h.clock.advance(90_000);
    expect((await stage().json('/api/overview')).value).toMatchObject({
      version: '0.1.0',
      atMs: stage().h.clock.now(),
      ready: true,
      chargers: { accepted: 1, quarantined: 0, blocked: 0, alive: 1, charging: 1, withoutCommands: 0 },
      links: { open: 1, connecting: 0, closed: 0 },
      outbox: { waiting: 0, oldestS: 0, dead: 0 },
      powerW: 3600,
      transactions: 1,
      restartNeeded: ['soap.port'],
      uptimeS: 90,
    });
  });
});
