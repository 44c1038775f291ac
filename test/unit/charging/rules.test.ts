import { expect, test } from 'vitest';
import type { ConnectorRules } from '../../../src/gateway/charging-port.ts';
import { ProfileCharger, Stage } from './site/control-stage.ts';

async function rulesOf(stage: Stage, identity = 'CP-A', hours = 1): Promise<ConnectorRules> {
  const window = { fromS: stage.nowS, toS: stage.nowS + hours * 3600 };
  const [rules] = await stage.desk.rules(stage.charger(identity).facts, window);
  if (rules === undefined) throw new Error(`${identity} has no connector`);
  return rules;
}

const bindingOf = ({ why }: ConnectorRules) =>
  why.filter(({ binding }) => binding).map(({ kind, about, limitA }) => ({ kind, about, limitA }));

async function busyYard(options: ConstructorParameters<typeof Stage>[0] = {}): Promise<Stage> {
  const stage = await new Stage(options).start();
  stage.begin('CP-A', 7);
  await stage.clock.advance(20_000);
  return stage;
}

const profileOf = (limit: number, more: object = {}) => ({
  chargingProfileId: 5,
  stackLevel: 3,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  ...more,
});

test('without a car, what the connector was told as its safe share holds', async () => {
  const rules = await rulesOf(await new Stage().start());
  expect(bindingOf(rules)).toEqual([{ kind: 'share', about: 'CP-A/1', limitA: 15 }]);
  expect(rules.why.map(({ kind }) => kind)).toEqual(['site', 'share', 'connector']);
  expect(rules.composite[0]).toMatchObject({ limitA: 15 });
});

test('where a fuse is full, it is what holds, not the plan that keeps to it', async () => {
  const rules = await rulesOf(await busyYard());
  expect(rules.why).toMatchObject([
    {
      kind: 'site',
      about: 'main',
      limitA: 30,
      binding: true,
      words: expect.stringContaining('30.0 A of it are in use'),
    },
    { kind: 'plan', limitA: 30, binding: false },
    { kind: 'car', limitA: 32 },
    { kind: 'connector', limitA: 32 },
  ]);
});

test('a limit from outside holds where it is what the fuse is full by', async () => {
  const stage = await busyYard();
  stage.sites.signal('yard', { kind: 'external', steps: [{ fromS: stage.nowS, currentA: [12, 12, 12] }] });
  await stage.clock.advance(20_000);
  expect(bindingOf(await rulesOf(stage))).toEqual([{ kind: 'external', about: 'yard', limitA: 12 }]);
});

test('a profile of the CSMS holds where it is lower than what the site would allow', async () => {
  const stage = await busyYard();
  const request = { connectorId: 1, csChargingProfiles: profileOf(9) };
  await stage.desk.answer(stage.charger('CP-A').facts, 'SetChargingProfile', request);
  await stage.clock.advance(20_000);
  const rules = await rulesOf(stage);
  expect(bindingOf(rules)).toEqual([{ kind: 'profile', about: '5', limitA: 9 }]);
  expect(rules.profiles.map(({ id, from, purpose, stackLevel }) => [id, from, purpose, stackLevel])).toEqual([
    [900_013, 'gateway', 'TxProfile', 8],
    [5, 'csms', 'TxDefaultProfile', 3],
    [900_011, 'gateway', 'TxDefaultProfile', 0],
  ]);
});

test('what the car takes holds where that is least', async () => {
  const stage = await busyYard();
  stage.sites.target('yard', { chargePoint: 'CP-A', connector: 1, maxCurrentA: 8 });
  await stage.clock.advance(20_000);
  expect(bindingOf(await rulesOf(stage))).toEqual([{ kind: 'car', about: 'CP-A/1', limitA: 8 }]);
});

test('what a charger was told before holds until it has heard of the new plan', async () => {
  const stage = await busyYard({ replan: { minIntervalS: 1 } });
  stage.charger('CP-A').fate = () => 'late';
  stage.begin('CP-B', 8);
  await stage.clock.advance(20_000);
  const { why } = await rulesOf(stage);
  expect(why.filter(({ binding }) => binding)).toHaveLength(1);
  expect(why.map(({ kind }) => kind)).toContain('share');
});

test('a charger of no site: its profiles and its connector', async () => {
  const stage = await new Stage({ chargers: [new ProfileCharger('CP-A'), new ProfileCharger('CP-Z')] }).start();
  stage.sites.configure([]);
  expect(bindingOf(await rulesOf(stage, 'CP-Z'))).toEqual([{ kind: 'connector', about: 'CP-Z/1', limitA: 32 }]);
  expect(stage.desk.limits('CP-Z', 1)).toEqual(new Map([[1, 32]]));
  const request = { connectorId: 1, csChargingProfiles: profileOf(10) };
  await stage.desk.answer(stage.charger('CP-Z').facts, 'SetChargingProfile', request);
  const rules = await rulesOf(stage, 'CP-Z');
  expect(bindingOf(rules)).toEqual([{ kind: 'profile', about: '5', limitA: 10 }]);
  expect(rules.composite).toEqual([{ atMs: rules.fromMs, limitA: 10 }]);
  expect(stage.desk.limits('CP-Z', 1)).toEqual(new Map([[1, 10]]));
  expect(stage.desk.limits('CP-Z', 2)).toEqual(
    new Map([
      [1, 10],
      [2, 32],
    ]),
  );
});

test('a limit that changes by itself is another one then', async () => {
  const stage = await new Stage().start();
  stage.sites.configure([]);
  const startSchedule = new Date(stage.clock.now()).toISOString();
  const chargingSchedulePeriod = [
    { startPeriod: 0, limit: 10 },
    { startPeriod: 3600, limit: 20 },
  ];
  const chargingSchedule = { startSchedule, chargingRateUnit: 'A', chargingSchedulePeriod };
  const csChargingProfiles = profileOf(0, { chargingProfileKind: 'Absolute', chargingSchedule });
  await stage.desk.answer(stage.charger('CP-A').facts, 'SetChargingProfile', { connectorId: 1, csChargingProfiles });
  const nowA = () => stage.desk.limits('CP-A', 1).get(1);
  expect(nowA()).toBe(10);
  await stage.clock.advance(3_599_000);
  expect(nowA()).toBe(10);
  await stage.clock.advance(1_000);
  expect(nowA()).toBe(20);
});

test('looking changes nothing, on disk or in the chargers', async () => {
  const stage = await busyYard();
  const saves = stage.kept.saves.length;
  stage.taken();
  await rulesOf(stage);
  stage.sites.rules('CP-A');
  stage.sites.outlook('yard');
  await stage.clock.advance(0);
  expect([stage.taken(), stage.kept.saves.length]).toEqual([[], saves]);
});

test('the limit of a list of chargers is what the charger itself may draw, and follows it', async () => {
  const stage = await new Stage().start();
  expect(stage.desk.limits('CP-A', 1)).toEqual(new Map([[1, stage.allowsA('CP-A')]]));
  stage.begin('CP-A', 7);
  await stage.clock.advance(20_000);
  expect(stage.desk.limits('CP-A', 1)).toEqual(new Map([[1, stage.allowsA('CP-A')]]));
  expect(stage.allowsA('CP-A')).toBe(30);
  expect(stage.desk.limits('nobody', 1)).toEqual(new Map());
});
