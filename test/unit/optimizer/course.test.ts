import type { Highs } from 'highs';
import { beforeAll, expect, test } from 'vitest';
import { objectiveOf } from '../../../optimizer/dual-bound.ts';
import { HighsCourse } from '../../../optimizer/engines/highs-course.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import { programOf } from '../../../optimizer/program.ts';
import type { Engine, LinearProgram, Solution } from '../../../optimizer/program-form.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { loadEngines } from '../../../optimizer/solver.ts';
import { randomFrom, randomScenario } from './depot.ts';

let highs: Engine;

beforeAll(async () => {
  const engines = await loadEngines();
  if (engines.highs === undefined) throw new Error('no WASM here');
  ({ highs } = engines);
});

const options = { timeLimitMs: 20_000 };

function optimum(program: LinearProgram, solution: Solution): number {
  if (solution.kind === 'failed') throw new Error(solution.reason);
  return objectiveOf(program, solution.values);
}

/** The next moment of a site: it is later, cars have come, gone or been charged, limits, prices and phases are others. */
function changed(random: () => number, { site, ...scenario }: Scenario, all: Scenario['sessions']): Scenario {
  const chance = (share: number) => random() < share;
  const factor = chance(0.3) ? 0.7 + 0.6 * random() : 1;
  const tree = site.tree.map(({ maxCurrentA: [a, b, c], ...node }) => ({
    ...node,
    maxCurrentA: [a * factor, b * factor, c * factor] as const,
  }));
  const sessions = all.flatMap((session) => {
    if (chance(0.2)) return [];
    const phases = chance(0.05) ? (1 as const) : session.phases;
    return [{ ...session, phases, energyServedKwh: chance(0.5) ? session.energyKwh * random() : 0 }];
  });
  return {
    ...scenario,
    site: { ...site, tree },
    nowS: scenario.nowS + (chance(0.6) ? 900 : 0),
    sessions,
    prices: chance(0.2) ? scenario.prices.map((price) => ({ ...price, perKwh: 0.5 * random() })) : scenario.prices,
  };
}

test('a course of changes ends at the optimum of every program, as if each were the first', () => {
  let programs = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = randomFrom(seed);
    const start = randomScenario(seed, 10);
    const course = highs.begin();
    let scenario = start;
    for (let step = 0; step < 20; step += 1) {
      const program = programOf(problemOf(scenario));
      const alone = optimum(program.program, highs.solve(program.program, options));
      const inCourse = optimum(program.program, course.solve(program, options));
      expect(Math.abs(inCourse - alone), `seed ${seed}, step ${step}`).toBeLessThanOrEqual(1e-6 * Math.max(1, alone));
      programs += program.program.costs.length > 0 ? 1 : 0;
      scenario = changed(random, scenario, start.sessions);
    }
    course.end();
  }
  expect(programs).toBeGreaterThan(200);
});

test('a clock that jumps, back or far ahead, is one change more', () => {
  const scenario = randomScenario(5, 12);
  const course = highs.begin();
  for (const byS of [0, 3600, -7200, 86_400, 0, 40 * 365 * 86_400, 0]) {
    const program = programOf(problemOf({ ...scenario, nowS: scenario.nowS + byS }));
    const alone = optimum(program.program, highs.solve(program.program, options));
    expect(optimum(program.program, course.solve(program, options))).toBeCloseTo(alone, 6);
  }
  course.end();
});

test('other bounds of the same program are solved from its optimum, and taken back again', () => {
  const program = programOf(problemOf(randomScenario(8, 12)));
  const course = highs.begin();
  const free = optimum(program.program, course.solve(program, options));
  const half = { ...program.program, upper: program.program.upper.map((most) => most / 2) };
  const tight = optimum(half, course.solve({ ...program, program: half }, options));
  expect(tight).toBeCloseTo(optimum(half, highs.solve(half, options)), 6);
  expect(tight).toBeGreaterThan(free);
  expect(optimum(program.program, course.solve(program, options))).toBeCloseTo(free, 6);
  course.end();
});

test('a trap of WASM is an answer, and the next program begins anew', () => {
  const program = programOf(problemOf(randomScenario(1, 6)));
  const trapped = {
    createModel: () => {
      throw new Error('unreachable');
    },
  };
  // of all that HiGHS is, the course asks for a model first
  const course = new HighsCourse(trapped as unknown as Highs);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(course.solve(program, options)).toEqual({ kind: 'failed', reason: 'HiGHS: unreachable' });
  }
});
