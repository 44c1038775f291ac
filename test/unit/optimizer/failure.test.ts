import { beforeAll, expect, test } from 'vitest';
import { planInTwo, planWith } from '../../../optimizer/plan.ts';
import type { PlanResult } from '../../../optimizer/plan-result.ts';
import type { Engine, LinearProgram, Solution, SolveOptions } from '../../../optimizer/program-form.ts';
import { checkPlan } from '../../../optimizer/proof.ts';
import { readScenario } from '../../../optimizer/scenario.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { type Engines, loadEngines } from '../../../optimizer/solver.ts';
import { isoTime } from '../../../optimizer/time.ts';
import { Warmth } from '../../../optimizer/warmth.ts';
import { randomScenario } from './depot.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await loadEngines();
});

/** Engines whose HiGHS does something else with the n-th program that it is given. */
function withFault(
  fault: (program: LinearProgram, options: SolveOptions, nth: number) => Solution | undefined,
): Engines {
  const { highs } = engines;
  if (highs === undefined) throw new Error('no WASM here');
  let nth = 0;
  const faulty: Engine = {
    ...highs,
    begin: () => {
      const course = highs.begin();
      return {
        solve: (named, options) => {
          nth += 1;
          return fault(named.program, options, nth) ?? course.solve(named, options);
        },
        end: () => course.end(),
      };
    },
  };
  return { ...engines, highs: faulty };
}

function onHighs(scenario: Scenario, timeLimitMs = 20_000): Scenario {
  const engine = { ...scenario.site.engine, kind: 'highs' as const, timeLimitMs };
  return { ...scenario, site: { ...scenario.site, engine } };
}

const failed: Solution = { kind: 'failed', reason: 'out of order' };

test('values or prices that are no numbers are not believed', () => {
  const notNumbers = (length: number) => new Float64Array(length).fill(Number.NaN);
  for (const what of ['values', 'rowDuals']) {
    const faulty = withFault(({ costs, rowUpper }) => {
      const [columns, rows] = [costs.length, rowUpper.length];
      const values = what === 'values' ? notNumbers(columns) : new Float64Array(columns);
      const rowDuals = what === 'rowDuals' ? notNumbers(rows) : new Float64Array(rows);
      return { kind: 'solved', isOptimal: true, values, rowDuals };
    });
    expect(planWith(faulty, onHighs(randomScenario(4, 6)))).toMatchObject({ status: 'fallback', engine: 'greedy' });
  }
});

test('an engine that fails after the first program leaves a plan of that program', () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const scenario = onHighs(randomScenario(seed, 8));
    const { highs } = withFault((_program, _options, nth) => (nth > 1 ? failed : undefined));
    const result = planWith({ ...engines, highs: highs && { ...highs, choose: () => undefined } }, scenario);
    expect(result).toMatchObject({ status: 'optimal', engine: 'highs' });
    expect(result.gap).toBeGreaterThanOrEqual(0);
  }
});

/** The early plan, and what follows it. */
function inTwo(given: Engines, scenario: Scenario) {
  const early: PlanResult[] = [];
  const warmth = new Warmth();
  const last = planInTwo(given, scenario, warmth, (result) => early.push(result));
  warmth.end();
  return { early, ...last };
}

test('the greedy plan is told before the engine is asked; the one of the engine takes its place if it is better', () => {
  let better = 0;
  for (let seed = 1; seed <= 8; seed += 1) {
    const scenario = onHighs(randomScenario(seed, 8));
    let toldBefore = -1;
    const early: PlanResult[] = [];
    const noting = withFault((_program, _options, nth) => {
      if (nth === 1) toldBefore = early.length;
      return undefined;
    });
    const warmth = new Warmth();
    const { result, isBetter } = planInTwo(noting, scenario, warmth, (told) => early.push(told));
    warmth.end();
    expect({ seed, toldBefore, engine: early[0]?.engine }).toEqual({ seed, toldBefore: 1, engine: 'greedy' });
    expect(result).toEqual({ ...planWith(engines, scenario), solveMs: result.solveMs });
    if (isBetter) better += 1;
  }
  expect(better).toBeGreaterThan(3);
});

test('where the engine fails, the early plan is the best one', () => {
  const scenario = onHighs(randomScenario(6, 8));
  const { early, result, isBetter } = inTwo(
    withFault(() => failed),
    scenario,
  );
  expect(isBetter).toBe(false);
  expect({ ...result, solveMs: 0 }).toEqual({ ...early[0], solveMs: 0 });
});

test('a plan that takes back starts must save what they cost', () => {
  const answers = Array.from({ length: 12 }, (_, seed) => {
    const scenario = onHighs(randomScenario(seed + 1, 8));
    const { site } = scenario;
    const dear = { ...scenario, site: { ...site, objective: { ...site.objective, startCost: 1e6 } } };
    const { early, result, isBetter } = inTwo(engines, dear);
    const isOn = (plan: PlanResult | undefined, car: number) => (plan?.connectors[car]?.currentA[0] ?? 0) > 0;
    const takesBack = result.connectors.some((_, car) => isOn(early[0], car) && !isOn(result, car));
    return { takesBack, isBetter };
  });
  const takingBack = answers.filter(({ takesBack }) => takesBack);
  expect(takingBack.length).toBeGreaterThan(0);
  expect(takingBack.filter(({ isBetter }) => isBetter)).toEqual([]);
});

