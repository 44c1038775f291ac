import { createRequire } from 'node:module';
import type { Engine, LinearProgram, Solution } from '../program-form.ts';

/** Its types are those of its CommonJS build, which Node finds by require. */
const solver = createRequire(import.meta.url)(
  'javascript-lp-solver',
) as typeof import('javascript-lp-solver')['default'];

type Model = InstanceType<typeof solver.Model>;
type Constraint = ReturnType<Model['smallerThan']>;

/**
 * Every column in one pricing batch: its partial pricing starts at the same columns again and again and costs up to
 * thirty times the pivots.
 */
const fullPricing = 1_000_000_000;

/** javascript-lp-solver: dense, without WASM, good for some hundreds of columns. Each program is solved from nothing. */
export const javascriptLpSolver: Engine = {
  name: 'javascript-lp-solver',
  solve,
  begin: () => ({ solve: ({ program }) => solve(program), end: () => undefined }),
};

function solve(given: LinearProgram): Solution {
  const program = given.lower === undefined ? given : fromLower(given, given.lower);
  const model = new solver.Model();
  model.minimize();
  // it fixes variables by rules of its own, and HiGHS is there for what needs a presolve
  model.usePresolve = false;
  model.tableau.pricingBatchSize = fullPricing;
  const rows = Array.from(program.rowUpper, (upper) => model.smallerThan(upper));
  const columns = Array.from(program.costs, (cost) => model.addVariable(cost));
  for (const [column, variable] of columns.entries()) {
    for (let entry = program.starts[column] ?? 0; entry < (program.starts[column + 1] ?? 0); entry += 1) {
      rows[program.rowIndices[entry] ?? -1]?.addTerm(program.values[entry] ?? 0, variable);
    }
    // it knows no bounds but by rows
    const upper = program.upper[column] ?? 0;
    if (Number.isFinite(upper)) model.smallerThan(upper).addTerm(1, variable);
  }
  model.solve();
  const { feasible, bounded } = model.tableau;
  if (!feasible || !bounded)
    return { kind: 'failed', reason: `javascript-lp-solver: ${feasible ? 'unbounded' : 'infeasible'}` };
  return {
    kind: 'solved',
    isOptimal: true,
    values: Float64Array.from(columns, ({ index }, column) => basicValue(model, index) + (given.lower?.[column] ?? 0)),
    rowDuals: Float64Array.from(rows, (row) => -priceOf(model, row)),
  };
}

/** It knows no lower bounds but 0: columns count from theirs. */
function fromLower(program: LinearProgram, lower: Float64Array): LinearProgram {
  const rowUpper = program.rowUpper.slice();
  for (const [column, least] of lower.entries()) {
    for (let entry = program.starts[column] ?? 0; entry < (program.starts[column + 1] ?? 0); entry += 1) {
      const row = program.rowIndices[entry] ?? -1;
      rowUpper[row] = (rowUpper[row] ?? 0) - least * (program.values[entry] ?? 0);
    }
  }
  return { ...program, rowUpper, upper: program.upper.map((most, column) => most - (lower[column] ?? 0)) };
}

function basicValue({ tableau }: Model, index: number): number {
  const row = tableau.rowByVarIndex[index] ?? -1;
  return row < 0 ? 0 : (tableau.matrix[row * tableau.width + tableau.rhsColumn] ?? 0);
}

/** Reduced cost of the slack: what one more of the row would save. */
function priceOf({ tableau }: Model, { slack }: Constraint): number {
  const column = tableau.colByVarIndex[slack.index] ?? -1;
  return column < 0 ? 0 : Math.abs(tableau.matrix[tableau.costRowIndex * tableau.width + column] ?? 0);
}
