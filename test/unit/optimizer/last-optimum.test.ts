import { beforeAll, expect, test } from 'vitest';
import { dualBound, objectiveOf } from '../../../optimizer/dual-bound.ts';
import { LastOptimum, type Optimum } from '../../../optimizer/engines/last-optimum.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import { type Program, programOf, relaxedOf } from '../../../optimizer/program.ts';
import type { Engine } from '../../../optimizer/program-form.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import { loadEngines } from '../../../optimizer/solver.ts';
import { siteScenario } from '../../bench/optimizer-sites.ts';
import { randomFrom, randomScenario } from './depot.ts';

let highs: Engine;

beforeAll(async () => {
  const engines = await loadEngines();
  if (engines.highs === undefined) throw new Error('no WASM here');
  ({ highs } = engines);
});

function solved({ program }: Program): Optimum {
  const solution = highs.solve(program, { timeLimitMs: 20_000 });
  if (solution.kind === 'failed') throw new Error(solution.reason);
  return solution;
}

/** The scenario a slot later, when every car has had `part` of what the values say. */
function later(scenario: Scenario, program: Program, { values }: Optimum, part = 1): Scenario {
  const problem = problemOf(scenario);
  const { currentA } = relaxedOf(problem, program, values);
  const sessions = scenario.sessions.map((session, index) => {
    const kwh = part * (currentA[index]?.[0] ?? 0) * (problem.cars[index]?.kwhPerA ?? 0);
    return { ...session, energyServedKwh: session.energyServedKwh + kwh };
  });
  return { ...scenario, nowS: scenario.nowS + problem.slotS, sessions };
}

/** What is wrong with an optimum: rows and bounds that it exceeds, and how far it is from the best. */
function faults({ program }: Program, { values, rowDuals }: Optimum): readonly string[] {
  const used = new Float64Array(program.rowUpper.length);
  const wrong: string[] = [];
  for (const [column, value] of values.entries()) {
    if (value < 0 || value > (program.upper[column] ?? 0)) wrong.push(`column ${column}: ${value}`);
    for (let entry = program.starts[column] ?? 0; entry < (program.starts[column + 1] ?? 0); entry += 1) {
      const row = program.rowIndices[entry] ?? 0;
      used[row] = (used[row] ?? 0) + (program.values[entry] ?? 0) * value;
    }
  }
  for (const [row, sum] of used.entries()) {
    if (sum > (program.rowUpper[row] ?? 0) + 1e-7) wrong.push(`row ${row}: ${sum}`);
    if ((rowDuals[row] ?? 0) > 0) wrong.push(`price of row ${row}`);
  }
  const objective = objectiveOf(program, values);
  const gap = (objective - dualBound(program, rowDuals)) / Math.max(1, Math.abs(objective));
  return Math.abs(gap) > 1e-9 ? [...wrong, `gap ${gap}`] : wrong;
}

/** How many of 60 slots of an evening and a night need no engine when cars get `part` of their plan. */
function spared(part: number): number {
  let scenario = siteScenario({ cars: 20, seed: 3 });
  let program = programOf(problemOf(scenario));
  let optimum = solved(program);
  let count = 0;
  for (let slot = 1; slot < 60; slot += 1) {
    scenario = later(scenario, program, optimum, part);
    const next = programOf(problemOf(scenario));
    const again = new LastOptimum(program, optimum).in(next);
    if (again !== undefined) {
      count += 1;
      expect({ slot, faults: faults(next, again.optimum) }).toEqual({ slot, faults: [] });
    }
    program = next;
    optimum = again?.optimum ?? solved(next);
  }
  return count;
}

test('a plan that is carried out is often still the best one, without an engine', () => {
  expect(spared(1)).toBeGreaterThan(10);
});

test('so is often one that is carried out not quite', () => {
  expect(spared(0.98)).toBeGreaterThan(5);
});

test('whatever has changed, what is taken for an optimum is one', () => {
  let taken = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = randomFrom(seed);
    const scenario = randomScenario(seed, 8);
    const program = programOf(problemOf(scenario));
    if (program.program.costs.length === 0) continue;
    const optimum = solved(program);
    const factor = random() < 0.5 ? 1 : 0.5 + random();
    const changed: Scenario = {
      ...later(scenario, program, optimum),
      site: {
        ...scenario.site,
        tree: scenario.site.tree.map((node) => {
          const [a, b, c] = node.maxCurrentA;
          return { ...node, maxCurrentA: [a * factor, b * factor, c * factor] as const };
        }),
      },
      prices: scenario.prices.map(({ fromS, perKwh }) => ({ fromS, perKwh: random() < 0.98 ? perKwh : random() })),
    };
    const next = programOf(problemOf(changed));
    const again = new LastOptimum(program, optimum).in(next);
    if (again === undefined) continue;
    taken += 1;
    expect({ seed, faults: faults(next, again.optimum) }).toEqual({ seed, faults: [] });
    expect(objectiveOf(next.program, again.optimum.values)).toBeCloseTo(
      objectiveOf(next.program, solved(next).values),
      6,
    );
  }
  expect(taken).toBeGreaterThan(5);
});

test('an optimum that is none any more is not taken for one', () => {
  const scenario = siteScenario({ cars: 20, seed: 3 });
  const program = programOf(problemOf(scenario));
  const optimum = solved(program);
  const last = new LastOptimum(program, optimum);
  expect(last.in(program)?.optimum.values).toEqual(optimum.values);
  const turned = { ...scenario, prices: scenario.prices.map(({ fromS, perKwh }) => ({ fromS, perKwh: 1 - perKwh })) };
  expect(last.in(programOf(problemOf(turned)))).toBeUndefined();
});
