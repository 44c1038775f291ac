import type { ChargingProfile, ChargingSchedule } from './charging-profile.ts';
import type { RunningTransaction } from './profile-store.ts';
import type { Station } from './station.ts';
import { epochSeconds } from './time.ts';

/**
 * Why a well-formed profile is answered Rejected, in words; undefined when it may be stored. The standard names no
 * status for most of these: Rejected says that the profile was understood and is not carried out (OCPP 1.6 §7.11).
 */
export function objection(
  station: Station,
  connectorId: number,
  profile: ChargingProfile,
  transaction: RunningTransaction | undefined,
): string | undefined {
  return (
    objectionToPurpose(connectorId, profile, transaction) ??
    objectionToKind(profile) ??
    objectionToValidity(profile) ??
    objectionToSchedule(profile.chargingSchedule) ??
    objectionToSize(station, profile)
  );
}

function objectionToPurpose(
  connectorId: number,
  { chargingProfilePurpose: purpose, transactionId }: ChargingProfile,
  transaction: RunningTransaction | undefined,
): string | undefined {
  if (purpose === 'ChargePointMaxProfile' && connectorId > 0) return 'ChargePointMaxProfile belongs to connector 0';
  if (purpose !== 'TxProfile') return undefined;
  if (connectorId === 0) return 'TxProfile belongs to a connector, not to connector 0';
  if (transaction === undefined) return 'TxProfile without a running transaction';
  if (transactionId === undefined || transactionId === transaction.transactionId) return undefined;
  return `transaction ${transactionId} does not run on connector ${connectorId}`;
}

/** Without both, a recurrence has no period or no anchor (errata 3.79). */
function objectionToKind(profile: ChargingProfile): string | undefined {
  if (profile.chargingProfileKind !== 'Recurring') return undefined;
  if (profile.recurrencyKind === undefined) return 'Recurring without recurrencyKind';
  return profile.chargingSchedule.startSchedule === undefined ? 'Recurring without startSchedule' : undefined;
}

function objectionToValidity({ validFrom, validTo }: ChargingProfile): string | undefined {
  if (validFrom === undefined || validTo === undefined) return undefined;
  const isEmpty = (epochSeconds(validTo) ?? 0) <= (epochSeconds(validFrom) ?? 0);
  return isEmpty ? 'validTo is not after validFrom' : undefined;
}

function objectionToSchedule({ duration = 1, chargingSchedulePeriod }: ChargingSchedule): string | undefined {
  if (duration <= 0) return `duration ${duration}`;
  let earliest = 0;
  for (const [index, { startPeriod, limit, numberPhases = 3 }] of chargingSchedulePeriod.entries()) {
    // errata 3.45, 3.70
    if (index === 0 && startPeriod !== 0) return `first startPeriod is ${startPeriod}, not 0`;
    if (startPeriod < earliest) return `startPeriod ${startPeriod} does not come after the one before it`;
    if (!Number.isFinite(limit) || limit < 0) return `limit ${limit}`;
    if (numberPhases < 1 || numberPhases > 3) return `numberPhases ${numberPhases}`;
    earliest = startPeriod + 1;
  }
  return undefined;
}

/** What the keys of §9.4 admit. */
function objectionToSize(station: Station, { stackLevel, chargingSchedule }: ChargingProfile): string | undefined {
  const { maxStackLevel = Number.POSITIVE_INFINITY, maxPeriods = Number.POSITIVE_INFINITY } = station;
  const { chargingRateUnit, chargingSchedulePeriod } = chargingSchedule;
  if (stackLevel < 0) return `stackLevel ${stackLevel}`;
  if (stackLevel > maxStackLevel) return `stackLevel above ${maxStackLevel} (ChargeProfileMaxStackLevel)`;
  if (chargingSchedulePeriod.length > maxPeriods) return `more than ${maxPeriods} periods (ChargingScheduleMaxPeriods)`;
  if (station.allowedUnits.includes(chargingRateUnit)) return undefined;
  return `unit ${chargingRateUnit} (ChargingScheduleAllowedChargingRateUnit)`;
}
