import { computed } from '@preact/signals';
import { now } from './live.ts';
import { language } from './preferences.ts';

/** The reader's own kind of a language, such as en-GB, if the browser names one. */
const locale = computed(
  () => navigator.languages.find((each) => each.toLowerCase().startsWith(language.value)) ?? language.value,
);

/** A format that is made when it is first needed, and again for another language: the browser takes its time for each. */
function inLanguage<Format>(make: (locale: string) => Format): () => Format {
  const format = computed(() => make(locale.value));
  return () => format.value;
}

const number = (digits: number, options: Intl.NumberFormatOptions = {}) =>
  inLanguage((spoken) => new Intl.NumberFormat(spoken, { maximumFractionDigits: digits, ...options }));
/** Times are those of the browser's zone. */
const time = (options: Intl.DateTimeFormatOptions) =>
  inLanguage((spoken) => new Intl.DateTimeFormat(spoken, { hour12: false, ...options }));

const minute = { hour: '2-digit', minute: '2-digit' } as const;
const date = { day: 'numeric', month: 'short' } as const;

const formats = {
  whole: number(0),
  fine: number(1),
  tenth: number(1, { minimumFractionDigits: 1 }),
  precise: number(3),
  percent: number(0, { style: 'percent' }),
  clock: time(minute),
  second: time({ ...minute, second: '2-digit' }),
  moment: time({ ...date, ...minute }),
  exact: time({ ...date, ...minute, second: '2-digit' }),
  year: time({ dateStyle: 'medium' }),
  day: time({ ...date, weekday: 'short' }),
  ago: inLanguage((spoken) => new Intl.RelativeTimeFormat(spoken, { numeric: 'always', style: 'narrow' })),
};

const space = '\u202f';

export const count = (value: number) => formats.whole().format(value);
export const fine = (value: number) => formats.fine().format(value);
/** With one decimal always, so that columns of numbers stand in line. */
const tenth = (value: number) => formats.tenth().format(value);

export const percent = (part: number) => formats.percent().format(part);
export const amperes = (value: number) => `${fine(value)}${space}A`;
export const milliseconds = (value: number) => `${value < 10 ? fine(value) : count(value)}${space}ms`;

export function watts(value: number): string {
  return Math.abs(value) < 1_000 ? `${count(value)}${space}W` : `${tenth(value / 1_000)}${space}kW`;
}

export function wattHours(value: number): string {
  return Math.abs(value) < 1_000 ? `${count(value)}${space}Wh` : `${tenth(value / 1_000)}${space}kWh`;
}

export const kilowattHours = (value: number) => `${tenth(value)}${space}kWh`;
export const kilowatts = (value: number) => `${tenth(value)}${space}kW`;

export function bytes(value: number): string {
  if (value < 1_000) return `${count(value)}${space}B`;
  return value < 1_000_000 ? `${tenth(value / 1_000)}${space}kB` : `${tenth(value / 1_000_000)}${space}MB`;
}

/** A currency that the browser does not know is written as it is. */
export function money(value: number, currency: string): string {
  try {
    return new Intl.NumberFormat(locale.value, { style: 'currency', currency }).format(value);
  } catch {
    return `${formats.precise().format(value)} ${currency}`;
  }
}

export const price = (perKwh: number) => formats.precise().format(perKwh);

export const clock = (atMs: number) => formats.clock().format(atMs);
export const second = (atMs: number) => formats.second().format(atMs);

/** To the minute in this year; to the day in another. */
export function moment(atMs: number): string {
  const isThisYear = new Date(atMs).getFullYear() === new Date().getFullYear();
  return (isThisYear ? formats.moment() : formats.year()).format(atMs);
}

export const exact = (atMs: number) => formats.exact().format(atMs);
export const day = (atMs: number) => formats.day().format(atMs);

/** A time that a charger said, as a moment; as it is, if it is none. */
export function said(iso: string): string {
  const atMs = Date.parse(iso);
  return Number.isNaN(atMs) ? iso : moment(atMs);
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago, in the largest unit that fits, counted from the gateway's side of now. */
export function ago(atMs: number): string {
  return formats.ago().format(...inUnits((atMs - now.value) / 1_000));
}

function inUnits(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const [unit, length] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return [Math.trunc(seconds / length), unit];
}

/** A span: `3 d 4 h`, `12 min`, `45 s`. */
export function span(seconds: number): string {
  if (seconds < 60) return `${count(seconds)}${space}s`;
  if (seconds < 3_600) return `${count(Math.trunc(seconds / 60))}${space}min`;
  if (seconds < 86_400) {
    return `${count(Math.trunc(seconds / 3_600))}${space}h ${count(Math.trunc((seconds % 3_600) / 60))}${space}min`;
  }
  return `${count(Math.trunc(seconds / 86_400))}${space}d ${count(Math.trunc((seconds % 86_400) / 3_600))}${space}h`;
}
