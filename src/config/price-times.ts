import { Temporal } from 'temporal-polyfill';
import { epochSeconds, isoTime } from '../../optimizer/time.ts';

/** A time in seconds since the epoch, or the end of a sentence that says why it is none. */
export type ReadTime =
  | { readonly kind: 'time'; readonly atS: number }
  | { readonly kind: 'wrong'; readonly message: string };

const wrong = (message: string): ReadTime => ({ kind: 'wrong', message });

/**
 * Reads a time of a price list: ISO 8601 with a zone, or without one in local time; `31.12.2026 23:00` and
 * `31/12/2026 23:00` as ENTSO-E writes them, the end of an interval left out. When clocks are set back, a local time
 * that occurs twice is the first one that is later than `afterS`, the row above; one that clocks skip is none.
 */
export function readPriceTime(text: string, timezone: string, afterS: number): ReadTime {
  const [start = ''] = text.trim().split(' - ');
  const iso = isoForm(start.trim());
  if (iso === undefined) return wrong(`must be a time such as 2026-03-29T00:00+01:00, not ${shown(text)}`);
  if (/(Z|[+-]\d\d:?\d\d)$/i.test(iso)) {
    const atS = epochSeconds(iso);
    return atS === undefined ? wrong(`must be a time that exists, not ${shown(text)}`) : { kind: 'time', atS };
  }
  return localTime(iso, timezone, afterS);
}

/** `29.03.2026 00:00` → `2026-03-29T00:00`. */
function isoForm(text: string): string | undefined {
  const [, day, month, year, clock] = /^(\d\d)[./](\d\d)[./](\d{4}) (\d\d:\d\d(?::\d\d)?)$/.exec(text) ?? [];
  if (day !== undefined) return `${year}-${month}-${day}T${clock}`;
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  return iso === null ? undefined : `${iso[1]}T${iso[2]}${iso[3] ?? ''}`;
}

function localTime(iso: string, timezone: string, afterS: number): ReadTime {
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from(iso, { overflow: 'reject' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return wrong(`must be a time that exists, not ${shown(iso)}`);
  }
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timezone, { disambiguation }),
  );
  if (earlier === undefined || later === undefined) throw new Error('a local time has an earlier and a later reading');
  if (!earlier.toPlainDateTime().equals(local)) {
    return wrong(`${iso} does not exist in ${timezone}, where clocks are set forward; leave it out, or write the zone`);
  }
  const first = earlier.epochMilliseconds / 1000;
  return { kind: 'time', atS: first > afterS ? first : later.epochMilliseconds / 1000 };
}

/** For the row that is not later than the one above. */
export const notLater = (atS: number, afterS: number): string =>
  `${isoTime(atS)} is not later than ${isoTime(afterS)} in the row above`;

export const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
