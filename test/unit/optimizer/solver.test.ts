import { beforeAll, expect, test } from 'vitest';
import { dualBound, objectiveOf } from '../../../optimizer/dual-bound.ts';
import { javascriptLpSolver } from '../../../optimizer/engines/javascript-lp-solver.ts';
import { greedyPlan } from '../../../optimizer/greedy.ts';
import { moneyOf } from '../../../optimizer/money.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import { programOf } from '../../../optimizer/program.ts';
import { repairPlan } from '../../../optimizer/repair.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { type Engines, engineFor, enginesWithoutWasm, loadEngines, relax } from '../../../optimizer/solver.ts';
import { Warmth } from '../../../optimizer/warmth.ts';
import { randomFrom, randomScenario } from './depot.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await loadEngines();
});

const soon = () => performance.now() + 20_000;

function solved(scenario: Scenario, warmth?: Warmth) {
  const outcome = relax(problemOf(scenario), engines, soon(), warmth);
  if (outcome.kind === 'failed') throw new Error(outcome.reason);
  return outcome;
}

function withObjective(scenario: Scenario, changes: Partial<Scenario['site']['objective']>): Scenario {
  return { ...scenario, site: { ...scenario.site, objective: { ...scenario.site.objective, ...changes } } };
}

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));

test('HiGHS and javascript-lp-solver find the same optimum of 500 random programs, and both prove it', () => {
  const { highs } = engines;
  expect(highs).toBeDefined();
  let columns = 0;
  for (let seed = 0; seed < 500; seed += 1) {
    const { program } = programOf(problemOf(randomScenario(seed, 2 + (seed % 3))));
    const objectives = [highs, javascriptLpSolver].map((engine) => {
      const solution = engine?.solve(program, { timeLimitMs: 20_000 });
      if (solution?.kind !== 'solved' || solution.rowDuals === undefined)
        throw new Error(`seed ${seed}: ${solution?.kind}`);
      const objective = objectiveOf(program, solution.values);
      expect(close(objective, dualBound(program, solution.rowDuals)), `seed ${seed}: bound`).toBe(true);
      return objective;
    });
    expect(close(objectives[0] ?? 0, objectives[1] ?? 1), `seed ${seed}: ${objectives.join(' and ')}`).toBe(true);
    columns += program.costs.length;
  }
  expect(columns).toBeGreaterThan(10_000);
}, 120_000);

test('no prices of rows make a bound that is above the optimum', () => {
  const random = randomFrom(5);
  const { program, bound } = { ...solved(randomScenario(3, 6)), ...programOf(problemOf(randomScenario(3, 6))) };
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const prices = program.rowUpper.map(() => -2 * random());
    expect(dualBound(program, prices)).toBeLessThanOrEqual(bound + 1e-6);
  }
});

test('a start from where the last program ended changes no optimum', () => {
  const warmth = new Warmth();
  for (let step = 0; step < 12; step += 1) {
    const scenario = { ...randomScenario(8, 30), nowS: randomScenario(8, 30).nowS + step * 900 };
    const highsOnly = {
      ...scenario,
      site: { ...scenario.site, engine: { ...scenario.site.engine, kind: 'highs' as const } },
    };
    expect(close(solved(highsOnly).bound, solved(highsOnly, warmth).bound), `step ${step}`).toBe(true);
  }
});

test('small programs go to javascript-lp-solver, all others to HiGHS; without WASM the large ones to nobody', () => {
  expect(engineFor('auto', 300, engines)?.name).toBe('javascript-lp-solver');
  expect(engineFor('auto', 301, engines)?.name).toBe('highs');
  expect(engineFor('highs', 3, engines)?.name).toBe('highs');
  expect(engineFor('javascript-lp-solver', 500, engines)?.name).toBe('javascript-lp-solver');
  expect(engineFor('auto', 1000, enginesWithoutWasm)?.name).toBe('javascript-lp-solver');
  expect(engineFor('auto', 10_000, enginesWithoutWasm)).toBeUndefined();
});

