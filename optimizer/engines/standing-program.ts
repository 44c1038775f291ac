import type { LinearProgram, NamedProgram, Names } from '../program-form.ts';

/** More slots than there are between the epoch and any horizon. */
const slotsInAll = 2 ** 26;

/** So much larger than the program may the standing one become before it is built anew. */
const mostDead = 1.5;
const leastDead = 200;

/** Entries of columns or rows one after the other: those of the n-th are [starts[n], starts[n + 1]). */
export type Entries = { readonly starts: Int32Array; readonly indices: Int32Array; readonly values: Float64Array };

/** What turns the standing program into the next one; bounds and costs are those of all columns and rows. */
export type Change = {
  /** Rows at the end, with their entries in the columns that stood before. */
  readonly addedRows: Entries;
  /** Columns at the end, with entries in all rows. */
  readonly addedColumns: Entries;
  readonly costs: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rowUpper: Float64Array;
};

/** Where the columns and rows of a program stand. */
export type Places = { readonly columns: Int32Array; readonly rows: Int32Array };

/** `other`: too little is the same; the places are where the old program had what is known, and beyond it what is not. */
export type Next =
  | (Places & { readonly kind: 'changed'; readonly change: Change })
  | (Places & { readonly kind: 'other' });

/**
 * The program that stands in an engine while a site's programs follow each other. Columns and rows are known again by
 * name. What is gone stays, held at nothing: a column at 0, a row at what its columns can reach.
 */
export class StandingProgram {
  readonly #owners = new Map<string, number>();
  readonly #columns = new Register();
  readonly #rows = new Register();
  /** For each standing column: where its entries begin, and how many there are. */
  readonly #starts: number[] = [];
  readonly #counts: number[] = [];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  /** Stands for a program that an engine has. */
  constructor(program: NamedProgram) {
    const rows = this.#rows.placesOf(this.#keysOf(program.rowNames));
    for (const column of this.#columns.placesOf(this.#keysOf(program.columnNames))) {
      this.#append(program.program, column, rows);
    }
  }

