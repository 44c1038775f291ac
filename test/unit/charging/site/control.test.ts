import { describe, expect, test } from 'vitest';
import { planWith } from '../../../../optimizer/plan.ts';
import type { Scenario } from '../../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import { keyModel } from '../driver-stage.ts';
import { ProfileCharger, Stage } from './control-stage.ts';

const safe = ['CP-A Set TxDefaultProfile', 'CP-B Set TxDefaultProfile'];

test('a charger without a car holds its safe share; all of them fit the tree', async () => {
  const stage = await new Stage().start();
  expect(stage.taken()).toEqual(safe);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
});

test('the plan of a car lies in its charger a moment after it came', async () => {
  const stage = await new Stage().start();
  stage.taken();
  stage.begin('CP-A', 7);
  await stage.clock.advance(10_000);
  // whoever comes to CP-B now waits for a plan: there is no room for a share beside this one
  expect(stage.taken()).toEqual(['CP-B Set TxDefaultProfile', 'CP-A Set TxProfile']);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([30, 0]);
  expect(stage.sites.status('yard')?.plan?.result.status).toBe('feasible');
});

/** CP-A charges with all there is. */
async function busyYard(options: ConstructorParameters<typeof Stage>[0] = {}): Promise<Stage> {
  const stage = await new Stage(options).start();
  stage.begin('CP-A', 7);
  await stage.clock.advance(20_000);
  expect(stage.allowsA('CP-A')).toBe(30);
  stage.taken();
  return stage;
}

test('what raises one charger waits for what lowers the other', async () => {
  const stage = await busyYard();
  stage.begin('CP-B', 8);
  await stage.clock.advance(20_000);
  stage.taken();
  stage.charger('CP-A').fate = () => 'late';
  stage.sites.target('yard', { chargePoint: 'CP-A', connector: 1, maxCurrentA: 8 });
  await stage.clock.advance(1_000);
  expect(stage.taken()).toEqual(['CP-A Set TxProfile']);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
  stage.charger('CP-A').fate = () => 'done';
  stage.charger('CP-A').catchUp();
  await stage.clock.advance(0);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([8, 22]);
});

test('an answer that is late is planned around, and counts when it comes', async () => {
  const stage = await busyYard();
  stage.charger('CP-A').fate = () => 'late';
  stage.begin('CP-B', 8);
  await stage.clock.advance(20_000);
  expect(stage.asked.at(-1)?.sessions.map(({ chargePoint }) => chargePoint)).toEqual(['CP-B']);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([30, 0]);
  expect(stage.taken().filter((call) => call.startsWith('CP-A'))).toHaveLength(1);
  stage.charger('CP-A').fate = () => 'done';
  stage.charger('CP-A').catchUp();
  await stage.clock.advance(20_000);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
});

test.each(['rejected', 'unheard', 'unanswered'] as const)(
  'a charger whose profile is %s is planned around, and tried again with patience',
  async (fate) => {
    const stage = await busyYard();
    stage.charger('CP-A').fate = () => fate;
    stage.begin('CP-B', 8);
    await stage.clock.advance(1_000);
    stage.taken();
    await stage.clock.advance(12_000);
    expect(stage.asked.at(-1)?.sessions.map(({ chargePoint }) => chargePoint)).toEqual(['CP-B']);
    expect(stage.sites.status('yard')?.alarms).toMatchObject([{ kind: 'notReached', about: 'CP-A/1' }]);
    expect(stage.allowsA('CP-B')).toBe(0);
    const tries: number[] = [];
    for (let minute = 0; minute < 30; minute += 1) {
      await stage.clock.advance(60_000);
      tries.push(stage.taken().filter((call) => call.startsWith('CP-A')).length);
      expect(stage.loadA).toBeLessThanOrEqual(30);
    }
    expect(tries.slice(0, 10).reduce((sum, count) => sum + count)).toBeGreaterThan(2);
    expect(tries.slice(-10).reduce((sum, count) => sum + count)).toBeLessThanOrEqual(3);

    stage.charger('CP-A').fate = () => 'done';
    await stage.clock.advance(620_000);
    expect(stage.sites.status('yard')?.alarms).toEqual([]);
    expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
  },
);

