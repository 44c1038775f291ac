import type { Problem } from './problem.ts';
import type { Program } from './program.ts';
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

/**
 * A lower bound of the same objective with every lacking kWh at the site's `unmetPerKwh`, whatever the program takes it
 * for (priority, and with `neverShort` the dearest peak). The price of a car's energy falls by as much as its value; with
 * prices that stay ≥ 0 it is a bound all the same, and as good a one where no kWh was worth more than that.
 */
export function moneyBound(
  problem: Problem,
  { program, layout: { firstColumn, openSlots, energyRow } }: Program,
  rowDuals: Float64Array,
): number {
  const { unmetPerKwh } = problem.scenario.site.objective;
  const costs = program.costs.slice();
  const duals = rowDuals.slice();
  let { offset } = program;
  for (const [index, { valuePerKwh, energyKwh, kwhPerA }] of problem.cars.entries()) {
    const by = valuePerKwh - unmetPerKwh;
    const first = firstColumn[index] ?? 0;
    const end = first + (openSlots[index]?.length ?? 0);
    for (let column = first; column < end; column += 1) costs[column] = (costs[column] ?? 0) + by * kwhPerA;
    const row = energyRow[index] ?? -1;
    if (row >= 0) duals[row] = Math.min(0, (duals[row] ?? 0) + by);
    offset -= by * energyKwh;
  }
  return dualBound({ ...program, costs, offset }, duals);
}

/** What the values cost by the program's own numbers. */
export function objectiveOf({ costs, offset }: LinearProgram, values: Float64Array): number {
  return costs.reduce((sum, cost, column) => sum + cost * (values[column] ?? 0), offset);
}