  /** What has to change so that a program stands, or that it has to be built anew; after that this one stands no more. */
  next({ program, columnNames, rowNames }: NamedProgram): Next {
    const rowsBefore = this.#rows.count;
    const columnsBefore = this.#columns.count;
    const rows = this.#rows.placesOf(this.#keysOf(rowNames));
    const columns = this.#columns.placesOf(this.#keysOf(columnNames));
    const isTooLarge =
      this.#rows.count > rows.length * mostDead + leastDead ||
      this.#columns.count > columns.length * mostDead + leastDead;
    if (isTooLarge) return { kind: 'other', columns, rows };
    const bounds = this.#boundsOf(program, rows, columns);
    const isThere = new Uint8Array(this.#rows.count);
    for (const row of rows) isThere[row] = 1;
    const newEntries = Array.from({ length: this.#rows.count - rowsBefore }, (): List => ({ indices: [], values: [] }));
    for (const [column, place] of columns.entries()) {
      if (place >= columnsBefore) this.#append(program, column, rows);
      else if (!this.#isSame(program, column, place, rows)) {
        if (!this.#adopt(program, column, place, { rows, rowsBefore, newEntries, isThere, bounds })) {
          return { kind: 'other', columns, rows };
        }
      }
    }
    const addedColumns = this.#columnsFrom(columnsBefore);
    return { kind: 'changed', columns, rows, change: { ...bounds, addedRows: joined(newEntries), addedColumns } };
  }

  #boundsOf({ costs, lower, upper, rowUpper }: LinearProgram, rows: Int32Array, columns: Int32Array): Bounds {
    const count = this.#columns.count;
    const bounds = {
      costs: new Float64Array(count),
      lower: new Float64Array(count),
      upper: new Float64Array(count),
      rowUpper: new Float64Array(this.#rows.count),
    };
    for (const [column, place] of columns.entries()) {
      bounds.costs[place] = costs[column] ?? 0;
      bounds.lower[place] = lower?.[column] ?? 0;
      bounds.upper[place] = upper[column] ?? 0;
    }
    for (const [row, place] of rows.entries()) bounds.rowUpper[place] = rowUpper[row] ?? 0;
    return bounds;
  }

  #append({ starts, rowIndices, values }: LinearProgram, column: number, rows: Int32Array): void {
    const from = starts[column] ?? 0;
    const to = starts[column + 1] ?? 0;
    this.#starts.push(this.#indices.length);
    this.#counts.push(to - from);
    for (let entry = from; entry < to; entry += 1) {
      this.#indices.push(rows[rowIndices[entry] ?? -1] ?? -1);
      this.#values.push(values[entry] ?? 0);
    }
  }

  #isSame({ starts, rowIndices, values }: LinearProgram, column: number, place: number, rows: Int32Array): boolean {
    const from = starts[column] ?? 0;
    const count = (starts[column + 1] ?? 0) - from;
    const own = this.#starts[place] ?? 0;
    if (this.#counts[place] !== count) return false;
    for (let entry = 0; entry < count; entry += 1) {
      if (this.#indices[own + entry] !== rows[rowIndices[from + entry] ?? -1]) return false;
      if (this.#values[own + entry] !== values[from + entry]) return false;
    }
    return true;
  }

  /** Gives a standing column its entries in rows that are new; false if one of its coefficients is another. */
  #adopt(program: LinearProgram, column: number, place: number, adoption: Adoption): boolean {
    const { rows, rowsBefore, newEntries, isThere, bounds } = adoption;
    const own = this.#starts[place] ?? 0;
    const left = new Map<number, number>();
    for (let entry = own; entry < own + (this.#counts[place] ?? 0); entry += 1) {
      left.set(this.#indices[entry] ?? -1, this.#values[entry] ?? 0);
    }
    const all = new Map(left);
    for (let entry = program.starts[column] ?? 0; entry < (program.starts[column + 1] ?? 0); entry += 1) {
      const row = rows[program.rowIndices[entry] ?? -1] ?? -1;
      const value = program.values[entry] ?? 0;
      const known = left.get(row);
      left.delete(row);
      if (known === value) continue;
      const added = newEntries[row - rowsBefore];
      if (known !== undefined || added === undefined) return false;
      added.indices.push(place);
      added.values.push(value);
      all.set(row, value);
    }
    if (all.size > (this.#counts[place] ?? 0)) this.#move(place, all);
    // rows that are not in the program limit nothing: their columns may have all they can
    for (const [row, value] of left) {
      if (isThere[row] === 1) return false;
      bounds.rowUpper[row] = (bounds.rowUpper[row] ?? 0) + Math.max(0, value) * (bounds.upper[place] ?? 0);
    }
    return true;
  }

  #move(place: number, entries: ReadonlyMap<number, number>): void {
    this.#starts[place] = this.#indices.length;
    this.#counts[place] = entries.size;
    this.#indices.push(...entries.keys());
    this.#values.push(...entries.values());
  }

  #columnsFrom(place: number): Entries {
    return joined(
      this.#starts.slice(place).map((start, offset) => {
        const end = start + (this.#counts[place + offset] ?? 0);
        return { indices: this.#indices.slice(start, end), values: this.#values.slice(start, end) };
      }),
    );
  }

  #keysOf({ owners, slots }: Names): Float64Array {
    let last: string | undefined;
    let base = 0;
    return Float64Array.from(owners, (owner, index) => {
      if (owner !== last) base = this.#idOf(owner) * slotsInAll;
      last = owner;
      return base + (slots[index] ?? 0);
    });
  }

  #idOf(owner: string): number {
    const known = this.#owners.get(owner) ?? this.#owners.size;
    this.#owners.set(owner, known);
    return known;
  }
}

type Bounds = Omit<Change, 'addedRows' | 'addedColumns'>;
/** Entries of one column or row. */
type List = { readonly indices: number[]; readonly values: number[] };

type Adoption = {
  readonly rows: Int32Array;
  readonly rowsBefore: number;
  /** For each row that is new: its entries in columns that stood before. */
  readonly newEntries: readonly List[];
  /** For each standing row: 1 if the program has it. */
  readonly isThere: Uint8Array;
  readonly bounds: Pick<Bounds, 'upper' | 'rowUpper'>;
};

/** Places in the order in which keys were first seen. */
class Register {
  readonly #placeOf = new Map<number, number>();
  readonly #keys: number[] = [];

  get count(): number {
    return this.#keys.length;
  }

  placesOf(keys: Float64Array): Int32Array {
    let before = -1;
    return Int32Array.from(keys, (key) => {
      // what was seen one after the other mostly comes so again
      before = this.#keys[before + 1] === key ? before + 1 : this.#find(key);
      return before;
    });
  }

  #find(key: number): number {
    const known = this.#placeOf.get(key);
    if (known !== undefined) return known;
    this.#placeOf.set(key, this.#keys.length);
    return this.#keys.push(key) - 1;
  }
}

function joined(lists: readonly List[]): Entries {
  const starts = [0];
  for (const { indices } of lists) starts.push((starts.at(-1) ?? 0) + indices.length);
  return {
    starts: Int32Array.from(starts),
    indices: Int32Array.from(lists.flatMap(({ indices }) => indices)),
    values: Float64Array.from(lists.flatMap(({ values }) => values)),
  };
}