test('a charger that was not reached is tried again when it speaks', async () => {
  const stage = await busyYard();
  stage.charger('CP-A').fate = () => 'unheard';
  stage.begin('CP-B', 8);
  await stage.clock.advance(300_000);
  stage.charger('CP-A').fate = () => 'done';
  stage.taken();
  stage.desk.heard('CP-A', 'StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
  await stage.clock.advance(10_000);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
});

test('a transaction that ends raises the others; its own profile is gone by itself and is not cleared', async () => {
  const stage = await busyYard();
  stage.begin('CP-B', 8);
  await stage.clock.advance(20_000);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
  stage.taken();
  stage.end('CP-A');
  await stage.clock.advance(10_000);
  expect(stage.taken()).toEqual(['CP-A Set TxDefaultProfile', 'CP-B Set TxProfile']);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([0, 30]);
});

test('nothing is planned more often than minIntervalS, and each slot anew; an unchanged plan is not sent again', async () => {
  const stage = await busyYard();
  stage.sites.signal('yard', { kind: 'prices', steps: [{ fromS: 0, perKwh: 0.5 }] });
  await stage.clock.advance(20_000);
  stage.taken();
  const before = stage.asked.length;
  for (let kick = 0; kick < 19; kick += 1) {
    stage.sites.signal('yard', { kind: 'prices', steps: [{ fromS: 0, perKwh: kick / 100 }] });
    await stage.clock.advance(1_000);
  }
  expect(stage.asked.length - before).toBe(2);
  expect(stage.taken()).toEqual([]);
  stage.sites.signal('yard', { kind: 'prices', steps: [{ fromS: 0, perKwh: 0.18 }] });
  const planned = stage.asked.length;
  await stage.clock.advance(600_000);
  expect(stage.asked.length - planned).toBeLessThanOrEqual(1);
  await stage.clock.advance(3_600_000);
  expect(stage.asked.length - planned).toBeGreaterThanOrEqual(4);
  expect(stage.asked.length - planned).toBeLessThanOrEqual(6);
});

test('other settings are planned at once', async () => {
  const stage = await busyYard();
  const { settings } = stage;
  const [main] = settings.site.tree;
  if (main === undefined) throw new Error('no tree');
  const tree = [{ ...main, maxCurrentA: [20, 20, 20] as const }];
  stage.sites.signal('yard', { kind: 'prices', steps: [{ fromS: 0, perKwh: 1 }] });
  await stage.clock.advance(100);
  stage.sites.configure([{ ...settings, site: { ...settings.site, tree } }]);
  await stage.clock.advance(100);
  expect(stage.allowsA('CP-A')).toBe(20);
});

test('a limit of the CSMS is a ceiling: it lowers the plan, and is not in the charger', async () => {
  const stage = await busyYard();
  const facts = () => stage.charger('CP-A').facts;
  const profile = {
    chargingProfileId: 5,
    transactionId: 7,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 9.5 }] },
  };
  const request = { connectorId: 1, csChargingProfiles: profile };
  expect(await stage.desk.answer(facts(), 'SetChargingProfile', request)).toEqual({ status: 'Accepted' });
  const query = { connectorId: 1, duration: 600, chargingRateUnit: 'A' };
  const composite = async () => {
    const conf = await stage.desk.answer(facts(), 'GetCompositeSchedule', query);
    return (conf['chargingSchedule'] as { chargingSchedulePeriod: unknown }).chargingSchedulePeriod;
  };
  expect(await composite()).toEqual([{ startPeriod: 0, limit: 9.5 }]);
  await stage.clock.advance(10_000);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([9.5, 15]);
  expect(stage.taken()).toEqual(['CP-A Set TxProfile', 'CP-B Clear 900014']);
  expect(stage.charger('CP-A').store.profiles.map(({ profile: { chargingProfileId } }) => chargingProfileId)).toEqual([
    900_011, 900_013,
  ]);
  expect(await stage.desk.answer(facts(), 'ClearChargingProfile', { id: 5 })).toEqual({ status: 'Accepted' });
  expect(await composite()).toEqual([{ startPeriod: 0, limit: 9.5 }]);
  await stage.clock.advance(10_000);
  expect(await composite()).toEqual([{ startPeriod: 0, limit: 30 }]);
  expect(stage.allowsA('CP-A')).toBe(30);
});

