import type { ChargingProfile, ChargingSchedulePeriod } from './charging-profile.ts';
import { exactLimit, type Limit } from './exact.ts';
import type { InstalledProfile } from './profile-store.ts';
import type { LocalLimit } from './station.ts';
import { epochSeconds } from './time.ts';

/**
 * A schedule prepared for looking up: what it allows at a second is found by bisection. All times are whole seconds;
 * `startsS` and `spanS` count from the anchor, the rest from the epoch.
 */
export type Track = {
  readonly stackLevel: number;
  /** Undefined: the start of charging. */
  readonly anchorS: number | undefined;
  /** Undefined: it runs once. */
  readonly recurrenceS: number | undefined;
  /** It covers [anchor, anchor + span), in each recurrence. */
  readonly spanS: number;
  readonly validFromS: number;
  readonly validToS: number;
  /** Ascending, one for each of `limits`. */
  readonly startsS: readonly number[];
  readonly limits: readonly Limit[];
};

const recurrencesS = { Daily: 86_400, Weekly: 604_800 } as const;

/** Prepares an installed profile; it is active when it is valid, its schedule has begun and has not ended (errata 3.43). */
export function profileTrack({ profile, receivedAtS }: InstalledProfile): Track {
  const { chargingSchedule, stackLevel, validFrom, validTo } = profile;
  const recurrenceS = recurrenceOf(profile);
  // errata 3.44: what reaches beyond the recurrence never runs
  const spanS = Math.min(
    chargingSchedule.duration ?? Number.POSITIVE_INFINITY,
    recurrenceS ?? Number.POSITIVE_INFINITY,
  );
  return {
    stackLevel,
    anchorS: anchorOf(profile, receivedAtS),
    recurrenceS,
    spanS,
    validFromS: secondsOr(Number.NEGATIVE_INFINITY, validFrom),
    validToS: secondsOr(Number.POSITIVE_INFINITY, validTo),
    // §5.16.4: periods at or after the duration are not executed
    ...periodsBefore(spanS, chargingSchedule),
  };
}

/** Prepares a local limit, which always holds. */
export function localTrack({ startS, ...schedule }: LocalLimit): Track {
  const { startsS, limits } = periodsBefore(Number.POSITIVE_INFINITY, schedule);
  return {
    stackLevel: 0,
    anchorS: startS,
    recurrenceS: undefined,
    spanS: Number.POSITIVE_INFINITY,
    validFromS: Number.NEGATIVE_INFINITY,
    validToS: Number.POSITIVE_INFINITY,
    startsS: [Number.NEGATIVE_INFINITY, ...startsS.slice(1)],
    limits,
  };
}

/** Recurring: only with its kind; on other kinds recurrencyKind means nothing (errata 3.56). */
function recurrenceOf({ chargingProfileKind, recurrencyKind }: ChargingProfile): number | undefined {
  if (chargingProfileKind !== 'Recurring' || recurrencyKind === undefined) return undefined;
  return recurrencesS[recurrencyKind];
}

/**
 * Relative, or without startSchedule: the start of charging (§7.9, §7.13). A station limit has no such start, so it
 * counts from its receipt.
 */
function anchorOf(profile: ChargingProfile, receivedAtS: number): number | undefined {
  const { chargingProfileKind, chargingProfilePurpose, chargingSchedule } = profile;
  const given = chargingProfileKind === 'Relative' ? undefined : chargingSchedule.startSchedule;
  if (given !== undefined) return epochSeconds(given);
  return chargingProfilePurpose === 'ChargePointMaxProfile' ? receivedAtS : undefined;
}

function secondsOr(otherwise: number, time: string | undefined): number {
  return time === undefined ? otherwise : (epochSeconds(time) ?? otherwise);
}

type Periods = Pick<Track, 'startsS' | 'limits'>;

function periodsBefore(
  spanS: number,
  { chargingRateUnit, chargingSchedulePeriod }: Pick<LocalLimit, 'chargingRateUnit' | 'chargingSchedulePeriod'>,
): Periods {
  const executed = chargingSchedulePeriod.filter(({ startPeriod }: ChargingSchedulePeriod) => startPeriod < spanS);
  return {
    startsS: executed.map(({ startPeriod }) => startPeriod),
    limits: executed.map(({ limit, numberPhases }) => exactLimit(chargingRateUnit, limit, numberPhases)),
  };
}
