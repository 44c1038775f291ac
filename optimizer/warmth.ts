import type { Names } from './matrix-builder.ts';
import type { Program } from './program.ts';
import type { Basis } from './program-form.ts';

/** HiGHS: at its lower bound; in the basis. */
const atLower = 0;
const basic = 1;

/** More slots than there are between the epoch and any horizon. */
const slotsInAll = 2 ** 26;

/**
 * Where the last program of a site ended. The next one is mostly the same: a car more or less, a slot later, a price
 * changed. Columns and rows are known again by owner and slot, so that simplex starts beside the new optimum.
 */
export class Warmth {
  readonly #owners = new Map<string, number>();
  #columns = new Map<number, number>();
  #rows = new Map<number, number>();

  /** Where to start a program whose slot 0 is the `epochSlot`-th since the epoch; undefined when nothing is known. */
  basisFor({ columnNames, rowNames }: Program, epochSlot: number): Basis | undefined {
    if (this.#columns.size === 0) return undefined;
    return {
      columns: this.#keys(columnNames, epochSlot, (key) => this.#columns.get(key) ?? atLower),
      // a row that is new limits nothing yet
      rows: this.#keys(rowNames, epochSlot, (key) => this.#rows.get(key) ?? basic),
    };
  }

  /** Keeps where a program ended. */
  keep({ columnNames, rowNames }: Program, epochSlot: number, basis: Basis): void {
    const columns = new Map<number, number>();
    const rows = new Map<number, number>();
    this.#keys(columnNames, epochSlot, (key, index) => columns.set(key, basis.columns[index] ?? atLower).size);
    this.#keys(rowNames, epochSlot, (key, index) => rows.set(key, basis.rows[index] ?? basic).size);
    this.#columns = columns;
    this.#rows = rows;
  }

  #keys({ owners, slots }: Names, epochSlot: number, valueOf: (key: number, index: number) => number): Int32Array {
    return Int32Array.from(owners, (owner, index) => {
      const slot = slots[index] ?? -1;
      return valueOf(this.#idOf(owner) * slotsInAll + (slot < 0 ? 0 : epochSlot + slot), index);
    });
  }

  #idOf(owner: string): number {
    const known = this.#owners.get(owner);
    if (known !== undefined) return known;
    this.#owners.set(owner, this.#owners.size);
    return this.#owners.size - 1;
  }
}
