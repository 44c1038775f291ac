import type { LinearProgram, Names } from './program-form.ts';

/**
 * Collects a linear program row by row and column by column; rows first, the entries of a column after it. Slots are
 * those of the problem, or -1: what belongs to none.
 */
export class MatrixBuilder {
  readonly #epochSlot: number;
  readonly #rowUpper: number[] = [];
  readonly #costs: number[] = [];
  readonly #upper: number[] = [];
  readonly #starts: number[] = [];
  readonly #rowIndices: number[] = [];
  readonly #values: number[] = [];
  readonly #rowNames = { owners: [] as string[], slots: [] as number[] };
  readonly #columnNames = { owners: [] as string[], slots: [] as number[] };

  /** `epochSlot`: how many slots there were between the epoch and slot 0. */
  constructor(epochSlot: number) {
    this.#epochSlot = epochSlot;
  }

  get columnCount(): number {
    return this.#costs.length;
  }

  /** Owners are few, and the same string for all their slots. */
  get rowNames(): Names {
    return this.#rowNames;
  }

  get columnNames(): Names {
    return this.#columnNames;
  }

  /** A row ≤ `upper`; returns its index. */
  row(upper: number, owner: string, slot: number): number {
    this.#rowNames.owners.push(owner);
    this.#rowNames.slots.push(this.#sinceEpoch(slot));
    return this.#rowUpper.push(upper) - 1;
  }

  /** A column from 0 to `upper`; returns its index. */
  column(cost: number, upper: number, owner: string, slot: number): number {
    this.#columnNames.owners.push(owner);
    this.#columnNames.slots.push(this.#sinceEpoch(slot));
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

  #sinceEpoch(slot: number): number {
    return slot < 0 ? 0 : this.#epochSlot + slot;
  }
}