test('what the CSMS had set in a charger before it belonged to a site becomes a ceiling, once a share lies there', async () => {
  const stage = new Stage();
  const facts = stage.charger('CP-A').facts;
  const profile = {
    chargingProfileId: 5,
    stackLevel: 4,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 13 }] },
  };
  await stage.desk.answer(facts, 'SetChargingProfile', { connectorId: 1, csChargingProfiles: profile });
  expect(stage.taken()).toEqual(['CP-A Set TxDefaultProfile']);
  await stage.start();
  await stage.clock.advance(10_000);
  expect(stage.taken().filter((call) => call.startsWith('CP-A'))).toEqual([
    'CP-A Set TxDefaultProfile',
    'CP-A Clear 5',
  ]);
  expect(stage.allowsA('CP-A')).toBe(13);
  expect(stage.charger('CP-A').store.profiles).toHaveLength(1);
  stage.begin('CP-A', 7);
  await stage.clock.advance(20_000);
  expect(stage.allowsA('CP-A')).toBe(13);
});

test('after a restart what lies in the chargers is known, and nothing is sent twice', async () => {
  const before = await busyYard();
  await before.desk.rest(0);
  const { clock, kept, chargers } = before;
  const after = await new Stage({ clock, kept, chargers }).start();
  expect(after.asked.at(-1)?.sessions).toHaveLength(1);
  await clock.advance(60_000);
  expect(after.taken()).toEqual([]);
  expect(after.sites.status('yard')?.installed).toHaveLength(4);
});

test('what was under way when the gateway was killed is told again, even if it should be as before', async () => {
  const before = await busyYard();
  before.charger('CP-A').fate = () => 'late';
  before.sites.signal('yard', { kind: 'external', steps: [{ fromS: 0, currentA: [12, 12, 12] }] });
  await before.clock.advance(1_000);
  expect(before.taken()).toEqual(['CP-A Set TxProfile']);
  // the charger took it, and nobody was there to hear so
  before.sites.stop();
  before.charger('CP-A').fate = () => 'done';
  before.charger('CP-A').catchUp();
  await before.clock.advance(0);
  expect(before.allowsA('CP-A')).toBe(12);
  const { clock, kept, chargers } = before;
  const after = new Stage({ clock, kept, chargers });
  after.sites.configure([after.settings]);
  after.sites.signal('yard', { kind: 'external', steps: [{ fromS: 0, currentA: [40, 40, 40] }] });
  await after.start();
  // at 12 A there was no room for a share after this car, now there is
  expect(after.taken()).toEqual(['CP-A Set TxProfile', 'CP-A Clear 900014']);
  expect(after.allowsA('CP-A')).toBe(30);
  await clock.advance(60_000);
  expect(after.taken()).toEqual([]);
});

test('a gateway that is gone leaves a live profile to its lease, and then the safe shares', async () => {
  const stage = await busyYard();
  await stage.desk.rest(0);
  await stage.clock.advance(2 * 1_800_000);
  expect(stage.taken()).toEqual([]);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
});

test('a charger that booted is told everything again', async () => {
  const stage = await busyYard();
  const { desk } = stage;
  stage.charger('CP-A').boot = { ...stage.charger('CP-A').boot, chargePointSerialNumber: 'again' };
  desk.heard('CP-A', 'BootNotification', stage.charger('CP-A').boot);
  desk.changed(stage.charger('CP-A').facts);
  await stage.clock.advance(10_000);
  expect(stage.taken().toSorted()).toEqual(['CP-A Set TxDefaultProfile', 'CP-A Set TxProfile']);
});

test('a charger that draws more than it is allowed is planned around, until it keeps to it again', async () => {
  const stage = await busyYard();
  stage.begin('CP-B', 8);
  await stage.clock.advance(20_000);
  for (let minute = 0; minute < 4; minute += 1) {
    stage.meters('CP-A', 22);
    await stage.clock.advance(30_000);
  }
  expect(stage.counted).toContain('disobeyed');
  expect(stage.sites.status('yard')?.alarms).toContainEqual({
    kind: 'disobedience',
    about: 'CP-A/1',
    message: 'it draws more than its profile allows: 22 A are kept free for it',
  });
  expect(stage.allowsA('CP-B')).toBe(8);
  for (let minute = 0; minute < 4; minute += 1) {
    stage.meters('CP-A', 14.5);
    await stage.clock.advance(30_000);
  }
  expect(stage.sites.status('yard')?.alarms.map(({ kind }) => kind)).not.toContain('disobedience');
  expect(stage.allowsA('CP-B')).toBeGreaterThanOrEqual(15);
});