test('who has chosen a plan without an engine is told none before', () => {
  for (const kind of ['greedy', 'share'] as const) {
    const { site, ...rest } = randomScenario(6, 8);
    const { early, isBetter } = inTwo(engines, { ...rest, site: { ...site, engine: { ...site.engine, kind } } });
    expect({ early, isBetter }).toEqual({ early: [], isBetter: true });
  }
});

test('the engine never gets all of the time limit: the plan has yet to be repaired, checked and put into profiles', () => {
  const limitsMs: number[] = [];
  const noting = withFault((_program, { timeLimitMs }) => {
    limitsMs.push(timeLimitMs);
    return failed;
  });
  expect(planWith(noting, onHighs(randomScenario(3, 10), 3000)).engine).toBe('greedy');
  expect(planWith(noting, onHighs(randomScenario(3, 800), 3000)).engine).toBe('greedy');
  const [small = 0, large = 0] = limitsMs;
  expect(small).toBeGreaterThan(0);
  expect(small).toBeLessThanOrEqual(2700);
  // a large site has had its greedy plan before, and keeps as much again
  expect(large).toBeLessThan(small);
});

test('the warmth of a site outlives failures', () => {
  const scenario = onHighs(randomScenario(6, 8));
  const warmth = new Warmth();
  const faulty = withFault((_program, _options, nth) => (nth === 1 ? failed : undefined));
  expect(planWith(faulty, scenario, warmth).engine).toBe('greedy');
  const { solveMs: _, ...again } = planWith(faulty, scenario, warmth);
  const { solveMs: __, ...afresh } = planWith(engines, scenario);
  expect({ status: again.status, engine: again.engine }).toEqual({ status: 'optimal', engine: 'highs' });
  expect(again.bound).toBeCloseTo(afresh.bound ?? Number.NaN, 6);
  warmth.end();
});

const nowS = Date.parse('2026-03-02T18:00:00Z') / 1000;

function planned(site: object, rest: object = {}): PlanResult {
  const sessions = [1, 2, 3].map((index) => ({ chargePoint: `cp-${index}`, energyKwh: 10 }));
  const connectors = sessions.map(({ chargePoint }) => ({ chargePoint }));
  const given = { connectors, ...site };
  return planWith(
    engines,
    readScenario({ site: given, sessions, prices: [{ from: isoTime(nowS), perKwh: 0.3 }], ...rest }, nowS),
  );
}

test('a limit of 0 is a plan of nothing, and the node is told', () => {
  const { connectors } = planned({ tree: [{ id: 'main', maxCurrentA: 0 }] });
  for (const { currentA, unmetKwh, limitedBy } of connectors) {
    expect(Math.max(...currentA)).toBe(0);
    expect(unmetKwh).toBeCloseTo(10, 6);
    expect(limitedBy).toContainEqual({ kind: 'node', id: 'main' });
  }
});

test('where not even one car can have 6 A, none is charged below it', () => {
  const { connectors } = planned({ tree: [{ id: 'main', maxCurrentA: 5.9 }] });
  for (const { currentA, limitedBy } of connectors) {
    expect(Math.max(...currentA)).toBe(0);
    expect(limitedBy).toContainEqual({ kind: 'minimumCurrent', id: 'main' });
  }
});

test('where not all cars can have 6 A at once, they take turns', () => {
  const { connectors } = planned({ tree: [{ id: 'main', maxCurrentA: 13 }], horizonHours: 24 });
  for (const { currentA, unmetKwh } of connectors) {
    for (const ampere of currentA.slice(0, 4)) expect(ampere === 0 || ampere >= 6).toBe(true);
    expect(unmetKwh).toBeLessThan(0.02);
  }
  const charging = connectors.filter(({ currentA }) => (currentA[0] ?? 0) > 0).length;
  expect([1, 2]).toContain(charging);
});

test('numbers that are none are refused by name, wherever a forecast stands', () => {
  const from = isoTime(nowS);
  const notNumber = Number.NaN;
  const tree = [{ id: 'main', maxCurrentA: 40 }];
  expect(() => planned({ tree }, { load: [{ from, currentA: [1, notNumber, 1] }] })).toThrow('load[0].currentA[1]');
  expect(() => planned({ tree }, { pv: [{ from, kw: notNumber }] })).toThrow('pv[0].kw');
  expect(() => planned({ tree }, { external: [{ from, kw: notNumber }] })).toThrow('external[0].kw');
  expect(() => planned({ tree }, { co2: [{ from, gPerKwh: notNumber }] })).toThrow('co2[0].gPerKwh');
});

test('random sites with an engine that fails at random have a plan that the checker accepts', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const scenario = onHighs(randomScenario(seed, 6));
    const faulty = withFault((_program, _options, nth) => ((seed >> (nth % 5)) & 1 ? failed : undefined));
    const { connectors } = planWith(faulty, scenario);
    const tenths = connectors.map(({ currentA }) => Int32Array.from(currentA, (ampere) => Math.round(ampere * 10)));
    expect({ seed, violations: checkPlan(scenario, { tenths }) }).toEqual({ seed, violations: [] });
  }
});
