import type { LinearProgram } from './program-form.ts';
import type { Problem } from './problem.ts';
import type { Program } from './program.ts';

/** A share that an engine found is kept but for its rounding noise. */
const kept = 1 - 1e-7;

/**
 * Max-min fairness, first stage: the program with one column more, the share of its energy that every car gets at
 * least, which is to be as large as possible. Still in packing form.
 */
export function fairestShareProgram(problem: Problem, program: Program): LinearProgram {
  const rows = shareRows(problem, program);
  const extended = withShareRows(program, rows, () => 0);
  const base = program.program.rowUpper.length;
  const entries = rows.map(({ energyKwh }, index) => ({ row: base + index, value: energyKwh }));
  return {
    ...extended,
    costs: Float64Array.from([...extended.costs.map(() => 0), -1]),
    upper: Float64Array.from([...extended.upper, 1]),
    starts: Int32Array.from([...extended.starts, extended.rowIndices.length + entries.length]),
    rowIndices: Int32Array.from([...extended.rowIndices, ...entries.map(({ row }) => row)]),
    values: Float64Array.from([...extended.values, ...entries.map(({ value }) => value)]),
    offset: 0,
  };
}

/** Second stage: the cheapest plan in which every car gets at least `share` of its energy. */
export function fairProgram(problem: Problem, program: Program, share: number): LinearProgram {
  const rows = shareRows(problem, program);
  return withShareRows(program, rows, (energyKwh) => -share * kept * energyKwh);
}

type ShareRow = { readonly energyRow: number; readonly energyKwh: number };

/** Cars that can be charged at all: one that cannot would hold everybody at nothing. */
function shareRows({ cars }: Problem, { layout }: Program): readonly ShareRow[] {
  return cars.flatMap(({ energyKwh }, index) => {
    const energyRow = layout.energyRow[index] ?? -1;
    return energyRow < 0 ? [] : [{ energyRow, energyKwh }];
  });
}

/** Below the rows of the program: −served ≤ upper, for each car. */
function withShareRows(
  { program }: Program,
  rows: readonly ShareRow[],
  upper: (energyKwh: number) => number,
): LinearProgram {
  const base = program.rowUpper.length;
  const shareRowOf = new Map(rows.map(({ energyRow }, index) => [energyRow, base + index]));
  const starts: number[] = [];
  const rowIndices: number[] = [];
  const values: number[] = [];
  for (let column = 0; column < program.costs.length; column += 1) {
    starts.push(rowIndices.length);
    for (let entry = program.starts[column] ?? 0; entry < (program.starts[column + 1] ?? 0); entry += 1) {
      const row = program.rowIndices[entry] ?? -1;
      const value = program.values[entry] ?? 0;
      rowIndices.push(row);
      values.push(value);
      const shareRow = shareRowOf.get(row);
      if (shareRow === undefined) continue;
      rowIndices.push(shareRow);
      values.push(-value);
    }
  }
  return {
    ...program,
    rowUpper: Float64Array.from([...program.rowUpper, ...rows.map(({ energyKwh }) => upper(energyKwh))]),
    starts: Int32Array.from([...starts, rowIndices.length]),
    rowIndices: Int32Array.from(rowIndices),
    values: Float64Array.from(values),
  };
}
