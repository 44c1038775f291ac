import type { LinearProgram, NamedProgram, Names } from '../program-form.ts';
import { type Run, type Runs, settle } from './settled-owners.ts';

/** What may be given away, relative: an engine leaves more. */
const noticeable = 1e-10;
/** Rounding noise of a sum of values. */
const noise = 1e-9;

/** Values of the columns of a program, and prices of its rows, that prove each other. */
export type Optimum = { readonly values: Float64Array; readonly rowDuals: Float64Array };

/**
 * The optimum of a site's last program. Mostly the next program has the same: time has passed, and what was to be done has
 * been done. To prove that by duality takes a part of the time of an engine that finds nothing to do.
 */
export class LastOptimum {
  readonly #columnNames: Names;
  readonly #rowNames: Names;
  readonly #columnRuns: Runs;
  readonly #rowRuns: Runs;
  readonly #optimum: Optimum;

  constructor({ columnNames, rowNames }: NamedProgram, optimum: Optimum) {
    this.#columnNames = columnNames;
    this.#rowNames = rowNames;
    this.#columnRuns = runsOf(columnNames);
    this.#rowRuns = runsOf(rowNames);
    this.#optimum = optimum;
  }

  /** What it comes to in another program, if it is an optimum there. */
  in(named: NamedProgram): LastOptimum | undefined {
    const { program } = named;
    const there = new LastOptimum(named, {
      values: new Float64Array(program.costs.length),
      rowDuals: new Float64Array(program.rowUpper.length),
    });
    const { values, rowDuals } = there.optimum;
    const { values: before, rowDuals: dualsBefore } = this.#optimum;
    carry(this.#columnNames, this.#columnRuns, before, named.columnNames, there.#columnRuns, values);
    carry(this.#rowNames, this.#rowRuns, dualsBefore, named.rowNames, there.#rowRuns, rowDuals);
    for (let column = 0; column < values.length; column += 1) {
      values[column] = Math.min(values[column] ?? 0, program.upper[column] ?? 0);
    }
    settle(named, there.#columnRuns, there.#rowRuns, there.optimum);
    return isProven(program, there.optimum) ? there : undefined;
  }

  get optimum(): Optimum {
    return this.#optimum;
  }
}

/** The names of an owner stand together, slots ascending. */
function runsOf({ owners }: Names): Runs {
  const runs = new Map<string, Run>();
  for (let from = 0; from < owners.length; ) {
    const owner = owners[from] ?? '';
    let to = from + 1;
    while (owners[to] === owner) to += 1;
    runs.set(owner, { from, to });
    from = to;
  }
  return runs;
}

/** What stood under a name is there again under it; what is new stays as it is. */
function carry(
  { slots: slotsBefore }: Names,
  runsBefore: Runs,
  given: Float64Array,
  { slots }: Names,
  runs: Runs,
  into: Float64Array,
): void {
  for (const [owner, { from, to }] of runs) {
    const before = runsBefore.get(owner);
    if (before === undefined) continue;
    let known = before.from;
    for (let index = from; index < to; index += 1) {
      const slot = slots[index] ?? 0;
      while (known < before.to && (slotsBefore[known] ?? 0) < slot) known += 1;
      if (known < before.to && slotsBefore[known] === slot) into[index] = given[known] ?? 0;
    }
  }
}

/** Every row is kept, and what the prices say could be saved (duality) is nothing. */
function isProven(program: LinearProgram, { values, rowDuals }: Optimum): boolean {
  const { costs, upper, rowUpper, starts, rowIndices, values: coefficients, offset } = program;
  const slacks = rowUpper.slice();
  let objective = offset;
  let gap = 0;
  for (let column = 0; column < costs.length; column += 1) {
    const value = values[column] ?? 0;
    let reduced = costs[column] ?? 0;
    objective += reduced * value;
    for (let entry = starts[column] ?? 0; entry < (starts[column + 1] ?? 0); entry += 1) {
      const row = rowIndices[entry] ?? 0;
      const coefficient = coefficients[entry] ?? 0;
      slacks[row] = (slacks[row] ?? 0) - coefficient * value;
      reduced -= (rowDuals[row] ?? 0) * coefficient;
    }
    gap += reduced < 0 ? -reduced * ((upper[column] ?? 0) - value) : reduced * value;
  }
  for (let row = 0; row < slacks.length; row += 1) {
    const slack = slacks[row] ?? 0;
    if (slack < -noise) return false;
    gap -= (rowDuals[row] ?? 0) * Math.max(0, slack);
  }
  return gap <= noticeable * Math.max(1, Math.abs(objective));
}
