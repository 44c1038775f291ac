/** A goal and what was measured for it. */
export type GoalRow = {
  readonly measure: string;
  readonly goal: string;
  readonly measured: string;
  /** Absent: there is no goal, the number is for comparison. */
  readonly isMet?: boolean;
};

/** As Markdown, for the README. */
export function goalsTable(rows: readonly GoalRow[]): string {
  const lines = rows.map(
    ({ measure, goal, measured, isMet }) => `| ${measure} | ${goal} | ${measured} | ${verdictOf(isMet)} |`,
  );
  return ['| measure | goal | measured | |', '|---|---|---|---|', ...lines, ''].join('\n');
}

function verdictOf(isMet: boolean | undefined): string {
  if (isMet === undefined) return '';
  return isMet ? 'met' : '**missed**';
}

/** A row for a number that may be at most, or must be at least, so much. */
export function goalRow(
  measure: string,
  bound: { readonly atMost: number } | { readonly atLeast: number },
  value: number,
  unit = '×',
  note = '',
): GoalRow {
  const isMet = 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
  const goal = 'atMost' in bound ? `≤ ${bound.atMost} ${unit}` : `≥ ${bound.atLeast} ${unit}`;
  return { measure, goal, measured: `${shown(value)} ${unit}${note === '' ? '' : `, ${note}`}`, isMet };
}

function shown(value: number): string {
  return Math.abs(value) < 1e-4 && value !== 0 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
