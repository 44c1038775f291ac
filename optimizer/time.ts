const form = /^(\d{4}-\d\d-(\d\d))T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Seconds since the epoch of an ISO 8601 time, fractions of a second cut off; undefined for what is no time. A time
 * without zone is UTC: OCPP 1.6 §3.13 recommends UTC, and many senders then leave the Z away.
 */
export function epochSeconds(text: string): number | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [, date, day, hour, minute, second = '0', zone = 'Z'] = parts;
  const midnightMs = Date.parse(`${date}T00:00Z`);
  const secondOfDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  // Date.parse takes 30 February for 1 March
  if (new Date(midnightMs).getUTCDate() !== Number(day)) return undefined;
  if (secondOfDay > 86_400 || Number(minute) > 59 || Number(second) > 60) return undefined;
  return midnightMs / 1000 + secondOfDay - zoneOffsetS(zone);
}

/** The time as ISO 8601 text in UTC, whole seconds: `2024-01-10T08:00:00Z`. */
export function isoTime(atS: number): string {
  return new Date(atS * 1000).toISOString().replace('.000', '');
}

/** `+01:00` → 3600. */
function zoneOffsetS(zone: string): number {
  if (zone.length === 1) return 0;
  const offsetS = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60;
  return zone.startsWith('-') ? -offsetS : offsetS;
}
