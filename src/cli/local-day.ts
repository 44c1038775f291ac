import { Temporal } from 'temporal-polyfill';

/** The local day that a moment lies in, from midnight to midnight, in seconds since the epoch: 23 to 25 hours. */
export function localDay(
  timezone: string,
  nowMs: number,
): { readonly date: string; readonly startS: number; readonly endS: number } {
  const start = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timezone).startOfDay();
  const end = start.add({ days: 1 });
  return {
    date: start.toPlainDate().toString(),
    startS: start.epochMilliseconds / 1000,
    endS: end.epochMilliseconds / 1000,
  };
}
