import { expect, test } from 'vitest';
import { greedyPlan } from '../../../optimizer/greedy.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import type { Problem, Relaxed } from '../../../optimizer/problem.ts';
import { checkPlan } from '../../../optimizer/proof.ts';
import { repairPlan } from '../../../optimizer/repair.ts';
import { runsOf } from '../../../optimizer/repair-periods.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { loadEngines, relax } from '../../../optimizer/solver.ts';
import { morningS, plainSite, randomFrom, randomScenario } from './depot.ts';

const engines = await loadEngines();
const seeds = Array.from({ length: 80 }, (_, index) => index + 1);

function relaxedPlan(problem: Problem): Relaxed {
  const relaxation = relax(problem, engines, performance.now() + 5000);
  return relaxation.kind === 'solved' ? relaxation.relaxed : greedyPlan(problem);
}

/** Two three-phase cars under one fuse, four hours. */
function pair(fuseA: number, energyKwh: number): Scenario {
  const connectors = [1, 2].map((connector) => ({
    chargePoint: 'cp',
    connector,
    parent: 'main',
    phases: ['L1', 'L2', 'L3'] as const,
    minCurrentA: 6,
    maxCurrentA: 32,
    priority: 1,
  }));
  return {
    site: {
      ...plainSite,
      horizonHours: 4,
      tree: [{ id: 'main', maxCurrentA: [fuseA, fuseA, fuseA], headroomPct: 0 }],
      connectors,
    },
    nowS: morningS,
    sessions: connectors.map(({ chargePoint, connector }) => ({
      chargePoint,
      connector,
      sinceS: morningS,
      arrivalS: morningS,
      departureS: morningS + 4 * 3600,
      energyKwh,
      energyServedKwh: 0,
      maxCurrentA: 32,
      phases: 3 as const,
      priority: 1,
    })),
    profiles: [],
    prices: [{ fromS: morningS, perKwh: 0.2 }],
    load: [],
    pv: [],
    external: [],
    co2: [],
  };
}

test('repaired LP plans keep every limit, the minimum current and the energy, whatever the site', () => {
  for (const seed of seeds) {
    const scenario = randomScenario(seed, 6);
    const problem = problemOf(scenario);
    expect({ seed, violations: checkPlan(scenario, repairPlan(problem, relaxedPlan(problem))) }).toEqual({
      seed,
      violations: [],
    });
  }
});

test('currents that no program made are repaired just as well', () => {
  for (const seed of seeds) {
    const scenario = randomScenario(seed, 5);
    const problem = problemOf(scenario);
    const random = randomFrom(seed + 1000);
    const currentA = problem.cars.map(() => Float64Array.from({ length: problem.slotCount }, () => 40 * random()));
    expect({ seed, violations: checkPlan(scenario, repairPlan(problem, { currentA })) }).toEqual({
      seed,
      violations: [],
    });
  }
});

test('a schedule has at most ChargingScheduleMaxPeriods periods (§9.4)', () => {
  for (const seed of seeds) {
    const scenario = randomScenario(seed, 6);
    const problem = problemOf(scenario);
    const { tenths } = repairPlan(problem, relaxedPlan(problem));
    for (const [index, row] of tenths.entries()) {
      const most = problem.cars[index]?.connector.maxPeriods ?? scenario.site.output.maxPeriods;
      expect(runsOf(row).length).toBeLessThanOrEqual(most);
    }
  }
});

test('two cars at 5 A each under a fuse of 10 A take turns with at least 6 A, and lose nothing by it', () => {
  const scenario = pair(10, 11);
  const problem = problemOf(scenario);
  const currentA = problem.cars.map(() => new Float64Array(problem.slotCount).fill(5));
  const { tenths } = repairPlan(problem, { currentA });
  expect(checkPlan(scenario, { tenths })).toEqual([]);
  const kwh = tenths.map((row) => row.reduce((sum, value) => sum + value, 0) * 0.01725);
  expect(Math.min(...kwh)).toBeGreaterThan(10);
  for (const slot of [0, 1, 2, 3]) {
    const on = tenths.map((row) => row[slot] ?? 0).filter((value) => value > 0);
    expect(Math.min(...on)).toBeGreaterThanOrEqual(60);
  }
});

test('what rounding down to 0.1 A loses is handed back', () => {
  const scenario = pair(100, 20);
  const problem = problemOf(scenario);
  const currentA = problem.cars.map(({ energyKwh, kwhPerA }) =>
    new Float64Array(problem.slotCount).fill(energyKwh / kwhPerA / problem.slotCount),
  );
  const { tenths } = repairPlan(problem, { currentA });
  for (const row of tenths) {
    const kwh = row.reduce((sum, value) => sum + value, 0) * 0.01725;
    expect(kwh).toBeLessThanOrEqual(20);
    expect(kwh).toBeGreaterThan(20 - 0.01725);
  }
});

test('a car that charges goes on rather than to be started again later', () => {
  const scenario = pair(100, 4);
  const problem = problemOf({
    ...scenario,
    sessions: scenario.sessions.map((session) => ({ ...session, isCharging: true })),
  });
  const currentA = problem.cars.map(() =>
    Float64Array.from({ length: problem.slotCount }, (_, slot) => (slot % 3 === 1 ? 6 : 0)),
  );
  const { tenths } = repairPlan(problem, { currentA });
  for (const row of tenths) {
    expect(row[0]).toBeGreaterThan(0);
    expect(runsOf(row).filter(({ tenths: level }) => level > 0).length).toBeLessThanOrEqual(2);
  }
});

test('a car whose profile leaves less than its minimum does not charge in the first hour', () => {
  const scenario = pair(100, 20);
  const profile = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: '2026-01-01T00:00:00Z',
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 5.9 }],
    },
  } as const;
  const limited = {
    ...scenario,
    profiles: [{ chargePoint: 'cp', connectorId: 1, receivedAtS: morningS - 60, profile }],
  };
  const problem = problemOf(limited);
  const { tenths } = repairPlan(problem, relaxedPlan(problem));
  expect([...(tenths[0] ?? [])].slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(checkPlan(limited, { tenths })).toEqual([]);
});
