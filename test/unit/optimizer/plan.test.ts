import { beforeAll, expect, test } from 'vitest';
import { noticesOf } from '../../../optimizer/notices.ts';
import { plan, planWith } from '../../../optimizer/plan.ts';
import type { PlanResult } from '../../../optimizer/plan-result.ts';
import { Planner } from '../../../optimizer/planner.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import type { Engine, LinearProgram, Solution } from '../../../optimizer/program-form.ts';
import { readScenario } from '../../../optimizer/scenario.ts';
import type { EngineKind, Scenario } from '../../../optimizer/site.ts';
import { type Engines, enginesWithoutWasm, loadEngines } from '../../../optimizer/solver.ts';
import { isoTime } from '../../../optimizer/time.ts';
import { siteScenario } from '../../bench/optimizer-sites.ts';
import { randomScenario } from './depot.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await loadEngines();
});

const nowS = Date.parse('2026-03-02T18:00:00Z') / 1000;
const at = (hours: number) => isoTime(nowS + hours * 3600);

/** Two cars below one fuse, cheap after four hours. */
const evening = {
  site: {
    tree: [{ id: 'main', maxCurrentA: 25 }],
    connectors: [{ chargePoint: 'a' }, { chargePoint: 'b', phases: ['L2', 'L3', 'L1'] }],
    objective: { urgencyPerKwhHour: 0 },
  },
  now: at(0),
  sessions: [
    { chargePoint: 'a', departure: at(12), energyKwh: 30, maxCurrentA: 16, phases: 3 },
    { chargePoint: 'b', departure: at(12), energyKwh: 8, maxCurrentA: 16, phases: 1 },
  ],
  prices: [
    { from: at(0), perKwh: 0.4 },
    { from: at(4), perKwh: 0.1 },
  ],
};

function planned(changes: object = {}, loaded = engines): PlanResult {
  return planWith(loaded, readScenario({ ...evening, ...changes }, nowS));
}

function withEngine(scenario: Scenario, kind: EngineKind, timeLimitMs = 3000): Scenario {
  return { ...scenario, site: { ...scenario.site, engine: { ...scenario.site.engine, kind, timeLimitMs } } };
}

function violations({ nodes }: PlanResult): number {
  return nodes.filter(({ usedA, limitA }) => usedA.some((used, slot) => used > (limitA[slot] ?? 0) + 1e-6)).length;
}

test('a plan has the keys that are promised, and moves load to where it is cheap', () => {
  const result = planned();
  expect(Object.keys(result)).toEqual([
    'status',
    'engine',
    'objective',
    'bound',
    'gap',
    'lpGap',
    'solveMs',
    'slotMinutes',
    'slots',
    'connectors',
    'nodes',
    'cost',
    'peakKw',
    'profiles',
  ]);
  expect(result).toMatchObject({ status: 'optimal', slotMinutes: 15 });
  expect([result.slots[0], result.slots.length]).toEqual(['2026-03-02T18:00:00Z', 96]);
  const [a, b] = result.connectors;
  expect([a?.phases, b?.phases]).toEqual([['L1', 'L2', 'L3'], ['L2']]);
  expect(a?.currentA.slice(0, 16).every((current) => current === 0)).toBe(true);
  expect(result.connectors.map(({ limitedBy }) => limitedBy)).toEqual([[], []]);
  expect(violations(result)).toBe(0);
});

test('the objective is the money of the plan and what is unmet, and lies above its bound', () => {
  const result = planned();
  const energyKwh = result.connectors.map(({ currentA, phases }) =>
    currentA.reduce((sum, current) => sum + (current * phases.length * 230) / 4000, 0),
  );
  expect(result.connectors.map((connector) => connector.energyKwh)).toEqual(
    energyKwh.map((kwh) => expect.closeTo(kwh, 5)),
  );
  const unmet = result.connectors.reduce((sum, { unmetKwh }) => sum + unmetKwh, 0);
  expect(result.objective).toBeCloseTo(result.cost.energy + result.cost.peak + 3 * unmet, 5);
  expect(result.gap).toBeGreaterThanOrEqual(0);
  expect(result.gap).toBeLessThan(0.005);
  expect(result.lpGap).toBeLessThan(1e-6);
});

