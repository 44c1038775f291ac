import type { ChargingSchedulePeriod } from './charging-profile.ts';
import type { PlannedProfile } from './plan-result.ts';
import type { Site } from './site.ts';
import { profileId, safeStackLevel } from './stack-safe.ts';
import { isoTime } from './time.ts';

/** Parts of a local day in which chargers that hear nobody wait; minutes since midnight, `to` before `from`: over midnight. */
export type Calendar = { readonly pauses: readonly { readonly fromMinute: number; readonly toMinute: number }[] };

const dayMinutes = 1440;
const dayS = 86_400;
/** 2000-01-01T00:00:00Z: a day that has begun for every charger. */
const epochOfAnchorS = 946_684_800;
/** How far ahead a change of the clock is looked for. */
const outlookDays = 400;

/**
 * The daily calendar over the safe share: nothing in the pauses, the share in between, so that the site still fits. OCPP
 * recurs every 24 hours whatever the clock on the wall does (§3.12.7): the profile ends with the present offset from
 * UTC, and until it is made anew the safe share holds.
 */
export function calendarProfiles(
  site: Site,
  calendar: Calendar,
  safe: readonly PlannedProfile[],
  nowS: number,
): readonly PlannedProfile[] {
  const offsetAt = wallClock(site.timezone);
  const offsetS = offsetAt(nowS);
  const midnightS = Math.floor((nowS + offsetS) / dayS) * dayS - offsetS;
  // the same for every day of this offset, so that the profile is not written anew each day
  const anchorS = (midnightS % dayS) + epochOfAnchorS;
  const validTo = offsetEndS(offsetAt, midnightS);
  return safe.flatMap((share) => {
    const { csChargingProfiles: profile, chargePoint, connectorId } = share;
    const connector = site.connectors.find((own) => own.chargePoint === chargePoint && own.connector === connectorId);
    const limit = profile.chargingSchedule.chargingSchedulePeriod[0]?.limit;
    if (connector === undefined || limit === undefined) return [];
    const schedule = {
      duration: dayS,
      startSchedule: isoTime(anchorS),
      chargingRateUnit: profile.chargingSchedule.chargingRateUnit,
      chargingSchedulePeriod: periodsOf(calendar, limit),
    };
    return [
      {
        chargePoint,
        connectorId,
        csChargingProfiles: {
          chargingProfileId: profileId(connector, 'calendar'),
          stackLevel: safeStackLevel + 1,
          chargingProfilePurpose: 'TxDefaultProfile',
          chargingProfileKind: 'Recurring',
          recurrencyKind: 'Daily',
          ...(validTo === undefined ? {} : { validTo: isoTime(validTo) }),
          chargingSchedule: schedule,
        },
      },
    ];
  });
}

function periodsOf({ pauses }: Calendar, limit: number): readonly ChargingSchedulePeriod[] {
  const isPause = (minute: number) =>
    pauses.some(({ fromMinute, toMinute }) =>
      fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute,
    );
  const borders = pauses.flatMap(({ fromMinute, toMinute }) => [fromMinute, toMinute]).filter((at) => at < dayMinutes);
  const starts = [...new Set([0, ...borders])].toSorted((a, b) => a - b);
  const periods = starts.map((minute) => ({ startPeriod: minute * 60, limit: isPause(minute) ? 0 : limit }));
  return periods.filter((period, index) => index === 0 || period.limit !== periods[index - 1]?.limit);
}

/** The midnight on whose day the offset is another; undefined where clocks never change. */
function offsetEndS(offsetAt: (atS: number) => number, midnightS: number): number | undefined {
  const offsetS = offsetAt(midnightS);
  for (let day = 1; day <= outlookDays; day += 1) {
    const atS = midnightS + day * dayS;
    if (offsetAt(atS + dayS) !== offsetS) return atS;
  }
  return undefined;
}

/** Seconds that the clock on the wall is ahead of UTC. */
function wallClock(timezone: string): (atS: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  return (atS) => {
    const parts = new Map(format.formatToParts(atS * 1000).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wallMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wallMs / 1000 - Math.floor(atS);
  };
}
