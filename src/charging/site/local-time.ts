import { Temporal } from 'temporal-polyfill';

/**
 * The first time after `afterS` at which clocks on the wall show this minute of the day. A time that a change of clocks
 * leaves out is an hour later; of two, it is the first.
 */
export function nextLocalMinuteS(timezone: string, minute: number, afterS: number): number {
  const after = Temporal.Instant.fromEpochMilliseconds(afterS * 1000).toZonedDateTimeISO(timezone);
  const time = new Temporal.PlainTime(Math.floor(minute / 60) % 24, minute % 60);
  for (const days of [0, 1]) {
    const atS = after.add({ days }).withPlainTime(time).epochMilliseconds / 1000;
    if (atS > afterS) return atS;
  }
  return after.add({ days: 2 }).withPlainTime(time).epochMilliseconds / 1000;
}
