import { beforeAll, expect, test } from 'vitest';
import { moneyOf } from '../../../optimizer/money.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import type { Problem, Relaxed } from '../../../optimizer/problem.ts';
import type { Scenario, Session } from '../../../optimizer/site.ts';
import { commit, type Engines, loadEngines, type Relaxation, relax } from '../../../optimizer/solver.ts';
import { Warmth } from '../../../optimizer/warmth.ts';
import { morningS, plainSite, randomScenario } from './depot.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await loadEngines();
});

const soon = () => performance.now() + 20_000;

function committed(problem: Problem, given: Engines = engines): { readonly lp: Relaxation; readonly relaxed: Relaxed } {
  const warmth = new Warmth();
  const lp = relax(problem, given, soon(), warmth);
  if (lp.kind === 'failed') throw new Error(lp.reason);
  const { relaxed } = commit(problem, lp, given, soon(), warmth);
  warmth.end();
  return { lp, relaxed };
}

function plannedOf(problem: Problem, { currentA }: Relaxed): number {
  return moneyOf(problem, currentA).planned;
}

/** Cars of three phases under one fuse; `currentA` for each. */
function depot(fuseA: number, cars: readonly Partial<Session>[], prices: readonly number[] = [0.2]): Problem {
  const connectors = cars.map((_, index) => ({
    chargePoint: `cp-${index}`,
    connector: 1,
    parent: 'main',
    phases: ['L1', 'L2', 'L3'] as const,
    minCurrentA: 6,
    maxCurrentA: 32,
    priority: 1,
  }));
  const sessions = cars.map(
    (car, index): Session => ({
      chargePoint: `cp-${index}`,
      connector: 1,
      sinceS: morningS,
      arrivalS: morningS,
      departureS: morningS + 6 * 3600,
      energyKwh: 10,
      energyServedKwh: 0,
      maxCurrentA: 16,
      phases: 3,
      priority: 1,
      ...car,
    }),
  );
  const scenario: Scenario = {
    site: {
      ...plainSite,
      tree: [{ id: 'main', maxCurrentA: [fuseA, fuseA, fuseA], headroomPct: 0 }],
      connectors,
      objective: { ...plainSite.objective, urgencyPerKwhHour: 0 },
    },
    nowS: morningS,
    sessions,
    profiles: [],
    prices: prices.map((perKwh, slot) => ({ fromS: morningS + slot * 900, perKwh })),
    load: [],
    pv: [],
    external: [],
    co2: [],
  };
  return problemOf(scenario);
}

const kwhPerA = (3 * 230 * 900) / 3_600_000;

test('every committed current is 0 or at least the minimum, and nothing is cheaper than the optimum', () => {
  let sites = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const problem = problemOf(randomScenario(seed, 2 + (seed % 9)));
    const { lp, relaxed } = committed(problem);
    expect(plannedOf(problem, relaxed), `seed ${seed}`).toBeGreaterThanOrEqual(lp.bound - 1e-6);
    for (const [index, row] of relaxed.currentA.entries()) {
      const least = problem.cars[index]?.minCurrentA ?? 0;
      for (const ampere of row.subarray(0, 4)) expect(ampere < 1e-6 || ampere >= least - 1e-6).toBe(true);
    }
    sites += relaxed.isCommitted === true ? 1 : 0;
  }
  expect(sites).toBe(60);
});

test('what slot 0 leaves of a car is nothing, or enough for a slot at the minimum, but where that costs more than it is worth', () => {
  let cars = 0;
  let rests = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const problem = problemOf(randomScenario(seed, 2 + (seed % 9)));
    const { relaxed } = committed(problem);
    for (const [index, row] of relaxed.currentA.entries()) {
      const rest = row.subarray(1).reduce((sum, ampere) => sum + ampere, 0);
      const least = problem.cars[index]?.minCurrentA ?? 0;
      cars += 1;
      if (rest > 1e-6 && rest < least - 1e-6) rests += 1;
    }
  }
  expect(cars).toBeGreaterThan(300);
  expect(rests / cars).toBeLessThan(0.02);
});

test('nine full slots and a little more: the little is charged with the minimum, and the others give way', () => {
  const slots = 10;
  const energyKwh = (9 * 16 + 2) * kwhPerA + 1e-9;
  const dearFirst = [0.5, ...Array.from({ length: slots - 1 }, () => 0.2)];
  const problem = depot(40, [{ energyKwh, departureS: morningS + slots * 900 }], dearFirst);
  const [row] = committed(problem).relaxed.currentA;
  expect(row?.[0]).toBeCloseTo(6, 6);
  expect(row?.reduce((sum, ampere) => sum + ampere, 0)).toBeCloseTo(146, 6);
});

test('a car that leaves within the committed slots has its energy before', () => {
  const cars = [{ isCharging: true }, { energyKwh: 2 * 16 * kwhPerA, departureS: morningS + 2 * 900 }];
  const { relaxed } = committed(depot(22, cars, [0.3, 0.3, 0.1]));
  expect(relaxed.currentA[1]?.subarray(0, 2).reduce((sum, ampere) => sum + ampere, 0)).toBeCloseTo(32, 6);
});

test('a car that charges goes on through a slot that is a little dearer, and one that is much dearer stops it', () => {
  const cars = [{ isCharging: true, energyKwh: 40 * kwhPerA }];
  const little = committed(depot(40, cars, [0.21, 0.2, 0.2, 0.2])).relaxed.currentA[0];
  const much = committed(depot(40, cars, [2, 0.2, 0.2, 0.2])).relaxed.currentA[0];
  expect(little?.[0]).toBeGreaterThanOrEqual(6);
  expect(much?.[0]).toBe(0);
});

test('branching is never dearer than going without, and saves much where rules of thumb fail', () => {
  const { highs } = engines;
  if (highs === undefined) throw new Error('no WASM here');
  // oxlint-disable-next-line typescript/unbound-method -- left out, not called
  const cannotBranch = { ...highs, choose: () => undefined };
  let saved = 0;
  for (let seed = 1; seed <= 100; seed += 1) {
    const problem = problemOf(randomScenario(seed, 4));
    const branched = plannedOf(problem, committed(problem).relaxed);
    const without = plannedOf(problem, committed(problem, { ...engines, highs: cannotBranch }).relaxed);
    if (branched < without - 1) saved += 1;
  }
  expect(saved).toBeGreaterThan(3);
});

test('engines that find no commitment leave the optimum to the repair', () => {
  const problem = problemOf(randomScenario(3, 6));
  const warmth = new Warmth();
  const lp = relax(problem, engines, soon(), warmth);
  if (lp.kind === 'failed') throw new Error(lp.reason);
  const failing = {
    ...lp,
    engine: {
      ...lp.engine,
      begin: () => ({ solve: () => ({ kind: 'failed', reason: 'out of order' }) as const, end: () => undefined }),
    },
  };
  const { relaxed } = commit(problem, failing, { ...engines, highs: undefined }, soon(), new Warmth());
  warmth.end();
  expect(relaxed).toBe(lp.relaxed);
});
