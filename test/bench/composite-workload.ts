import type { ChargingProfile } from '../../optimizer/charging-profile.ts';
import type { CompositeQuery } from '../../optimizer/composite.ts';
import type { ProfileStore } from '../../optimizer/profile-store.ts';
import { constantLimit, type Station } from '../../optimizer/station.ts';
import { isoTime } from '../../optimizer/time.ts';

/** A stack of daily profiles on one connector, and a question that meets every one of its segments. */
export type Workload = {
  readonly segments: number;
  readonly station: Station;
  readonly store: ProfileStore;
  readonly query: CompositeQuery;
};

const dayS = 86_400;
const mondayS = Date.UTC(2024, 0, 1) / 1000;

export const oneConnector: Station = {
  localLimits: [constantLimit('A', 63)],
  nominalVoltageV: 230,
  hasSmartCharging: true,
  allowedUnits: ['A', 'W'],
};

/** Each profile runs for another part of the day, so that every level shows somewhere. */
export function workload(profiles: number, periods: number, days: number): Workload {
  const installed = Array.from({ length: profiles }, (_, level) => ({
    connectorId: 1,
    receivedAtS: mondayS,
    profile: dailyProfile(level, periods, Math.floor(dayS / (1 + level / 2))),
  }));
  return {
    segments: profiles * periods * days,
    station: oneConnector,
    store: { profiles: installed, transactions: [] },
    query: { connectorId: 1, startS: mondayS, durationS: days * dayS, unit: 'A' },
  };
}

function dailyProfile(stackLevel: number, periods: number, durationS: number): ChargingProfile {
  const stepS = Math.floor(durationS / periods);
  return {
    chargingProfileId: stackLevel + 1,
    stackLevel,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Recurring',
    recurrencyKind: 'Daily',
    chargingSchedule: {
      duration: durationS,
      startSchedule: isoTime(mondayS + stackLevel * 4001),
      chargingRateUnit: stackLevel % 2 === 0 ? 'A' : 'W',
      chargingSchedulePeriod: Array.from({ length: periods }, (_, index) => ({
        startPeriod: index * stepS,
        limit: stackLevel % 2 === 0 ? 6 + ((index * 7) % 27) : 4200 + ((index * 311) % 18_000),
      })),
    },
  };
}

/** What a central system sends for one session: a station limit, a daily tariff, a plan for the transaction, a question. */
export function typicalMessages() {
  const hours = Array.from({ length: 24 }, (_, hour) => ({ startPeriod: hour * 3600, limit: 6 + ((hour * 5) % 27) }));
  const schedule = { startSchedule: isoTime(mondayS), chargingRateUnit: 'A' };
  const stationLimit = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'ChargePointMaxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: { ...schedule, chargingSchedulePeriod: [{ startPeriod: 0, limit: 25 }] },
  };
  const tariff = {
    chargingProfileId: 2,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Recurring',
    recurrencyKind: 'Daily',
    chargingSchedule: { ...schedule, duration: dayS, chargingSchedulePeriod: hours },
  };
  const plan = {
    chargingProfileId: 3,
    transactionId: 7,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      ...schedule,
      duration: dayS / 3,
      chargingSchedulePeriod: hours.slice(0, 8).map((hour) => ({ ...hour, numberPhases: 3 })),
    },
  };
  return {
    startS: mondayS,
    profiles: [
      { connectorId: 0, csChargingProfiles: stationLimit },
      { connectorId: 1, csChargingProfiles: tariff },
      { connectorId: 1, csChargingProfiles: plan },
    ],
    question: { connectorId: 1, duration: dayS, chargingRateUnit: 'A' },
  };
}
