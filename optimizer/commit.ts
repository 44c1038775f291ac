import { type Commitment, commitmentOf, type Optimum, startsOf } from './commitment.ts';
import { withoutRests } from './commitment-rests.ts';
import { objectiveOf } from './dual-bound.ts';
import { moneyOf } from './money.ts';
import type { Problem } from './problem.ts';
import { type Program, relaxedOf } from './program.ts';
import type { Solution } from './program-form.ts';

/** Rounding noise of an engine, A. */
const noiseA = 1e-6;

/** Parts of the cost of a start, from few starts to none that is given up for another. */
const startCostParts = [1, 0.25, 0];

/** A commitment, the values that are best within it, and how much dearer than the optimum they are. */
type Attempt = { readonly commitment: Commitment; readonly values: Float64Array; readonly dearer: number };

/** What the engine can do within bounds. */
export type Means = {
  /** The optimum within the bounds of a commitment. */
  readonly solve: (commitment: Commitment) => Solution;
  /** The best values with the committed columns at 0 or at least their lower bound, if there is an engine that branches. */
  readonly choose: (columns: readonly number[], lower: Float64Array) => Float64Array | undefined;
};

/**
 * The optimum again, now with 0 or at least the minimum in every committed slot. First with few starts, if they are worth
 * what they cost; else as close to the optimum as can be; if even that is farther from it than `mipGap`, whatever
 * branching finds. Undefined when the engine has none.
 */
export function commitOptimum(
  problem: Problem,
  program: Program,
  optimum: Optimum,
  { solve, choose }: Means,
): Float64Array | undefined {
  const { startCost, smoothingPct } = problem.scenario.site.objective;
  const least = objectiveOf(program.program, optimum.values);
  const attempt = (commitment: Commitment): Attempt | undefined => {
    const values = valuesWithin(optimum, commitment, solve);
    return values && { commitment, values, dearer: objectiveOf(program.program, values) - least };
  };
  const money = Math.max(1, Math.abs(moneyOf(problem, relaxedOf(problem, program, optimum.values).currentA).objective));
  const gap = money * problem.scenario.site.engine.mipGap;
  const close = commitmentOf(problem, program, optimum, 0);
  let chosen: Attempt | undefined;
  for (const part of startCostParts) {
    const calm = part === 0 ? close : commitmentOf(problem, program, optimum, startCost * part);
    const saved = startCost * (startsOf(problem, program, close) - startsOf(problem, program, calm));
    chosen = cheaper(chosen, attempt(calm));
    if (isWithin(chosen, Math.max((money * smoothingPct) / 100, Math.min(saved, gap)))) break;
  }
  if (!isWithin(chosen, gap)) chosen = cheaper(chosen, branched(problem, program, choose, attempt));
  if (chosen === undefined) return undefined;
  const whole = withoutRests(problem, program, chosen.values, chosen.commitment);
  return (whole && attempt(whole)?.values) ?? chosen.values;
}

function isWithin(attempt: Attempt | undefined, allowed: number): boolean {
  return attempt !== undefined && attempt.dearer <= allowed + noiseA;
}

function branched(
  problem: Problem,
  program: Program,
  choose: Means['choose'],
  attempt: (commitment: Commitment) => Attempt | undefined,
): Attempt | undefined {
  const { columns, lower } = committedColumns(problem, program);
  const values = choose(columns, lower);
  return values && attempt(commitmentIn(program, columns, lower, values));
}

function cheaper(a: Attempt | undefined, b: Attempt | undefined): Attempt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.dearer <= b.dearer ? a : b;
}

/** An optimum that keeps the bounds by itself is not solved again. */
function valuesWithin(
  { values }: Optimum,
  commitment: Commitment,
  solve: (commitment: Commitment) => Solution,
): Float64Array | undefined {
  const { lower, upper } = commitment;
  const keepsBounds = values.every(
    (value, column) => value >= (lower[column] ?? 0) - noiseA && value <= (upper[column] ?? 0) + noiseA,
  );
  if (keepsBounds) return values;
  const solution = solve(commitment);
  return solution.kind === 'solved' && solution.isOptimal ? solution.values : undefined;
}

type Columns = { readonly columns: readonly number[]; readonly lower: Float64Array };

/** The columns of all committed slots, and the least that they have if they are on. */
function committedColumns(problem: Problem, { program, layout }: Program): Columns {
  const { commitSlots } = problem.scenario.site.engine;
  const lower = new Float64Array(program.costs.length);
  const columns = problem.cars.flatMap(({ minCurrentA }, index) => {
    const first = layout.firstColumn[index] ?? 0;
    const slots = (layout.openSlots[index] ?? new Int32Array()).filter((slot) => slot < commitSlots);
    const own = Array.from(slots, (_, position) => first + position);
    for (const column of own) lower[column] = minCurrentA;
    return own;
  });
  return { columns, lower };
}

/** The commitment that values keep. */
function commitmentIn(
  { program }: Program,
  columns: readonly number[],
  least: Float64Array,
  values: Float64Array,
): Commitment {
  const commitment = { lower: new Float64Array(values.length), upper: program.upper.slice() };
  for (const column of columns) {
    if ((values[column] ?? 0) > noiseA) commitment.lower[column] = least[column] ?? 0;
    else commitment.upper[column] = 0;
  }
  return commitment;
}
