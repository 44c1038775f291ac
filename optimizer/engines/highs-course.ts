import type { Highs, Model } from 'highs';
import type { Course, NamedProgram, Solution, SolveOptions } from '../program-form.ts';
import { failureOf, isEmpty, modelData, nothingDecided, runModel } from './highs-run.ts';
import { type Change, type Places, StandingProgram } from './standing-program.ts';

/** HiGHS, status of a column or row in a basis. */
const atLower = 0;
const basic = 1;

/**
 * HiGHS, simplex_strategy. From a basis nearby the primal one needs a third of the pivots of the dual one; but prices
 * that are still right, where only bounds of columns have changed, are for the dual one.
 */
const dualSimplex = 1;
const primalSimplex = 4;

/** What stands in a model of HiGHS. */
type Standing = {
  readonly model: Model;
  readonly program: StandingProgram;
  costs: Float64Array;
  rowUpper: Float64Array;
};

/**
 * One model of HiGHS that is changed from each program of a site into the next, so that simplex goes on from where it
 * ended: new columns and rows at the end, bounds and costs in place. Built anew when it has become too large.
 */
export class HighsCourse implements Course {
  readonly #highs: Highs;
  #standing: Standing | undefined;

  constructor(highs: Highs) {
    this.#highs = highs;
  }

  solve(named: NamedProgram, { timeLimitMs }: SolveOptions): Solution {
    if (isEmpty(named.program)) return nothingDecided(named.program);
    try {
      const [standing, places] = this.#stand(named);
      const solution = runModel(this.#highs, standing.model, standing.costs.length, timeLimitMs);
      return solution.kind === 'solved' ? { ...solution, ...picked(solution, places) } : solution;
    } catch (thrown) {
      // nobody knows what it has become
      this.end();
      return failureOf(thrown);
    }
  }

  end(): void {
    this.#standing?.model.dispose();
    this.#standing = undefined;
  }

  #stand(named: NamedProgram): readonly [Standing, Places] {
    const standing = this.#standing;
    const next = standing?.program.next(named);
    if (standing === undefined || next === undefined) return this.#build(named, undefined);
    if (next.kind === 'other') return this.#build(named, mappedBasis(standing.model, next));
    apply(standing, next.change);
    return [standing, next];
  }

  #build(named: NamedProgram, basis: Basis | undefined): readonly [Standing, Places] {
    this.end();
    const program = new StandingProgram();
    const { columns, rows } = program.next(named);
    const model = this.#highs.createModel(modelData(named.program));
    this.#standing = { model, program, costs: named.program.costs, rowUpper: named.program.rowUpper };
    model.options.set({ output_flag: false });
    if (basis !== undefined) {
      model.setBasis(basis);
      model.options.set('simplex_strategy', primalSimplex);
    }
    return [this.#standing, { columns, rows }];
  }
}

type Basis = { readonly colStatus: Int32Array; readonly rowStatus: Int32Array };

function mappedBasis(model: Model, { columns, rows }: Places): Basis {
  const { colStatus, rowStatus } = model.getBasis();
  return {
    colStatus: columns.map((place) => colStatus[place] ?? atLower),
    // a row that is new limits nothing yet
    rowStatus: rows.map((place) => rowStatus[place] ?? basic),
  };
}

function apply(standing: Standing, { addedRows, addedColumns, costs, lower, upper, rowUpper }: Change): void {
  const { model } = standing;
  const newRows = addedRows.starts.length - 1;
  const newColumns = addedColumns.starts.length - 1;
  const numRows = rowUpper.length;
  const columnsBefore = costs.length - newColumns;
  if (newRows > 0) {
    const matrix = { format: 'csr' as const, numRows: newRows, numCols: columnsBefore, ...addedRows };
    model.addRows({ lower: unlimited(newRows), upper: rowUpper.slice(numRows - newRows), matrix });
  }
  if (newColumns > 0) {
    const added = (values: Float64Array) => values.slice(columnsBefore);
    const matrix = { format: 'csc' as const, numRows, numCols: newColumns, ...addedColumns };
    model.addCols({ cost: added(costs), lower: added(lower), upper: added(upper), matrix });
  }
  model.changeColsBounds({ kind: 'range', from: 0, to: costs.length - 1 }, lower, upper);
  const isOnlyBounds = isSame(standing.costs, costs) && isSame(standing.rowUpper, rowUpper);
  if (!isOnlyBounds) {
    model.changeColsCost({ kind: 'range', from: 0, to: costs.length - 1 }, costs);
    if (numRows > 0) model.changeRowsBounds({ kind: 'range', from: 0, to: numRows - 1 }, unlimited(numRows), rowUpper);
  }
  standing.costs = costs;
  standing.rowUpper = rowUpper;
  model.options.set('simplex_strategy', isOnlyBounds ? dualSimplex : primalSimplex);
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function unlimited(rows: number): Float64Array {
  return new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
}

function picked(
  { values, rowDuals }: Solution & { readonly kind: 'solved' },
  { columns, rows }: Places,
): { readonly values: Float64Array; readonly rowDuals: Float64Array } {
  return {
    values: Float64Array.from(columns, (place) => values[place] ?? 0),
    rowDuals: Float64Array.from(rows, (place) => rowDuals[place] ?? 0),
  };
}