test('more room on every node never costs more', () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const scenario = randomScenario(seed, 6);
    const tree = scenario.site.tree.map(({ maxCurrentA: [a, b, c], ...node }) => ({
      ...node,
      maxCurrentA: [a + 5, b + 5, c + 5] as const,
    }));
    const wider = { ...scenario, site: { ...scenario.site, tree } };
    expect(solved(wider).bound).toBeLessThanOrEqual(solved(scenario).bound + 1e-6);
  }
});

test('a profile more never raises a ceiling, and never saves money', () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const scenario = randomScenario(seed, 6);
    const free = { ...scenario, profiles: [] };
    const [ceilings, without] = [problemOf(scenario), problemOf(free)];
    for (const [index, car] of ceilings.cars.entries()) {
      expect(car.capA.every((capA, slot) => capA <= (without.cars[index]?.capA[slot] ?? 0))).toBe(true);
    }
    expect(solved(scenario).bound).toBeGreaterThanOrEqual(solved(free).bound - 1e-6);
  }
});

test('twice the money is twice the objective', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const scenario = randomScenario(seed, 5);
    const { site } = scenario;
    const dear = {
      ...scenario,
      prices: scenario.prices.map(({ fromS, perKwh }) => ({ fromS, perKwh: perKwh * 2 })),
      site: {
        ...site,
        feedInPerKwh: site.feedInPerKwh * 2,
        demandCharge: { ...site.demandCharge, perKwMonth: site.demandCharge.perKwMonth * 2 },
        objective: { ...site.objective, unmetPerKwh: 6, urgencyPerKwhHour: site.objective.urgencyPerKwhHour * 2 },
      },
    };
    expect(close(solved(dear).bound, 2 * solved(scenario).bound)).toBe(true);
  }
});

test('the order of the cars changes no cost', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const scenario = randomScenario(seed, 6);
    const turned = { ...scenario, sessions: scenario.sessions.toReversed() };
    expect(close(solved(turned).bound, solved(scenario).bound)).toBe(true);
  }
});

test('the money of the LP plan is the objective of the LP', () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const scenario = randomScenario(seed, 6);
    const problem = problemOf(scenario);
    const { relaxed, bound } = solved(scenario);
    expect(close(moneyOf(problem, relaxed.currentA).planned, bound), `seed ${seed}`).toBe(true);
  }
});

test('max-min fairness: the worst-off car never gets a smaller share than without it', () => {
  let raised = 0;
  for (let seed = 0; seed < 40; seed += 1) {
    const scenario = randomScenario(seed, 8);
    const worst = (given: Scenario) => {
      const problem = problemOf(given);
      const { servedKwh } = moneyOf(problem, solved(given).relaxed.currentA);
      const { openSlots } = programOf(problem).layout;
      const shares = problem.cars.flatMap(({ energyKwh }, index) =>
        openSlots[index]?.length === 0 ? [] : [(servedKwh[index] ?? 0) / energyKwh],
      );
      return Math.min(1, ...shares);
    };
    const [fair, plain] = [worst(withObjective(scenario, { fairness: 'maxmin' })), worst(scenario)];
    expect(fair).toBeGreaterThanOrEqual(plain - 1e-5);
    if (fair > plain + 0.01) raised += 1;
  }
  expect(raised).toBeGreaterThan(3);
});

test('the greedy plan is never cheaper than the LP bound', () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const scenario = randomScenario(seed, 8);
    const problem = problemOf(scenario);
    const { tenths } = repairPlan(problem, greedyPlan(problem));
    const { planned } = moneyOf(
      problem,
      tenths.map((row) => Float64Array.from(row, (tenth) => tenth / 10)),
    );
    expect(planned, `seed ${seed}`).toBeGreaterThanOrEqual(solved(scenario).bound - 1e-6);
  }
});

test('a time limit of one millisecond fails or answers, and throws nothing', () => {
  const scenario = randomScenario(1, 60);
  const kind = { ...scenario.site.engine, kind: 'highs' as const };
  const outcome = relax(
    problemOf({ ...scenario, site: { ...scenario.site, engine: kind } }),
    engines,
    performance.now(),
  );
  expect(['solved', 'failed']).toContain(outcome.kind);
});
