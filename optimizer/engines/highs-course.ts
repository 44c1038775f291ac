import type { Highs, Model } from 'highs';
import type { Course, LinearProgram, NamedProgram, Solution, SolveOptions } from '../program-form.ts';
import { failureOf, isEmpty, modelData, nothingDecided, runModel } from './highs-run.ts';
import { LastOptimum } from './last-optimum.ts';
import { type Change, type Places, StandingProgram } from './standing-program.ts';

/** HiGHS, simplex_scale_strategy. */
const unscaled = 0;

/** HiGHS, status of a column or row in a basis. */
const atLower = 0;
const basic = 1;

/**
 * HiGHS, simplex_strategy. From a basis nearby the primal one needs a third of the pivots of the dual one; but prices
 * that are still right, where only bounds of columns have changed, are for the dual one.
 */
const dualSimplex = 1;
const primalSimplex = 4;

/** A model of HiGHS with the program that it had last, and where in it; no places: just as it was made. */
type Standing = {
  readonly model: Model;
  readonly program: NamedProgram;
  readonly stands: StandingProgram | undefined;
  readonly places: Places | undefined;
  readonly columnCount: number;
};

/**
 * One model of HiGHS that is changed from each program of a site into the next, so that simplex goes on from where it
 * ended: new columns and rows at the end, bounds and costs in place. Built anew when it has become too large.
 */
export class HighsCourse implements Course {
  readonly #highs: Highs;
  #standing: Standing | undefined;
  #last: LastOptimum | undefined;

  constructor(highs: Highs) {
    this.#highs = highs;
  }

  solve(named: NamedProgram, { timeLimitMs }: SolveOptions): Solution {
    if (isEmpty(named.program)) return nothingDecided(named.program);
    // a lower bound is for this time alone
    if (named.program.lower !== undefined) return this.#run(named, timeLimitMs);
    this.#last = this.#last?.in(named);
    if (this.#last !== undefined) return { kind: 'solved', isOptimal: true, ...this.#last.optimum };
    const solution = this.#run(named, timeLimitMs);
    if (solution.kind === 'solved' && solution.isOptimal) this.#last = new LastOptimum(named, solution);
    return solution;
  }

  #run(named: NamedProgram, timeLimitMs: number): Solution {
    try {
      const { model, places, columnCount } = this.#stand(named);
      const solution = runModel(this.#highs, model, columnCount, timeLimitMs);
      return solution.kind === 'solved' && places !== undefined
        ? { ...solution, ...picked(solution, places) }
        : solution;
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

  #stand(named: NamedProgram): Standing {
    const before = this.#standing;
    if (before === undefined) return this.#build(named, undefined);
    if (isSameMatrix(before.program.program, named.program)) {
      changeBounds(before, named.program);
      return before;
    }
    const stands = before.stands ?? new StandingProgram(before.program);
    const next = stands.next(named);
    if (next.kind === 'other') return this.#build(named, mappedBasis(before.model, next));
    apply(before.model, next.change);
    const simplex_strategy = named.program.lower === undefined ? primalSimplex : dualSimplex;
    // a model that changes would be scaled anew each time
    before.model.options.set({ simplex_strategy, simplex_scale_strategy: unscaled });
    const { columns, rows, change } = next;
    this.#standing = {
      model: before.model,
      program: named,
      stands,
      places: { columns, rows },
      columnCount: change.costs.length,
    };
    return this.#standing;
  }

  #build(program: NamedProgram, basis: Basis | undefined): Standing {
    this.end();
    const model = this.#highs.createModel(modelData(program.program));
    const columnCount = program.program.costs.length;
    this.#standing = { model, program, stands: undefined, places: undefined, columnCount };
    model.options.set('output_flag', false);
    if (basis !== undefined) {
      model.setBasis(basis);
      model.options.set({ simplex_strategy: primalSimplex, simplex_scale_strategy: unscaled });
    }
    return this.#standing;
  }
}

/** The same program but for the bounds of its columns: what was made of one that stands. */
function isSameMatrix(a: LinearProgram, b: LinearProgram): boolean {
  return a.rowIndices === b.rowIndices && a.values === b.values && a.costs === b.costs && a.rowUpper === b.rowUpper;
}

function changeBounds({ model, places, columnCount }: Standing, { lower, upper, costs }: LinearProgram): void {
  const spread = (values: Float64Array) => {
    if (places === undefined) return values;
    const all = new Float64Array(columnCount);
    for (const [column, place] of places.columns.entries()) all[place] = values[column] ?? 0;
    return all;
  };
  const least = lower ?? new Float64Array(costs.length);
  model.changeColsBounds({ kind: 'range', from: 0, to: columnCount - 1 }, spread(least), spread(upper));
  model.options.set('simplex_strategy', dualSimplex);
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

function apply(model: Model, { addedRows, addedColumns, costs, lower, upper, rowUpper }: Change): void {
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
  const all = { kind: 'range', from: 0, to: costs.length - 1 } as const;
  model.changeColsCost(all, costs);
  model.changeColsBounds(all, lower, upper);
  if (numRows > 0) model.changeRowsBounds({ kind: 'range', from: 0, to: numRows - 1 }, unlimited(numRows), rowUpper);
}

function unlimited(rows: number): Float64Array {
  return new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
}

function picked(
  { values, rowDuals }: Solution & { readonly kind: 'solved' },
  { columns, rows }: Places,
): { readonly values: Float64Array; readonly rowDuals: Float64Array } {
  return { values: at(columns, values), rowDuals: at(rows, rowDuals) };
}

function at(places: Int32Array, given: Float64Array): Float64Array {
  const values = new Float64Array(places.length);
  for (let index = 0; index < places.length; index += 1) values[index] = given[places[index] ?? 0] ?? 0;
  return values;
}
