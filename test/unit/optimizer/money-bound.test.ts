import { expect, test } from 'vitest';
import { greedyPlan } from '../../../optimizer/greedy.ts';
import { moneyOf } from '../../../optimizer/money.ts';
import { planWith } from '../../../optimizer/plan.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import type { Plan, Problem } from '../../../optimizer/problem.ts';
import { repairPlan } from '../../../optimizer/repair.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { loadEngines, relax } from '../../../optimizer/solver.ts';
import { randomScenario } from './depot.ts';

const engines = await loadEngines();
const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

function moneyBoundOf(problem: Problem): number {
  const relaxation = relax(problem, engines, performance.now() + 5000);
  if (relaxation.kind === 'failed') throw new Error(relaxation.reason);
  return relaxation.moneyBound;
}

function plannedMoney(problem: Problem, { tenths }: Plan): number {
  const currentA = tenths.map((row) => Float64Array.from(row, (tenth) => tenth / 10));
  return moneyOf(problem, currentA).plannedMoney;
}

/** Priorities and peaks of every size, so that the program values a kWh far above its money. */
function dear(seed: number): Scenario {
  const scenario = randomScenario(seed, 6);
  const demandCharge = { perKwMonth: seed % 3 === 0 ? 40 : 4, billedPeakKw: 3 };
  return { ...scenario, site: { ...scenario.site, demandCharge } };
}

test('no currents at all, no greedy plan and no repaired plan costs less than the bound in money', () => {
  for (const seed of seeds) {
    const problem = problemOf(dear(seed));
    const bound = moneyBoundOf(problem);
    const idle = { tenths: problem.cars.map(() => new Int32Array(problem.slotCount)) };
    for (const plan of [idle, repairPlan(problem, greedyPlan(problem))]) {
      expect(plannedMoney(problem, plan)).toBeGreaterThanOrEqual(bound - 1e-6);
    }
  }
});

test('the bound in money is not above the optimum of a program that values every kWh at unmetPerKwh', () => {
  for (const seed of seeds) {
    const problem = problemOf(dear(seed));
    const { unmetPerKwh } = problem.scenario.site.objective;
    const inMoney = { ...problem, cars: problem.cars.map((car) => ({ ...car, valuePerKwh: unmetPerKwh })) };
    const optimum = relax(inMoney, engines, performance.now() + 5000);
    if (optimum.kind === 'failed') throw new Error(optimum.reason);
    expect(moneyBoundOf(problem)).toBeLessThanOrEqual(optimum.bound + 1e-6 * Math.max(1, Math.abs(optimum.bound)));
  }
});

test('where the program values a kWh at its money, the bound is the optimum itself', () => {
  for (const seed of seeds) {
    const problem = problemOf(dear(seed));
    const { unmetPerKwh } = problem.scenario.site.objective;
    const inMoney = { ...problem, cars: problem.cars.map((car) => ({ ...car, valuePerKwh: unmetPerKwh })) };
    const optimum = relax(inMoney, engines, performance.now() + 5000);
    if (optimum.kind === 'failed') throw new Error(optimum.reason);
    expect(optimum.moneyBound).toBeCloseTo(optimum.bound, 9);
  }
});

test('a gap of 0 is told of plans alone that give nothing away', () => {
  for (const seed of seeds) {
    const scenario = dear(seed);
    const problem = problemOf(scenario);
    const { gap, objective, bound, connectors } = planWith(engines, scenario);
    if (gap === null || bound === null) throw new Error('the LP of a small depot is solved');
    expect(bound).toBeLessThanOrEqual(objective);
    const rows = connectors.map(({ currentA }) => Float64Array.from(currentA));
    if (gap > 1e-9 || rows.length !== problem.cars.length) continue;
    const money = moneyOf(problem, rows);
    const relaxation = relax(problem, engines, performance.now() + 5000);
    if (relaxation.kind === 'failed') throw new Error(relaxation.reason);
    const given = Math.min(money.planned - relaxation.bound, money.plannedMoney - relaxation.moneyBound);
    expect(given).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(objective)));
  }
});
