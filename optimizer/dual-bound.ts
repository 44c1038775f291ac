import type { LinearProgram } from './program-form.ts';

/**
 * A lower bound of the objective from row prices, whoever found them: with any y ≥ 0 no x costs less than
 * −y·rowUpper + Σ min over the column's bounds of (cost + y·A) x. At the optimum's prices it is the optimum (duality),
 * so that a plan is proven without trusting the word "optimal".
 */
export function dualBound(program: LinearProgram, rowDuals: Float64Array): number {
  const { costs, upper, rowUpper, starts, rowIndices, values, offset } = program;
  let bound = offset;
  const prices = rowDuals.map((dual) => Math.max(0, -dual));
  for (const [row, price] of prices.entries()) bound -= price * (rowUpper[row] ?? 0);
  for (const [column, cost] of costs.entries()) {
    let reduced = cost;
    for (let entry = starts[column] ?? 0; entry < (starts[column + 1] ?? 0); entry += 1) {
      reduced += (prices[rowIndices[entry] ?? -1] ?? 0) * (values[entry] ?? 0);
    }
    if (reduced < 0) bound += reduced * (upper[column] ?? 0);
  }
  return bound;
}

/** What the values cost by the program's own numbers. */
export function objectiveOf({ costs, offset }: LinearProgram, values: Float64Array): number {
  return costs.reduce((sum, cost, column) => sum + cost * (values[column] ?? 0), offset);
}
