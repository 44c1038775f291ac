import type { ChargingRateUnit, ChargingSchedulePeriod } from './charging-profile.ts';

/**
 * What the hardware of a connector, or a share that was allotted to it, allows over time. The first period also holds
 * before `startS` (seconds since the epoch) and the last one for ever: without a profile this is the limit. Periods
 * begin at 0 and ascend.
 */
export type LocalLimit = {
  readonly startS: number;
  readonly chargingRateUnit: ChargingRateUnit;
  readonly chargingSchedulePeriod: readonly ChargingSchedulePeriod[];
};

/** A charge point as smart charging sees it: its connectors and what it admits (OCPP 1.6 §9.4). */
export type Station = {
  /** One per connector, connector 1 first. */
  readonly localLimits: readonly LocalLimit[];
  /** Phase to neutral. */
  readonly nominalVoltageV: number;
  readonly hasSmartCharging: boolean;
  /** ChargingScheduleAllowedChargingRateUnit; the first answers a GetCompositeSchedule.req that names none. */
  readonly allowedUnits: readonly [ChargingRateUnit, ...ChargingRateUnit[]];
  /** ChargeProfileMaxStackLevel; absent: any level. */
  readonly maxStackLevel?: number;
  /** ChargingScheduleMaxPeriods, of what is set, not of what is answered; absent: any number. */
  readonly maxPeriods?: number;
  /** MaxChargingProfilesInstalled; absent: any number. */
  readonly maxProfiles?: number;
  /**
   * Where a chargingProfileId is unique. By §5.16.3 on the station, the default; some central systems send one id to
   * every connector and mean one profile each.
   */
  readonly profileIdScope?: 'station' | 'connector';
};

/** A limit that never changes. */
export function constantLimit(chargingRateUnit: ChargingRateUnit, limit: number, numberPhases?: number): LocalLimit {
  const period = { startPeriod: 0, limit, ...(numberPhases === undefined ? {} : { numberPhases }) };
  return { startS: 0, chargingRateUnit, chargingSchedulePeriod: [period] };
}
