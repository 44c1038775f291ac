import { beforeEach, expect, test } from 'vitest';
import type { Payload } from '../../../../src/gateway/ports.ts';
import { KeptSites, Stage } from './control-stage.ts';

/** OCPP 1.6 §3.12.4: the site as one charge point. Its fuse is 30 A, each charger takes 32 A. */

let stage: Stage;

beforeEach(async () => {
  stage = await new Stage().start();
  stage.begin('CP-A', 7);
  stage.begin('CP-B', 8);
  await stage.clock.advance(30_000);
});

const answer = (action: 'SetChargingProfile' | 'ClearChargingProfile' | 'GetCompositeSchedule', payload: Payload) =>
  stage.sites.answer('yard', action, payload);

function profile(limit: number, more: Payload = {}, period: Payload = {}): Payload {
  return {
    connectorId: 0,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'ChargePointMaxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit, ...period }],
      },
      ...more,
    },
  };
}

async function limits(chargingRateUnit: 'A' | 'W', duration = 600): Promise<readonly number[]> {
  const conf = await answer('GetCompositeSchedule', { connectorId: 0, duration, chargingRateUnit });
  const schedule = conf['chargingSchedule'] as { chargingSchedulePeriod: readonly { limit: number }[] };
  return schedule.chargingSchedulePeriod.map(({ limit }) => limit);
}

test('ChargePointMaxProfile limits all chargers together, and ClearChargingProfile gives the fuse back', async () => {
  expect(stage.loadA).toBe(30);
  await expect(answer('SetChargingProfile', profile(16))).resolves.toEqual({ status: 'Accepted' });
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(16);
  await expect(answer('ClearChargingProfile', { id: 1 })).resolves.toEqual({ status: 'Accepted' });
  await expect(answer('ClearChargingProfile', { id: 1 })).resolves.toEqual({ status: 'Unknown' });
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(30);
});

test('a limit in watts holds for all phases together', async () => {
  await answer(
    'SetChargingProfile',
    profile(0, {
      chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 13_800 }] },
    }),
  );
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(20);
  await expect(limits('W')).resolves.toEqual([13_800]);
});

test('so many amperes on one phase are so much power in all', async () => {
  await answer('SetChargingProfile', profile(48, {}, { numberPhases: 1 }));
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(16);
});

test('of the limit from outside and that of the CSMS the lower one holds', async () => {
  await answer('SetChargingProfile', profile(20));
  stage.sites.signal('yard', { kind: 'external', steps: [{ fromS: stage.nowS, currentA: [14, 14, 14] }] });
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(14);
  stage.sites.signal('yard', { kind: 'external', steps: [{ fromS: stage.nowS, currentA: [28, 28, 28] }] });
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(20);
});

test('a schedule of the CSMS is kept to when its time comes', async () => {
  const chargingSchedulePeriod = [
    { startPeriod: 0, limit: 24 },
    { startPeriod: 1800, limit: 12 },
  ];
  await answer(
    'SetChargingProfile',
    profile(0, { chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod } }),
  );
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(24);
  await stage.clock.advance(1_800_000);
  expect(stage.loadA).toBe(12);
});

test('it survives a restart', async () => {
  await answer('SetChargingProfile', profile(16));
  const { kept, clock } = stage;
  stage.sites.stop();
  stage = await new Stage({ kept, clock, chargers: stage.chargers }).start();
  await clock.advance(30_000);
  expect(stage.loadA).toBe(16);
});

test('what cannot be kept is not accepted, and does not hold', async () => {
  stage.kept.isFull = true;
  await expect(answer('SetChargingProfile', profile(16))).rejects.toMatchObject({ code: 'InternalError' });
  stage.kept.isFull = false;
  await stage.clock.advance(30_000);
  expect(stage.loadA).toBe(30);
});

test.each(['TxDefaultProfile', 'TxProfile'])('%s is Rejected: it is for connectors', async (purpose) => {
  await expect(answer('SetChargingProfile', profile(16, { chargingProfilePurpose: purpose }))).resolves.toEqual({
    status: 'Rejected',
  });
});

test('a connector of the site is none: it belongs to its charger', async () => {
  await expect(answer('SetChargingProfile', { ...profile(16), connectorId: 1 })).rejects.toMatchObject({
    code: 'PropertyConstraintViolation',
  });
  await expect(answer('GetCompositeSchedule', { connectorId: 1, duration: 60 })).resolves.toEqual({
    status: 'Rejected',
  });
});

test('GetCompositeSchedule is what all connectors may draw: per phase in A, in all in W', async () => {
  const sumA = stage.allowsA('CP-A') + stage.allowsA('CP-B');
  await expect(limits('A')).resolves.toEqual([sumA]);
  await expect(limits('W')).resolves.toEqual([sumA * 3 * 230]);
  const conf = await answer('GetCompositeSchedule', { connectorId: 0, duration: 1_000_000 });
  expect(conf).toMatchObject({
    status: 'Accepted',
    connectorId: 0,
    scheduleStart: new Date(stage.nowS * 1000).toISOString().replace('.000', ''),
    chargingSchedule: { duration: 86_400, chargingRateUnit: 'A' },
  });
});

test('GetCompositeSchedule is never above the ceiling, before the chargers have heard of it either', async () => {
  await answer('SetChargingProfile', profile(10));
  expect(Math.max(...(await limits('A', 86_400)))).toBe(10);
});

test('each connector counts on the phases that it is wired to', async () => {
  stage.sites.stop();
  const connectors = [
    { chargePoint: 'CP-A', maxCurrentA: 32, phases: ['L2'] },
    { chargePoint: 'CP-B', maxCurrentA: 32, phases: ['L3'] },
  ];
  stage = await new Stage({ site: { connectors }, kept: new KeptSites() }).start();
  stage.begin('CP-A', 7);
  stage.begin('CP-B', 8);
  await stage.clock.advance(30_000);
  await expect(limits('A')).resolves.toEqual([30]);
  await expect(limits('W')).resolves.toEqual([2 * 30 * 230]);
});

test('with several roots a limit of the whole is Rejected: it could not be kept to', async () => {
  stage.sites.stop();
  const tree = [
    { id: 'north', maxCurrentA: 30 },
    { id: 'south', maxCurrentA: 30 },
  ];
  const connectors = [
    { chargePoint: 'CP-A', parent: 'north' },
    { chargePoint: 'CP-B', parent: 'south' },
  ];
  stage = await new Stage({ site: { tree, connectors } }).start();
  await expect(answer('SetChargingProfile', profile(16))).resolves.toEqual({ status: 'Rejected' });
});

test('a site that is not there is refused', async () => {
  await expect(stage.sites.answer('moon', 'GetCompositeSchedule', { connectorId: 0, duration: 60 })).rejects.toThrow(
    'expected one of yard',
  );
});
