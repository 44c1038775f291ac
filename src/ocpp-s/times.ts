/** A time as it stood on the wire, as UTC to the second: `YYYY-MM-DDThh:mm:ssZ`. */
export type WireTime = {
  readonly utc: string;
  /** False when no zone was given and UTC was assumed. */
  readonly zoned: boolean;
};

const form = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|z|[+-]\d\d:?\d\d)?$/;

/**
 * Reads xs:dateTime (XML Schema Part 2 §3.2.7) and what chargers write instead: a blank for the `T`, `+0200`, no zone.
 * Fractions are cut off. Undefined for what is no time at all, such as 29 February 2022. The text is already trimmed.
 */
export function parseTime(text: string): WireTime | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', zone] = match;
  if (!isDate(Number(year), Number(month), Number(day)) || !isClock(Number(hour), Number(minute), Number(second))) {
    return undefined;
  }
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  if (hour !== '24' && (zone === undefined || zone === 'Z' || zone === 'z')) {
    return { utc: written, zoned: zone !== undefined };
  }
  return shift(written, zone);
}

function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** `24:00:00` is legal: midnight at the end of that day. */
function isClock(hour: number, minute: number, second: number): boolean {
  return (hour < 24 && minute < 60 && second < 60) || (hour === 24 && minute === 0 && second === 0);
}

function shift(written: string, zone: string | undefined): WireTime | undefined {
  const offset = offsetMinutes(zone ?? 'Z');
  if (offset === undefined) return undefined;
  const utc = new Date(Date.parse(written) - offset * 60_000).toISOString();
  // XML Schema knows no year 0, and beyond 9999 the form has more digits.
  return utc.length === 24 && !utc.startsWith('0000')
    ? { utc: `${utc.slice(0, 19)}Z`, zoned: zone !== undefined }
    : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  const offset = hours * 60 + minutes;
  if (minutes > 59 || offset > 14 * 60) return undefined;
  return zone.startsWith('-') ? -offset : offset;
}
