import type { ChargingSchedulePeriod } from '../../optimizer/charging-profile.ts';
import { epochSeconds } from '../../optimizer/time.ts';
import type { Workload } from './composite-workload.ts';

/** A stretch in which one profile holds one limit. */
type Segment = { readonly fromS: number; readonly toS: number; readonly level: number; readonly tenthsA: number };

/**
 * The reference: the same composite by looking at every segment again at every border, which is how it is done when
 * nothing is sorted. For workloads of daily profiles on one connector; `earlyExit` sorts the segments by level first and
 * stops at the first that is active.
 */
export function scanComposite(workload: Workload, earlyExit: boolean): ChargingSchedulePeriod[] {
  const { startS, durationS } = workload.query;
  const segments = segmentsOf(workload);
  if (earlyExit) segments.sort((a, b) => b.level - a.level);
  const borders = new Set([startS, ...segments.flatMap(({ fromS, toS }) => [fromS, toS])]);
  const inside = [...borders].filter((atS) => atS >= startS && atS < startS + durationS).toSorted((a, b) => a - b);
  const localTenthsA = (workload.station.localLimits[0]?.chargingSchedulePeriod[0]?.limit ?? 0) * 10;
  const periods: ChargingSchedulePeriod[] = [];
  for (const atS of inside) {
    const active = earlyExit ? segments.find((one) => isActive(one, atS)) : highestActive(segments, atS);
    const limit = Math.min(localTenthsA, active?.tenthsA ?? localTenthsA) / 10;
    if (periods.at(-1)?.limit !== limit) periods.push({ startPeriod: atS - startS, limit });
  }
  return periods;
}

function highestActive(segments: readonly Segment[], atS: number): Segment | undefined {
  let highest: Segment | undefined;
  for (const segment of segments) {
    if (isActive(segment, atS) && (highest === undefined || segment.level > highest.level)) highest = segment;
  }
  return highest;
}

function isActive({ fromS, toS }: Segment, atS: number): boolean {
  return fromS <= atS && atS < toS;
}

function segmentsOf({ store, query, station }: Workload): Segment[] {
  const segments: Segment[] = [];
  for (const { profile } of store.profiles) {
    const {
      startSchedule = '',
      duration = 86_400,
      chargingSchedulePeriod,
      chargingRateUnit,
    } = profile.chargingSchedule;
    const perTenthA = chargingRateUnit === 'A' ? 1 : station.nominalVoltageV * 3;
    const anchorS = epochSeconds(startSchedule) ?? 0;
    for (let dayS = anchorS - 86_400; dayS < query.startS + query.durationS; dayS += 86_400) {
      for (const [index, { startPeriod, limit }] of chargingSchedulePeriod.entries()) {
        const endPeriod = chargingSchedulePeriod[index + 1]?.startPeriod ?? duration;
        const tenthsA = Math.floor((limit * 10) / perTenthA);
        segments.push({ fromS: dayS + startPeriod, toS: dayS + endPeriod, level: profile.stackLevel, tenthsA });
      }
    }
  }
  return segments;
}
