import type { LinearProgram } from './program-form.ts';

/** What columns or rows belong to: an owner, and a slot or -1. Owners are few, and the same string for all their slots. */
export type Names = { readonly owners: readonly string[]; readonly slots: readonly number[] };

/** Collects a linear program row by row and column by column; rows first, the entries of a column after it. */
export class MatrixBuilder {
  readonly #rowUpper: number[] = [];
  readonly #costs: number[] = [];
  readonly #upper: number[] = [];
  readonly #starts: number[] = [];
  readonly #rowIndices: number[] = [];
  readonly #values: number[] = [];
  readonly rowNames: { readonly owners: string[]; readonly slots: number[] } = { owners: [], slots: [] };
  readonly columnNames: { readonly owners: string[]; readonly slots: number[] } = { owners: [], slots: [] };

  get columnCount(): number {
    return this.#costs.length;
  }

  /** A row ≤ `upper`; returns its index. */
  row(upper: number, owner: string, slot: number): number {
    this.rowNames.owners.push(owner);
    this.rowNames.slots.push(slot);
    return this.#rowUpper.push(upper) - 1;
  }

  /** A column from 0 to `upper`; returns its index. */
  column(cost: number, upper: number, owner: string, slot: number): number {
    this.columnNames.owners.push(owner);
    this.columnNames.slots.push(slot);
    this.#starts.push(this.#rowIndices.length);
    this.#upper.push(upper);
    return this.#costs.push(cost) - 1;
  }

  /** A coefficient of the last column; a row of -1 is none. */
  entry(row: number, value: number): void {
    if (row < 0) return;
    this.#rowIndices.push(row);
    this.#values.push(value);
  }

  program(offset: number): LinearProgram {
    return {
      costs: Float64Array.from(this.#costs),
      upper: Float64Array.from(this.#upper),
      rowUpper: Float64Array.from(this.#rowUpper),
      starts: Int32Array.from([...this.#starts, this.#rowIndices.length]),
      rowIndices: Int32Array.from(this.#rowIndices),
      values: Float64Array.from(this.#values),
      offset,
    };
  }
}
