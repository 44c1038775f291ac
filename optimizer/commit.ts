import { type Commitment, commitmentOf, type Optimum, startsOf } from './commitment.ts';
import { withoutRests } from './commitment-rests.ts';
import { objectiveOf } from './dual-bound.ts';
import type { Problem } from './problem.ts';
import type { Program } from './program.ts';
import type { Solution } from './program-form.ts';

/** Rounding noise of an engine, A. */
const noiseA = 1e-6;

/** A commitment, the values that are best within it, and what they cost, starts included. */
type Attempt = { readonly commitment: Commitment; readonly values: Float64Array; readonly planned: number };

/** The optimum of a program within the bounds of a commitment. */
type Solve = (commitment: Commitment) => Solution;

/**
 * The optimum again, now with 0 or at least the minimum in every committed slot. First with few starts; if the program
 * finds that they are not worth what they cost, as close to the optimum as can be. Undefined when the engine has neither.
 */
export function commitOptimum(
  problem: Problem,
  program: Program,
  optimum: Optimum,
  solve: Solve,
): Float64Array | undefined {
  const { startCost } = problem.scenario.site.objective;
  const attempt = (commitment: Commitment): Attempt | undefined => {
    const values = valuesWithin(optimum, commitment, solve);
    if (values === undefined) return undefined;
    const planned = objectiveOf(program.program, values) + startCost * startsOf(problem, program, commitment);
    return { commitment, values, planned };
  };
  const calm = attempt(commitmentOf(problem, program, optimum, startCost));
  const close = commitmentOf(problem, program, optimum, 0);
  // no commitment costs less than the optimum
  const least = objectiveOf(program.program, optimum.values) + startCost * startsOf(problem, program, close);
  const isBest = calm !== undefined && calm.planned <= least + noiseA;
  const chosen = isBest ? calm : cheaper(calm, attempt(close));
  if (chosen === undefined) return undefined;
  const whole = withoutRests(problem, program, chosen.values, chosen.commitment);
  return (whole === undefined ? undefined : attempt(whole)?.values) ?? chosen.values;
}

function cheaper(a: Attempt | undefined, b: Attempt | undefined): Attempt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.planned <= b.planned ? a : b;
}

/** An optimum that keeps the bounds by itself is not solved again. */
function valuesWithin({ values }: Optimum, commitment: Commitment, solve: Solve): Float64Array | undefined {
  const { lower, upper } = commitment;
  const isWithin = values.every(
    (value, column) => value >= (lower[column] ?? 0) - noiseA && value <= (upper[column] ?? 0) + noiseA,
  );
  if (isWithin) return values;
  const solution = solve(commitment);
  return solution.kind === 'solved' && solution.isOptimal ? solution.values : undefined;
}