test('slot 0 starts at now, rounded down to the slot', () => {
  expect(planned({ now: '2026-03-02T18:14:59Z' }).slots[0]).toBe('2026-03-02T18:00:00Z');
});

test('days of 23 and 25 hours have 92 and 100 slots', () => {
  for (const [horizonHours, slots] of [
    [23, 92],
    [25, 100],
  ]) {
    expect(planned({ site: { ...evening.site, horizonHours } }).slots.length).toBe(slots);
  }
});

test('what limits a car is told: the fuse, the car, a profile, the stay, the price', () => {
  const kinds = (changes: object) => planned(changes).connectors[0]?.limitedBy.map(({ kind }) => kind);
  const [first, second] = evening.sessions;
  expect(kinds({ sessions: [{ ...first, energyKwh: 200 }, second] })).toContain('cap');
  expect(kinds({ sessions: [{ ...first, departure: at(0.1) }] })).toEqual(['departure']);
  const hungry = [{ ...first, energyKwh: 200 }];
  expect(kinds({ sessions: hungry, site: { ...evening.site, tree: [{ id: 'main', maxCurrentA: 8 }] } })).toContain(
    'node',
  );
  const narrow = { ...evening.site, tree: [{ id: 'main', maxCurrentA: 5 }] };
  expect(kinds({ site: narrow })).toEqual(['minimumCurrent']);
  expect(kinds({ prices: [{ from: at(0), perKwh: 9 }] })).toEqual(['price']);
  const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 7 }] };
  const profile = {
    chargingProfileId: 12,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: schedule,
  };
  const profiles = [{ chargePoint: 'a', connectorId: 1, csChargingProfiles: profile }];
  const limited = planned({ sessions: [{ ...first, energyKwh: 200 }], profiles }).connectors[0];
  expect(limited?.limitedBy).toContainEqual({ kind: 'profile', id: '12' });
  expect(limited?.currentA.every((current) => current <= 7)).toBe(true);
});

test('a limit in kilowatts is shown over all phases, in every slot as a number', () => {
  const external = [{ from: at(4), kw: 6.9 }, { from: at(8) }];
  const { nodes } = JSON.parse(JSON.stringify(planned({ external }))) as PlanResult;
  const all = nodes.find(({ phase }) => phase === 'all');
  expect([all?.limitA[16], all?.limitA.every((limit) => limit >= 30)]).toEqual([30, true]);
  expect(Math.max(...(all?.usedA.slice(16, 32) ?? []))).toBeGreaterThan(18);
  expect(Math.max(...(all?.usedA.slice(16, 32) ?? []))).toBeLessThanOrEqual(30);
});

test('cars that follow each other on a connector share its entry', () => {
  const next = { chargePoint: 'a', arrival: at(13), departure: at(20), energyKwh: 5, phases: 3 };
  const { connectors } = planned({ sessions: [evening.sessions[0], next] });
  expect(connectors.length).toBe(1);
  expect(connectors[0]?.energyKwh).toBeCloseTo(35, 0);
});

test('load above the limit, a past departure and missing prices are told, and planned all the same', () => {
  const scenario = readScenario(
    {
      ...evening,
      prices: [],
      load: [
        { from: at(0), currentA: 30 },
        { from: at(2), currentA: 3 },
      ],
      sessions: [...evening.sessions.slice(0, 1), { chargePoint: 'b', departure: at(-1) }],
    },
    nowS,
  );
  expect(noticesOf(problemOf(scenario))).toEqual([
    'no prices and no tariff: every slot counts as free, and cars charge as soon as they can',
    'sessions[1] (b/1): departure 2026-03-02T17:00:00Z has passed: no slot is left to charge in',
    'load alone exceeds the limit of node main from 2026-03-02T18:00:00Z on: cars get nothing there',
  ]);
  const { connectors } = planWith(engines, scenario);
  expect(connectors[0]?.currentA.slice(0, 8).every((current) => current === 0)).toBe(true);
  expect(connectors[0]?.unmetKwh).toBeLessThan(0.1);
  expect(connectors[1]).toMatchObject({ energyKwh: 0, limitedBy: [{ kind: 'departure' }] });
});

