import { type Spread, spreadOf } from './statistics.ts';

/** What a measurement is held against. */
export type Goal = { readonly text: string; readonly met: boolean };

/** One line of the table; without goals, the number explains another. */
export type Row = {
  readonly measure: string;
  readonly unit: string;
  /** What the first release had to reach. */
  readonly first: Goal | undefined;
  /** Where it must end. */
  readonly final: Goal | undefined;
  readonly measured: Spread;
  readonly note: string;
};

type Words = { readonly measure: string; readonly unit: string; readonly note?: string };

/** What the median must reach in the first release, and in the end. */
type Limits = { readonly first?: number; readonly final?: number };

/** A measurement that must not exceed its limits. */
export function rowAtMost(words: Words, limits: Limits, values: readonly number[]): Row {
  const row = rowOf(words, values);
  const { median } = row.measured;
  return { ...row, ...goalsOf('≤', words.unit, limits, (limit) => median <= limit) };
}

/** A measurement that must reach its limits. */
export function rowAtLeast(words: Words, limits: Limits, values: readonly number[]): Row {
  const row = rowOf(words, values);
  const { median } = row.measured;
  return { ...row, ...goalsOf('≥', words.unit, limits, (limit) => median >= limit) };
}

/** A measurement without goal. */
export function rowOf(words: Words, values: readonly number[]): Row {
  return { note: '', ...words, first: undefined, final: undefined, measured: spreadOf(values) };
}

function goalsOf(sign: string, unit: string, { first, final }: Limits, isMet: (limit: number) => boolean) {
  const goal = (limit: number | undefined): Goal | undefined =>
    limit === undefined ? undefined : { text: `${sign} ${plain(limit)} ${unit}`, met: isMet(limit) };
  return { first: goal(first), final: goal(final) };
}

/** Three digits that count. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
