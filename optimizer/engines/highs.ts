import { createRequire } from 'node:module';
import type { Highs, Model, ModelData } from 'highs';
import type { Basis, Engine, LinearProgram, Solution, SolveOptions } from '../program-form.ts';

/** From here on the interior point method may be the faster one, when simplex takes long. */
const interiorPointColumns = 8000;
/** What simplex may take of the time before that. */
const simplexShare = 0.34;
/** HiGHS: from a basis nearby it needs a third of the pivots that the dual simplex needs. */
const primalSimplex = 4;
/** HiGHS: a primal solution that keeps every row and bound. */
const feasiblePoint = 2;

/** Its types are those of its CommonJS build, which Node finds by require. */
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof import('highs');

/** HiGHS as WASM; loading takes some 100 ms. Rejects where WASM cannot be loaded. */
export async function highsEngine(): Promise<Engine> {
  const highs = await loadHighs();
  return { name: 'highs', solve: (program, options) => solveWith(highs, program, options) };
}

function solveWith(highs: Highs, program: LinearProgram, options: SolveOptions): Solution {
  // nothing to decide: HiGHS takes no model without columns
  if (program.costs.length === 0)
    return { kind: 'solved', isOptimal: true, values: program.costs, rowDuals: noPrices(program) };
  const model = highs.createModel(modelData(highs, program));
  try {
    model.options.set({ output_flag: false, mip_rel_gap: options.mipGap ?? 0 });
    if (hasWholeColumns(program)) return runOnce(highs, model, 'choose', options.timeLimitMs);
    if (options.basis !== undefined) startAt(model, options.basis);
    return runLinear(highs, model, program, options.timeLimitMs);
  } catch (thrown) {
    // a trap of WASM or an error of HiGHS: the ladder has other rungs
    return { kind: 'failed', reason: `HiGHS: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  } finally {
    model.dispose();
  }
}

function startAt(model: Model, { columns, rows }: Basis): void {
  model.setBasis({ colStatus: columns, rowStatus: rows });
  model.options.set({ simplex_strategy: primalSimplex });
}

/** Simplex first; a large program that it does not finish soon goes to the interior point method. */
function runLinear(highs: Highs, model: Model, program: LinearProgram, timeLimitMs: number): Solution {
  if (program.costs.length < interiorPointColumns) return runOnce(highs, model, 'simplex', timeLimitMs);
  const simplex = runOnce(highs, model, 'simplex', timeLimitMs * simplexShare);
  if (simplex.kind === 'solved' && simplex.isOptimal) return simplex;
  model.clearSolver();
  const interior = runOnce(highs, model, 'ipm', timeLimitMs * (1 - simplexShare));
  return interior.kind === 'solved' ? interior : simplex;
}

function runOnce(highs: Highs, model: Model, solver: 'choose' | 'simplex' | 'ipm', timeLimitMs: number): Solution {
  const { modelStatus } = highs.constants;
  // the clock of HiGHS runs on from one run to the next
  model.zeroAllClocks();
  model.options.set({ solver, time_limit: timeLimitMs / 1000 });
  model.run();
  const status = model.getModelStatus();
  const isOptimal = status === modelStatus.optimal || status === modelStatus.empty;
  if (!isOptimal && status !== modelStatus.timeLimit) return { kind: 'failed', reason: `HiGHS: status ${status}` };
  if (!isOptimal && model.info.get('primal_solution_status') !== feasiblePoint) {
    return { kind: 'failed', reason: 'HiGHS: no plan in time' };
  }
  const { colValue, rowDual } = model.getSolution();
  const { colStatus, rowStatus } = model.getBasis();
  const basis = isOptimal && solver === 'simplex' ? { basis: { columns: colStatus, rows: rowStatus } } : {};
  return {
    kind: 'solved',
    isOptimal,
    values: colValue,
    ...(solver === 'choose' ? {} : { rowDuals: rowDual }),
    ...basis,
  };
}

function modelData(highs: Highs, program: LinearProgram): ModelData {
  const numCols = program.costs.length;
  const numRows = program.rowUpper.length;
  const { variableType } = highs.constants;
  const colLower = new Float64Array(numCols);
  const integrality = new Int32Array(numCols);
  for (const { column, atLeast } of program.semiContinuous ?? []) {
    colLower[column] = atLeast;
    integrality[column] = variableType.semiContinuous;
  }
  for (const column of program.integers ?? []) integrality[column] = variableType.integer;
  return {
    numCols,
    numRows,
    offset: program.offset,
    colCost: program.costs,
    colLower,
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
    ...(hasWholeColumns(program) ? { integrality } : {}),
  };
}

function noPrices({ rowUpper }: LinearProgram): Float64Array {
  return new Float64Array(rowUpper.length);
}

function hasWholeColumns({ semiContinuous = [], integers = [] }: LinearProgram): boolean {
  return semiContinuous.length + integers.length > 0;
}
