import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PlanResult } from '../../../optimizer/plan-result.ts';
import { Planner } from '../../../optimizer/planner.ts';
import { checkPlan } from '../../../optimizer/proof.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { siteScenario } from '../../bench/optimizer-sites.ts';

/** 200 cars at half of their fuse, all day: seconds of simplex, and of interior point. */
const hard = siteScenario({ cars: 200, isHard: true });

function within(timeLimitMs: number, scenario: Scenario = hard): Scenario {
  return { ...scenario, site: { ...scenario.site, engine: { ...scenario.site.engine, timeLimitMs } } };
}

let failures: string[];
let planner: Planner;

beforeEach(() => {
  failures = [];
  planner = new Planner((reason) => failures.push(reason));
});

afterEach(async () => {
  vi.useRealTimers();
  await planner.stop();
});

/** Asked for a plan; `early` when that is told. */
function ask(scenario: Scenario): { readonly early: Promise<PlanResult>; readonly last: Promise<PlanResult> } {
  let last: Promise<PlanResult> | undefined;
  const early = new Promise<PlanResult>((resolve) => {
    last = planner.plan(scenario, resolve);
  });
  if (last === undefined) throw new Error('not asked');
  return { early, last };
}

function violations(scenario: Scenario, { connectors }: PlanResult): number {
  const tenths = connectors.map(({ currentA }) => Int32Array.from(currentA, (ampere) => Math.round(ampere * 10)));
  return checkPlan(scenario, { tenths }).length;
}

test('a site that takes long has a greedy plan before, and keeps it unless a better one comes in time', async () => {
  const scenario = within(1500);
  await planner.plan(siteScenario({ cars: 3 }));
  const { early, last } = ask(scenario);
  const first = await early;
  expect(first).toMatchObject({ status: 'fallback', engine: 'greedy' });
  expect(violations(scenario, first)).toBe(0);
  const result = await last;
  // 200 cars need twice as long, so what comes is mostly the early plan itself
  if (result !== first) expect(result.objective).toBeLessThan(first.objective);
  expect(violations(scenario, result)).toBe(0);
}, 30_000);

test('a thread that dies leaves the early plan', async () => {
  const { early, last } = ask(within(60_000));
  const first = await early;
  await planner.stop();
  expect(await last).toBe(first);
  expect(failures).toEqual(['stopped']);
}, 30_000);

test('a thread that does not answer in time leaves the early plan', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { early, last } = ask(within(60_000));
  vi.advanceTimersByTime(500);
  const first = await early;
  vi.advanceTimersByTime(62_000);
  expect(await last).toBe(first);
  expect(failures).toEqual(['no answer in time']);
}, 30_000);

test('a site that has its best plan at once is told no early one', async () => {
  const small = siteScenario({ cars: 3 });
  // until its thread runs, any plan is late
  await planner.plan(small);
  let told = 0;
  const result = await planner.plan(small, () => {
    told += 1;
  });
  expect({ told, status: result.status }).toEqual({ told: 0, status: 'optimal' });
}, 30_000);
