import { timeText } from './messages.ts';
import { FormError, integer, number, type Reader, such, text } from './reading.ts';
import type { PerPhase } from './site.ts';
import { epochSeconds } from './time.ts';

/** Kinds of values that the fields of a scenario have. All throw FormError with field, expectation and value. */
export const time: Reader<number> = (value, path) => epochSeconds(timeText(value, path)) ?? 0;
export const finite = such(number, (value) => Number.isFinite(value), 'a finite number');
export const notNegative = such(finite, (value) => value >= 0, '0 or more');
export const positive = such(finite, (value) => value > 0, 'more than 0');
export const percent = such(finite, (value) => value >= 0 && value <= 100, '0 to 100 percent');
export const atLeastOne = such(integer, (value) => value >= 1, 'a whole number from 1 on');
export const phaseCount: Reader<1 | 2 | 3> = (value, path) => {
  const count = such(integer, (given) => given >= 1 && given <= 3, '1, 2 or 3 phases')(value, path);
  return count === 1 || count === 2 ? count : 3;
};

/** A zone that Intl knows, such as Europe/Amsterdam. */
export const timezone: Reader<string> = such(text, isTimezone, 'a time zone such as Europe/Amsterdam');

/** HH:MM as minutes since midnight; 24:00 is the end of the day. */
export const timeOfDay: Reader<number> = (value, path) => {
  const given = such(
    text,
    (clock) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(clock),
    'a time of day such as 07:00',
  )(value, path);
  return Number(given.slice(0, 2)) * 60 + Number(given.slice(3));
};

/** One number for all phases, or one for each of L1, L2, L3. */
export function perPhase(reader: Reader<number>): Reader<PerPhase<number>> {
  return (value, path) => {
    if (!Array.isArray(value)) {
      const all = reader(value, path);
      return [all, all, all];
    }
    const [a, b, c] = value.map((item, index) => reader(item, `${path}[${index}]`));
    if (a === undefined || b === undefined || c === undefined || value.length > 3) {
      throw new FormError(
        'OccurrenceConstraintViolation',
        `${path}: expected one number, or three, found ${value.length}`,
      );
    }
    return [a, b, c];
  };
}

/** A value, or a word that stands for one. */
export function wordOr<T>(word: string, meaning: T, reader: Reader<T>): Reader<T> {
  return (value, path) => (value === word ? meaning : reader(value, path));
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).format(0) !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

/** From one hour to two days; a local day may have 23 or 25. */
export const horizon = such(finite, (hours) => hours >= 1 && hours <= 48, '1 to 48 hours');

const slotLengthsMinutes: readonly number[] = [5, 15, 30, 60];
export const slotLength = such(integer, (minutes) => slotLengthsMinutes.includes(minutes), '5, 15, 30 or 60 minutes');