test('a planner that fails leaves everything as it is, and is asked again', async () => {
  let isBroken = false;
  const plan = async (scenario: Scenario) => {
    if (isBroken) throw new Error('no plan');
    return planWith(enginesWithoutWasm, scenario);
  };
  const stage = await busyYard({ plan });
  isBroken = true;
  stage.begin('CP-B', 8);
  await stage.clock.advance(10_000);
  expect(stage.taken()).toEqual([]);
  expect(stage.counted.at(-1)).toBe('planned none failed');
  isBroken = false;
  await stage.clock.advance(900_000);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 15]);
});

test('on a full disk chargers are lowered and not raised', async () => {
  const stage = await busyYard();
  stage.kept.isFull = true;
  stage.begin('CP-B', 8);
  await stage.clock.advance(10_000);
  expect([stage.allowsA('CP-A'), stage.allowsA('CP-B')]).toEqual([15, 0]);
  stage.end('CP-A');
  await stage.clock.advance(10_000);
  expect(stage.allowsA('CP-B')).toBe(0);
  stage.kept.isFull = false;
  await stage.clock.advance(20_000);
  expect(stage.allowsA('CP-B')).toBe(30);
});

describe('a charger of the site without smart charging', () => {
  const incapable = (action: string) => (action.endsWith('ChargingProfile') ? 'notSupported' : 'done');
  const wallbox = () => {
    const charger = new ProfileCharger('CP-A');
    charger.fate = incapable;
    return charger;
  };
  const limitOf = (stage: Stage) => stage.charger('CP-A').keys.get('Limit1');

  test('is driven to its plan by the means of its model, up to its safe share', async () => {
    const stage = await new Stage({ chargers: [wallbox(), new ProfileCharger('CP-B')], models: [keyModel()] }).start();
    await stage.clock.advance(100_000);
    expect(limitOf(stage)).toBe('15');
    stage.begin('CP-A', 7);
    await stage.clock.advance(20_000);
    // nothing in it ends by itself: it gets no more than what is safe with nobody speaking
    expect(limitOf(stage)).toBe('15');
    stage.sites.target('yard', { chargePoint: 'CP-A', connector: 1, maxCurrentA: 9 });
    await stage.clock.advance(20_000);
    expect(limitOf(stage)).toBe('9');
    expect(stage.sites.status('yard')?.alarms).toEqual([]);
    stage.end('CP-A');
    await stage.clock.advance(320_000);
    expect(limitOf(stage)).toBe('15');
  });

  test('gets all that the plan has for it where the site need not be safe with nobody speaking', async () => {
    const site = { output: { leaseS: 1800, offlineSafeProfile: false } };
    const chargers = [wallbox(), new ProfileCharger('CP-B')];
    const stage = await new Stage({ site, chargers, models: [keyModel()] }).start();
    await stage.clock.advance(100_000);
    stage.begin('CP-A', 7);
    await stage.clock.advance(320_000);
    expect(limitOf(stage)).toBe('30');
  });

  test.each([
    ['which has confirmed that', 'confirms', 15],
    ['which cannot confirm it, when a minute has passed', 'unreadable', 0],
  ] as const)('is lowered before another one is raised: %s', async (_case, kind, raisedA) => {
    const site = { output: { leaseS: 1800, offlineSafeProfile: false } };
    const lowered = wallbox();
    const stage = await new Stage({
      site,
      chargers: [lowered, new ProfileCharger('CP-B')],
      models: [keyModel()],
    }).start();
    await stage.clock.advance(100_000);
    stage.begin('CP-A', 7);
    await stage.clock.advance(320_000);
    if (kind === 'unreadable') {
      lowered.fate = (action) => (action === 'GetConfiguration' ? 'notSupported' : incapable(action));
    }
    stage.begin('CP-B', 8);
    await stage.clock.advance(20_000);
    expect([limitOf(stage), stage.allowsA('CP-B')]).toEqual(['15', raisedA]);
    await stage.clock.advance(70_000);
    expect([limitOf(stage), stage.allowsA('CP-B')]).toEqual(['15', 15]);
  });

  test('that no model is for is planned around with all that its connector can draw', async () => {
    const stage = await new Stage({ chargers: [wallbox(), new ProfileCharger('CP-B')] }).start();
    await stage.clock.advance(30_000);
    stage.begin('CP-B', 8);
    await stage.clock.advance(20_000);
    expect(stage.sites.status('yard')?.alarms).toMatchObject([{ kind: 'notControlled', about: 'CP-A/1' }]);
    expect(stage.allowsA('CP-B')).toBe(0);
  });
});
