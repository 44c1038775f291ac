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
  /** Columns whose value is 0 or from `atLeast` to upper. */
  readonly semiContinuous?: readonly { readonly column: number; readonly atLeast: number }[];
  /** Columns whose value is whole. */
  readonly integers?: readonly number[];
};

/** Where a simplex solve ended, a status for each column and row; a similar program may start there. */
export type Basis = { readonly columns: Int32Array; readonly rows: Int32Array };

/** What an engine says; nobody trusts it before it is checked. */
export type Solution =
  | {
      readonly kind: 'solved';
      /** False: the deadline came first, and this is the best plan so far. */
      readonly isOptimal: boolean;
      readonly values: Float64Array;
      /** Price of each row, ≤ 0; absent for programs with whole columns. */
      readonly rowDuals?: Float64Array;
      readonly basis?: Basis;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** An engine that is loaded: it answers at once, or when `timeLimitMs` is over. */
export type Engine = {
  readonly name: 'highs' | 'javascript-lp-solver';
  solve(program: LinearProgram, options: SolveOptions): Solution;
};

/** `mipGap`: relative gap at which a search over whole columns may end; `basis`: where to start. */
export type SolveOptions = { readonly timeLimitMs: number; readonly mipGap?: number; readonly basis?: Basis };
