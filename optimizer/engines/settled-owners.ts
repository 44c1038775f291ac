import type { LinearProgram, NamedProgram } from '../program-form.ts';
import type { Optimum } from './last-optimum.ts';

/** Rounding noise of values. */
const noise = 1e-9;

/** Columns or rows [from, to). */
export type Run = { readonly from: number; readonly to: number };

/** Where the columns or rows of each owner stand. */
export type Runs = ReadonlyMap<string, Run>;

/**
 * Puts right what changes with time alone: cars are worth more or less, were charged by other than was planned, and have
 * new slots. A row and a column of one name: the row gets the price that suits the column. A row of all columns of an
 * owner: it is filled up, and gets the price that suits them all. Owners with a row for each slot come last and are settled
 * first, since the others' worths depend on their prices.
 */
export function settle(
  { program, columnNames, rowNames }: NamedProgram,
  columnRuns: Runs,
  rowRuns: Runs,
  optimum: Optimum,
): void {
  for (const [owner, columns] of [...columnRuns].toReversed()) {
    const rows = rowRuns.get(owner);
    if (rows === undefined) continue;
    if (rowNames.slots[rows.from] === 0) {
      settleWhole(program, { ...columns, row: rows.from }, optimum);
      continue;
    }
    let row = rows.from;
    for (let column = columns.from; column < columns.to; column += 1) {
      const slot = columnNames.slots[column] ?? 0;
      while (row < rows.to && (rowNames.slots[row] ?? 0) < slot) row += 1;
      if (row < rows.to && rowNames.slots[row] === slot) price(program, { from: column, to: column + 1, row }, optimum);
    }
  }
}

/** Columns [from, to), and the row whose price is theirs alone. */
type Own = Run & { readonly row: number };

function price(program: LinearProgram, own: Own, optimum: Optimum): void {
  optimum.rowDuals[own.row] = -suitingPrice(program, own, worthsOf(program, own, optimum), optimum);
}

function settleWhole(program: LinearProgram, own: Own, optimum: Optimum): void {
  const worths = worthsOf(program, own, optimum);
  const left = fill(program, own, worths, optimum);
  // what nobody wants more of has no price
  optimum.rowDuals[own.row] = left > noise ? 0 : -suitingPrice(program, own, worths, optimum);
}

/** What a unit of the row is worth to each column. */
function worthsOf(
  { costs, starts, rowIndices, values: coefficients }: LinearProgram,
  { from, to, row }: Own,
  { rowDuals }: Optimum,
): Float64Array {
  const worths = new Float64Array(to - from);
  for (let column = from; column < to; column += 1) {
    let reduced = costs[column] ?? 0;
    let own = 1;
    for (let entry = starts[column] ?? 0; entry < (starts[column + 1] ?? 0); entry += 1) {
      const at = rowIndices[entry] ?? 0;
      const coefficient = coefficients[entry] ?? 0;
      if (at === row) own = coefficient;
      else reduced -= (rowDuals[at] ?? 0) * coefficient;
    }
    worths[column - from] = -reduced / own;
  }
  return worths;
}

/** The price nearest to the present one at which no column would rather have more or less. */
function suitingPrice(
  { upper }: LinearProgram,
  { from, to, row }: Own,
  worths: Float64Array,
  { values, rowDuals }: Optimum,
): number {
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (let column = from; column < to; column += 1) {
    const value = values[column] ?? 0;
    const worth = worths[column - from] ?? 0;
    if (value < (upper[column] ?? 0) - noise && worth > least) least = worth;
    if (value > noise && worth < most) most = worth;
  }
  return Math.max(least, Math.min(-(rowDuals[row] ?? 0), most));
}

/** Gives what is left of the row where it is worth most, or takes what is too much where it is worth least; returns the rest. */
function fill(program: LinearProgram, own: Own, worths: Float64Array, { values }: Optimum): number {
  const { upper, rowUpper } = program;
  const perUnit = coefficientOf(program, own);
  let left = rowUpper[own.row] ?? 0;
  for (let column = own.from; column < own.to; column += 1) left -= perUnit * (values[column] ?? 0);
  for (let round = own.from; round < own.to && Math.abs(left) > noise; round += 1) {
    const column = bestOf(program, own, worths, values, left > 0);
    if (column === undefined) break;
    const value = values[column] ?? 0;
    const next = Math.min(upper[column] ?? 0, Math.max(0, value + left / perUnit));
    values[column] = next;
    left -= perUnit * (next - value);
  }
  return left;
}

function bestOf(
  { upper }: LinearProgram,
  { from, to }: Own,
  worths: Float64Array,
  values: Float64Array,
  isMore: boolean,
): number | undefined {
  let best: number | undefined;
  let bestWorth = isMore ? 0 : Number.POSITIVE_INFINITY;
  for (let column = from; column < to; column += 1) {
    const worth = worths[column - from] ?? 0;
    const value = values[column] ?? 0;
    const isOpen = isMore ? value < (upper[column] ?? 0) - noise : value > noise;
    if (!isOpen || (isMore ? worth <= bestWorth : worth >= bestWorth)) continue;
    best = column;
    bestWorth = worth;
  }
  return best;
}

/** The same in all columns of an owner. */
function coefficientOf({ starts, rowIndices, values }: LinearProgram, { from, row }: Own): number {
  const start = starts[from] ?? 0;
  return values[start + rowIndices.subarray(start, starts[from + 1]).indexOf(row)] ?? 1;
}
