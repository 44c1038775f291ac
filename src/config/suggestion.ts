import { closest, distance } from 'fastest-levenshtein';

const units: readonly (readonly [RegExp, string])[] = [
  [/[pP]erKwh$/, 'money per kWh'],
  [/PerKwhHour$/, 'money per kWh and hour'],
  [/perKwMonth$/, 'money per kW and month'],
  [/Kwh$/, 'kilowatt-hours'],
  [/Kw$/, 'kilowatts'],
  [/Pct$/, 'percent'],
  [/Hours$/, 'hours'],
  [/Minutes$/, 'minutes'],
  [/Ms$/, 'milliseconds'],
  [/bytesPerS$/, 'bytes per second'],
  [/PerS$/, 'requests per second'],
  [/S$/, 'seconds'],
  [/Days$/, 'days'],
  [/Bytes$/, 'bytes'],
  [/A$/, 'amperes'],
  [/V$/, 'volts'],
];

/** The unit that a key's last letters name, such as seconds for `pingIntervalS`. */
export const unitOf = (key: string): string | undefined => units.find(([ending]) => ending.test(key))?.[1];

const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };
const perSecond: Readonly<Record<string, number>> = {
  milliseconds: 1000,
  seconds: 1,
  minutes: 1 / 60,
  hours: 1 / 3600,
  days: 1 / 86_400,
};

/** `; did you mean 900?` for a number in quotes, or a time such as "15 min" where seconds belong; else nothing. */
export function suggestNumber(wrong: unknown, unit: string | undefined): string {
  const [, digits, word] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(String(wrong)) ?? [];
  if (typeof wrong !== 'string' || digits === undefined) return '';
  if (word === '') return `; did you mean ${digits}, without quotes?`;
  const value = Number(digits) * (seconds[word ?? ''] ?? Number.NaN) * (perSecond[unit ?? ''] ?? Number.NaN);
  return Number.isInteger(value) ? `; did you mean ${value}?` : '';
}

/** `; did you mean "x"?` when one of the candidates is near, else nothing. */
export function suggest(wrong: string, candidates: readonly string[]): string {
  const near = nearest(wrong, candidates);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** The candidate that the wrong word begins, or that differs in two letters (long ones: a third of them). */
function nearest(wrong: string, candidates: readonly string[]): string | undefined {
  const low = wrong.toLowerCase();
  const begun = candidates.filter((candidate) => low.length >= 3 && candidate.toLowerCase().startsWith(low));
  if (begun.length === 1) return begun[0];
  if (candidates.length === 0) return undefined;
  const near = candidates[candidates.map(lower).indexOf(closest(low, candidates.map(lower)))];
  if (near === undefined) return undefined;
  const allowed = Math.min(near.length - 1, Math.max(2, Math.floor(near.length / 3)));
  return distance(low, lower(near)) <= allowed ? near : undefined;
}

const lower = (word: string): string => word.toLowerCase();
