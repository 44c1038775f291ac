/**
 * A linear program in packing form: minimise costs · x + offset with rows ≤ rowUpper and 0 ≤ x ≤ upper. With rowUpper
 * ≥ 0 the origin is feasible. The matrix is sparse, column by column (CSC): column c has the entries
 * [starts[c], starts[c + 1]) of rowIndices and values.
 */
export type LinearProgram = {
  readonly costs: Float64Array;
  readonly upper: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly rowIndices: Int32Array;
  readonly values: Float64Array;
  readonly offset: number;
  /** Lower bounds of the columns; absent: 0. */
  readonly lower?: Float64Array;
};

/** What a column or row is known again by in the next program of the same site: an owner, and a slot since the epoch or 0. */
export type Names = { readonly owners: readonly string[]; readonly slots: readonly number[] };

/** A linear program whose columns and rows have names. */
export type NamedProgram = {
  readonly program: LinearProgram;
  readonly columnNames: Names;
  readonly rowNames: Names;
};

/** What an engine says; nobody trusts it before it is checked. */
export type Solution =
  | {
      readonly kind: 'solved';
      /** False: the deadline came first, and this is the best plan so far. */
      readonly isOptimal: boolean;
      readonly values: Float64Array;
      /** Price of each row, ≤ 0. */
      readonly rowDuals: Float64Array;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** An engine that is loaded: it answers at once, or when `timeLimitMs` is over. */
export type Engine = {
  readonly name: 'highs' | 'javascript-lp-solver';
  /** A program by itself, from nothing. */
  solve(program: LinearProgram, options: SolveOptions): Solution;
  /** Begins a course of programs; whoever begins it ends it. */
  begin(): Course;
  /**
   * Values of a program in which each of `columns` is 0 or at least its lower bound, no farther from the best ones than
   * `gap`, relative; or the best ones in time, or undefined. Not every engine can.
   */
  choose?(program: LinearProgram, columns: readonly number[], options: ChooseOptions): Float64Array | undefined;
};

/** Programs of one site after each other, each solved from where the last one ended, as far as the engine can. */
export type Course = {
  solve(program: NamedProgram, options: SolveOptions): Solution;
  end(): void;
};

export type SolveOptions = { readonly timeLimitMs: number };
export type ChooseOptions = SolveOptions & { readonly gap: number };
