import type { Payload } from '../../src/gateway/ports.ts';

/** A Relative profile of one limit in amperes; `more` over it. */
export const chargingProfile = (
  chargingProfileId: number,
  chargingProfilePurpose: string,
  limitA: number,
  more: Payload = {},
): Payload => ({
  chargingProfileId,
  stackLevel: 0,
  chargingProfilePurpose,
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: limitA }] },
  ...more,
});

/** Start and limit of every period of a GetCompositeSchedule.conf; its status when there is no schedule. */
export function limitsOf(conf: Payload): unknown {
  const schedule = conf['chargingSchedule'] as Payload | undefined;
  if (schedule === undefined) return conf['status'];
  const periods = schedule['chargingSchedulePeriod'] as readonly Payload[];
  return periods.map(({ startPeriod, limit }) => [startPeriod, limit]);
}