test('negative prices are used as far as the energy goes, never beyond', () => {
  const { connectors, cost } = planned({ prices: [{ from: at(0), perKwh: -0.2 }] });
  expect(cost.energy).toBeLessThan(-7);
  for (const [index, { energyKwh }] of connectors.entries()) {
    expect(energyKwh).toBeLessThanOrEqual((evening.sessions[index]?.energyKwh ?? 0) + 1e-6);
  }
});

test('a site without sessions has an empty plan', () => {
  expect(planned({ sessions: [] })).toMatchObject({ objective: 0, connectors: [], status: 'optimal' });
});

test('every engine has a plan for every scenario that the checker accepts', () => {
  for (const kind of ['auto', 'highs', 'javascript-lp-solver', 'greedy', 'share'] as const) {
    for (let seed = 0; seed < 25; seed += 1) {
      const result = planWith(engines, withEngine(randomScenario(seed, 6), kind));
      expect(result.status, `${kind} ${seed}`).not.toBe('fallback');
      expect(result.gap === null || result.gap >= 0).toBe(true);
    }
  }
});

test('without WASM and beyond the dense engine the greedy plan takes over, and says so', () => {
  const result = planWith(enginesWithoutWasm, withEngine(randomScenario(2, 120), 'auto'));
  expect(result).toMatchObject({ status: 'fallback', engine: 'greedy', bound: null, gap: null, lpGap: null });
});

test('an engine that lies about its optimum is not believed', () => {
  const lie = ({ costs, rowUpper }: LinearProgram): Solution => ({
    kind: 'solved',
    isOptimal: true,
    values: new Float64Array(costs.length),
    rowDuals: new Float64Array(rowUpper.length),
  });
  const highs: Engine = {
    name: 'highs',
    solve: lie,
    begin: () => ({ solve: ({ program }) => lie(program), end: () => undefined }),
  };
  const liar: Engines = { ...engines, highs };
  expect(planWith(liar, withEngine(randomScenario(4, 6), 'highs'))).toMatchObject({
    status: 'fallback',
    engine: 'greedy',
  });
});

test('a full site of cars that need all of it loses less than 4 % of the energy to six periods', () => {
  const kwhWith = (maxPeriods: number) =>
    planWith(engines, siteScenario({ cars: 20, isHard: true, seed: 2, maxPeriods })).connectors.reduce(
      (sum, { energyKwh }) => sum + energyKwh,
      0,
    );
  expect(kwhWith(6)).toBeGreaterThan(0.96 * kwhWith(96));
});

test('no time at all still makes a plan', () => {
  const result = planWith(engines, withEngine(randomScenario(2, 60), 'highs', 1));
  expect(['optimal', 'feasible', 'fallback']).toContain(result.status);
});

test('equal shares need no prices: fairness equal-share is planned without an LP', () => {
  const site = { ...evening.site, objective: { fairness: 'equal-share' } };
  expect(planned({ site })).toMatchObject({ engine: 'share', status: 'feasible' });
});

test('a plan that nothing changed for is the same plan', () => {
  const { solveMs: _, ...first } = planned();
  const { solveMs: __, ...second } = planned();
  expect(second).toEqual(first);
});

test('a worker thread makes the same plan, and a dead one is replaced by a greedy plan', async () => {
  const failures: string[] = [];
  const planner = new Planner((reason) => failures.push(reason));
  const scenario = readScenario(evening, nowS);
  const [here, there] = await Promise.all([plan(scenario), planner.plan(scenario)]);
  expect(there.connectors).toEqual(here.connectors);
  const asked = planner.plan(scenario);
  await planner.stop();
  expect((await asked).engine).toBe('greedy');
  expect(failures).toEqual(['stopped']);
}, 30_000);
