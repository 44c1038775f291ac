import { expect, test } from 'vitest';
import { planWith } from '../../../../optimizer/plan.ts';
import type { PlanResult } from '../../../../optimizer/plan-result.ts';
import type { EngineKind, Scenario } from '../../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import { Stage } from './control-stage.ts';

/** Two chargers below 30 A; the early plan is one of equal shares, the best one what the test says. */

function planned(scenario: Scenario, kind: EngineKind): PlanResult {
  const engine = { ...scenario.site.engine, kind };
  return planWith(enginesWithoutWasm, { ...scenario, site: { ...scenario.site, engine } });
}

type Asked = {
  readonly scenario: Scenario;
  readonly hear: ((early: PlanResult) => void) | undefined;
  readonly resolve: (best: PlanResult) => void;
  readonly reject: (cause: Error) => void;
};

/** A planner whose answers come when the test says. */
class SlowStage {
  readonly stage: Stage;
  readonly asked: Asked[] = [];

  constructor(minIntervalS = 10) {
    this.stage = new Stage({
      replan: { minIntervalS },
      plan: (scenario, hear) => new Promise((resolve, reject) => this.asked.push({ scenario, hear, resolve, reject })),
    });
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }

  /** No car is there, and every charger has its share. */
  async start(): Promise<this> {
    await this.stage.start();
    await this.best(planned(this.last.scenario, 'share'));
    return this;
  }

  async early(): Promise<PlanResult> {
    const early = planned(this.last.scenario, 'share');
    this.last.hear?.(early);
    await this.stage.clock.advance(0);
    return early;
  }

  async best(best: PlanResult): Promise<void> {
    this.last.resolve(best);
    await this.stage.clock.advance(0);
  }

  /** As if the best plan had another current for a car. */
  with(currentA: number): PlanResult {
    const { site } = this.last.scenario;
    const connectors = site.connectors.map((own) => ({ ...own, maxCurrentA: currentA }));
    return planned({ ...this.last.scenario, site: { ...site, connectors } }, 'share');
  }

  async pass(seconds: number): Promise<void> {
    await this.stage.clock.advance(seconds * 1000);
  }

  get currentsA(): readonly number[] {
    return [this.stage.allowsA('CP-A'), this.stage.allowsA('CP-B')];
  }
}

/** CP-A charges by an early plan of 30 A; the best one is not there yet. */
async function early(): Promise<SlowStage> {
  const slow = await new SlowStage().start();
  slow.stage.begin('CP-A', 7);
  await slow.pass(10);
  expect(slow.currentsA).toEqual([15, 15]);
  await slow.early();
  expect(slow.currentsA).toEqual([30, 0]);
  expect(slow.stage.sites.status('yard')?.plan?.result.connectors).toMatchObject([{ chargePoint: 'CP-A' }]);
  slow.stage.taken();
  return slow;
}

test('a car that waits gets the early plan; the better one follows when minIntervalS has passed', async () => {
  const slow = await early();
  await slow.pass(2);
  await slow.best(slow.with(20));
  await slow.pass(7);
  expect(slow.stage.taken()).toEqual([]);
  await slow.pass(1);
  expect(slow.currentsA).toEqual([20, 0]);
  expect(slow.stage.taken()).toEqual(['CP-A Set TxProfile']);
  expect(slow.asked).toHaveLength(2);
  // and the next plan is as far from that
  slow.stage.begin('CP-B', 8);
  await slow.pass(9);
  expect(slow.asked).toHaveLength(2);
  await slow.pass(1);
  expect(slow.asked).toHaveLength(3);
});

test('nothing is told again when no better plan comes', async () => {
  const slow = await new SlowStage().start();
  slow.stage.begin('CP-A', 7);
  await slow.pass(10);
  const plan = await slow.early();
  slow.stage.taken();
  await slow.best(plan);
  await slow.pass(60);
  expect(slow.stage.taken()).toEqual([]);
  expect(slow.asked).toHaveLength(2);
});

test('a planner that fails afterwards leaves the early plan in force', async () => {
  const slow = await early();
  slow.last.reject(new Error('no plan'));
  await slow.pass(60);
  expect(slow.stage.taken()).toEqual([]);
  expect(slow.currentsA).toEqual([30, 0]);
  expect(slow.stage.counted).toContain('planned none failed');
});

test('the early plan is through before the better one is told, however late chargers answer', async () => {
  const slow = await new SlowStage(1).start();
  slow.stage.begin('CP-A', 7);
  await slow.pass(1);
  slow.stage.taken();
  slow.stage.charger('CP-B').fate = () => 'late';
  await slow.early();
  await slow.best(slow.with(20));
  await slow.pass(4);
  // the share of CP-B is to be lowered first
  expect(slow.stage.taken()).toEqual(['CP-B Set TxDefaultProfile']);
  expect(slow.stage.sites.status('yard')?.plan?.result.connectors[0]?.currentA[0]).toBe(30);
  slow.stage.charger('CP-B').fate = () => 'done';
  slow.stage.charger('CP-B').catchUp();
  await slow.pass(0);
  expect(slow.stage.taken()).toEqual(['CP-A Set TxProfile', 'CP-A Set TxProfile']);
  expect(slow.currentsA).toEqual([20, 0]);
});

test('news make a better plan void that waits, and the next car waits for the best one', async () => {
  const slow = await early();
  await slow.best(slow.with(20));
  slow.stage.begin('CP-B', 8);
  await slow.pass(10);
  expect(slow.stage.taken()).toEqual([]);
  expect(slow.asked).toHaveLength(3);
  expect(slow.last.hear).toBeUndefined();
  await slow.best(planned(slow.last.scenario, 'share'));
  expect(slow.currentsA).toEqual([15, 15]);
  // from then on there may be early plans again
  slow.stage.end('CP-A');
  slow.stage.begin('CP-A', 9);
  await slow.pass(10);
  expect(slow.last.hear).toBeDefined();
});

test('a limit that the plan exceeds is kept at once, even if a better plan was made void', async () => {
  const slow = await early();
  await slow.best(slow.with(20));
  slow.stage.sites.signal('yard', { kind: 'external', steps: [{ fromS: 0, currentA: [12, 12, 12] }] });
  await slow.pass(10);
  expect(slow.asked).toHaveLength(3);
  await slow.early();
  expect(slow.currentsA).toEqual([12, 0]);
});

test.each([
  ['a higher limit', { kind: 'external', steps: [{ fromS: 0, currentA: [40, 40, 40] }] }],
  ['another price', { kind: 'prices', steps: [{ fromS: 0, perKwh: 0.5 }] }],
] as const)('%s is no reason for an early plan', async (_, signal) => {
  const slow = await new SlowStage().start();
  slow.stage.begin('CP-A', 7);
  await slow.pass(10);
  await slow.best(planned(slow.last.scenario, 'share'));
  slow.stage.sites.signal('yard', signal);
  await slow.pass(10);
  expect(slow.asked).toHaveLength(3);
  expect(slow.last.hear).toBeUndefined();
});

test('a limit of the CSMS below the plan is a reason', async () => {
  const slow = await early();
  await slow.best(slow.with(20));
  const profile = {
    chargingProfileId: 5,
    transactionId: 7,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 9.5 }] },
  };
  const request = { connectorId: 1, csChargingProfiles: profile };
  await slow.stage.desk.answer(slow.stage.charger('CP-A').facts, 'SetChargingProfile', request);
  await slow.pass(20);
  await slow.early();
  expect(slow.currentsA[0]).toBe(9.5);
});
