import { createTask, parse } from 'node-cron';
import { Temporal } from 'temporal-polyfill';
import type { CronTimes } from './ports.ts';

/** The minutes at which something is due. */
export type DueTimes = {
  /** The last of them after `afterMs` and not after `untilMs` (ms since the epoch); undefined if there is none. */
  lastWithin(afterMs: number, untilMs: number): number | undefined;
};

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** What was missed is served later, unless it is older than this. */
const missedAtMostMs = dayMs;

/**
 * The minutes that a cron expression names on the clocks of a time zone. One that a change of clocks leaves out is due at
 * the moment of the change; of one that comes twice, the first is due, unless the expression names every hour. Throws for
 * what is no cron expression.
 */
export function dueTimes({ cron, timezone }: CronTimes): DueTimes {
  const names = wallMinutes(cron);
  const namesEveryHour = parse(cron).hour.length === 24;
  const wallOf = wallClock(timezone);
  const isDue = (ms: number): boolean => {
    const wall = wallOf(ms);
    const before = wallOf(ms - minuteMs);
    if (names(wall) && (namesEveryHour || isFirst(timezone, ms))) return true;
    // clocks were put forward: what they left out is due now
    for (let leftOut = before + minuteMs; leftOut < wall; leftOut += minuteMs) if (names(leftOut)) return true;
    return false;
  };
  return {
    lastWithin: (afterMs, untilMs) => {
      for (let ms = untilMs - modulo(untilMs, minuteMs); ms > afterMs; ms -= minuteMs) if (isDue(ms)) return ms;
      return undefined;
    },
  };
}

/** What a look at the clock comes to: something to serve, or how far there is nothing. */
export type Look =
  | { readonly kind: 'due'; readonly dueMs: number }
  | { readonly kind: 'nothing'; readonly servedMs: number };

/**
 * What is to be served at `nowMs`, when all until `servedMs` was: the last due time that is not older than a day, however
 * many were missed. A served time of tomorrow comes from a clock that was wrong, and counts for nothing.
 */
export function lookAt(due: DueTimes, servedMs: number, nowMs: number): Look {
  const sinceMs = servedMs > nowMs + dayMs ? nowMs - minuteMs : servedMs;
  const dueMs = due.lastWithin(Math.max(sinceMs, nowMs - missedAtMostMs), nowMs);
  return dueMs === undefined ? { kind: 'nothing', servedMs: Math.max(sinceMs, nowMs) } : { kind: 'due', dueMs };
}

/** Whether a cron expression names a minute; minutes of the wall clock are given as if they were UTC's. */
function wallMinutes(cron: string): (wallMs: number) => boolean {
  // only asked what the expression means: time is the clock's
  const task = createTask(cron, () => undefined, { timezone: 'UTC' });
  // leaves the list that node-cron keeps of all tasks
  void task.destroy();
  const { minute, hour } = parse(cron);
  const minutes = new Set(minute);
  const hours = new Set(hour);
  // the task's own look takes forty times as long
  return (wallMs) => {
    const wall = new Date(wallMs);
    return minutes.has(wall.getUTCMinutes()) && hours.has(wall.getUTCHours()) && task.match(wall);
  };
}

/** What the clocks of a zone show, as if it were UTC; Temporal is only asked again behind a change of clocks. */
function wallClock(timezone: string): (ms: number) => number {
  let span = spanAt(timezone, 0);
  return (ms) => {
    if (ms < span.fromMs || ms >= span.untilMs) span = spanAt(timezone, ms);
    return ms + span.offsetMs;
  };
}

/** The time between two changes of clocks. */
function spanAt(timezone: string, ms: number) {
  const here = zoned(timezone, ms);
  // a change at this very moment counts as before it
  const change = zoned(timezone, ms + 1).getTimeZoneTransition('previous');
  return {
    fromMs: change?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: here.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: here.offsetNanoseconds / 1e6,
  };
}

/** No earlier moment shows the same on the clock. */
function isFirst(timezone: string, ms: number): boolean {
  const wall = zoned(timezone, ms).toPlainDateTime();
  return wall.toZonedDateTime(timezone, { disambiguation: 'earlier' }).epochMilliseconds === ms;
}

const zoned = (timezone: string, ms: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
