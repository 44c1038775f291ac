import { type Spread, spreadOf } from './statistics.ts';

/** One line of the table. */
export type Row = {
  readonly measure: string;
  /** Empty where there is none: the number explains another. */
  readonly goal: string;
  readonly unit: string;
  readonly measured: Spread;
  readonly met: boolean | undefined;
  readonly note: string;
};

type Words = { readonly measure: string; readonly unit: string; readonly note?: string };

/** A measurement that must not exceed `atMost`. */
export function rowAtMost(words: Words, atMost: number, values: readonly number[]): Row {
  const measured = spreadOf(values);
  const goal = `≤ ${plain(atMost)} ${words.unit}`;
  return { note: '', ...words, goal, measured, met: measured.median <= atMost };
}

/** A measurement that must reach `atLeast`. */
export function rowAtLeast(words: Words, atLeast: number, values: readonly number[]): Row {
  const measured = spreadOf(values);
  const goal = `≥ ${plain(atLeast)} ${words.unit}`;
  return { note: '', ...words, goal, measured, met: measured.median >= atLeast };
}

/** A measurement without goal. */
export function rowOf(words: Words, values: readonly number[]): Row {
  return { note: '', ...words, goal: '', measured: spreadOf(values), met: undefined };
}

/** Three digits that count. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
