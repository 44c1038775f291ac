import type { Highs, Model, ModelData } from 'highs';
import type { ChooseOptions, LinearProgram, Solution } from '../program-form.ts';

/** From here on the interior point method may be the faster one, when simplex takes long. */
const interiorPointColumns = 8000;
/** What simplex may take of the time before that. */
const simplexShare = 0.34;
/** HiGHS: a primal solution that keeps every row and bound. */
const feasiblePoint = 2;

/** HiGHS takes no model without columns: there is nothing to decide. */
export function isEmpty({ costs }: LinearProgram): boolean {
  return costs.length === 0;
}

/** The solution of a program without columns. */
export function nothingDecided({ costs, rowUpper }: LinearProgram): Solution {
  return { kind: 'solved', isOptimal: true, values: costs, rowDuals: new Float64Array(rowUpper.length) };
}

/** A trap of WASM or an error of HiGHS: the ladder has other rungs. */
export function failureOf(thrown: unknown): Solution {
  return { kind: 'failed', reason: `HiGHS: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
}

/** Simplex first; a large program that it does not finish soon goes to the interior point method. */
export function runModel(highs: Highs, model: Model, columns: number, timeLimitMs: number): Solution {
  if (columns < interiorPointColumns) return runOnce(highs, model, 'simplex', timeLimitMs);
  const startedMs = performance.now();
  const simplex = runOnce(highs, model, 'simplex', timeLimitMs * simplexShare);
  if (simplex.kind === 'solved' && simplex.isOptimal) return simplex;
  model.clearSolver();
  const interior = runOnce(highs, model, 'ipm', Math.max(1, timeLimitMs - (performance.now() - startedMs)));
  return interior.kind === 'solved' ? interior : simplex;
}

function runOnce(highs: Highs, model: Model, solver: 'simplex' | 'ipm', timeLimitMs: number): Solution {
  const { modelStatus } = highs.constants;
  // the clock of HiGHS runs on from one run to the next
  model.zeroAllClocks();
  // its presolve takes longer than what it saves simplex
  const presolve = solver === 'simplex' ? 'off' : 'on';
  model.options.set({ solver, presolve, time_limit: timeLimitMs / 1000 });
  model.run();
  const status = model.getModelStatus();
  const isOptimal = status === modelStatus.optimal || status === modelStatus.empty;
  if (!isOptimal && status !== modelStatus.timeLimit) return { kind: 'failed', reason: `HiGHS: status ${status}` };
  if (!isOptimal && model.info.get('primal_solution_status') !== feasiblePoint) {
    return { kind: 'failed', reason: 'HiGHS: no plan in time' };
  }
  const { colValue, rowDual } = model.getSolution();
  return { kind: 'solved', isOptimal, values: colValue, rowDuals: rowDual };
}

/** The best values that branching finds in time; undefined: none. */
export function runWhole(highs: Highs, model: Model, { timeLimitMs, gap }: ChooseOptions): Float64Array | undefined {
  const { modelStatus } = highs.constants;
  model.options.set({ time_limit: timeLimitMs / 1000, mip_rel_gap: gap });
  model.run();
  const status = model.getModelStatus();
  if (status !== modelStatus.optimal && status !== modelStatus.timeLimit) return undefined;
  return model.info.get('primal_solution_status') === feasiblePoint ? model.getSolution().colValue : undefined;
}

/** A program as HiGHS takes it. */
export function modelData(program: LinearProgram): ModelData {
  const numCols = program.costs.length;
  const numRows = program.rowUpper.length;
  return {
    numCols,
    numRows,
    offset: program.offset,
    colCost: program.costs,
    colLower: program.lower ?? new Float64Array(numCols),
    colUpper: program.upper,
    rowLower: new Float64Array(numRows).fill(Number.NEGATIVE_INFINITY),
    rowUpper: program.rowUpper,
    matrix: {
      format: 'csc',
      numRows,
      numCols,
      starts: program.starts,
      indices: program.rowIndices,
      values: program.values,
    },
  };
}
