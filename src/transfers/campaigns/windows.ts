import { Temporal } from 'temporal-polyfill';
import { type CampaignOrder, type CampaignWindow, type Opening, weekdays } from './ports.ts';

type Windows = Pick<CampaignOrder, 'timezone' | 'windows'>;

type Span = { readonly fromMs: number; readonly toMs: number };

/** In a week each window has come; one more day, since a change of clocks may have shortened the week. */
const daysAhead = 8;

/** Whether updates may begin at a time, ms since the epoch. */
export function isOpen(windows: Windows, atMs: number): boolean {
  return (
    windows.windows.length === 0 || spans(windows, atMs, 0).some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
  );
}

/** How the windows stand; undefined when there are none. */
export function openingOf(windows: Windows, atMs: number): Opening | undefined {
  if (windows.windows.length === 0) return undefined;
  const next = spans(windows, atMs, daysAhead).filter(({ fromMs }) => fromMs > atMs);
  const nextMs = next.length === 0 ? undefined : Math.min(...next.map(({ fromMs }) => fromMs));
  return { open: isOpen(windows, atMs), nextMs };
}

/** Those that begin from yesterday, since one may last over midnight, until so many days ahead. */
function spans({ timezone, windows }: Windows, atMs: number, ahead: number): readonly Span[] {
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone).toPlainDate();
  const days = Array.from({ length: ahead + 2 }, (_, index) => today.add({ days: index - 1 }));
  return days.flatMap((day) =>
    windows.filter((window) => isOnDay(window, day)).map((window) => spanOn(window, day, timezone)),
  );
}

function isOnDay({ days }: CampaignWindow, day: Temporal.PlainDate): boolean {
  return days.some((name) => weekdays.indexOf(name) === day.dayOfWeek - 1);
}

/**
 * A time that a change of clocks leaves out is an hour later; of two, it is the first. A window that lies wholly in what
 * is left out is open for its length all the same: it would be missed for a day, or for a week.
 */
function spanOn({ fromMinute, toMinute }: CampaignWindow, day: Temporal.PlainDate, timezone: string): Span {
  const minutes = toMinute > fromMinute ? toMinute - fromMinute : toMinute + minutesADay - fromMinute;
  const fromMs = atMinute(day, fromMinute, timezone);
  const toMs = atMinute(day, fromMinute + minutes, timezone);
  return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + minutes * 60_000 };
}

const minutesADay = 1440;

function atMinute(day: Temporal.PlainDate, minute: number, timezone: string): number {
  const time = new Temporal.PlainTime(Math.floor(minute / 60) % 24, minute % 60);
  const date = day.add({ days: Math.floor(minute / minutesADay) });
  return date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds;
}
