import type { Effect } from '../../optimizer/stack-effect.ts';
import { constantLimit, type LocalLimit, type Station } from '../../optimizer/station.ts';

/** How smart charging treats one charger; `main` derives it from the config. */
export type ChargingSettings = {
  /** Who is the smart-charging Charge Point: `auto` asks the charger first and stands in when it cannot. */
  readonly smartCharging: 'auto' | 'charger' | 'gateway';
  /** Who answers GetCompositeSchedule for a charger that can. */
  readonly compositeSource: 'charger' | 'gateway';
  /** Hardware limit of each connector, per phase. */
  readonly maxCurrentA: number;
  readonly phases: number;
  /** Phase to neutral. */
  readonly voltageV: number;
};

/** What the gateway admits in a charger's place (OCPP 1.6 §9.4); enough for a week of quarter hours on a few levels. */
export const admitted = { maxStackLevel: 99, maxPeriods: 1000, maxProfiles: 200 } as const;

/**
 * The charger as the optimizer sees it. A charger's own bounds are its own to keep: `bounded` for those we stand in for.
 * `shares` are what a site allots to its connectors: local limits, as OCPP 1.6 §5.7 lets a composite schedule have them.
 */
export function stationOf(
  settings: ChargingSettings,
  connectors: number,
  bounded: boolean,
  shares: ReadonlyMap<number, Effect> = new Map(),
): Station {
  // Three phases are what an unstated number means (OCPP 1.6 §7.14).
  const stated = settings.phases === 3 ? undefined : settings.phases;
  const limit: LocalLimit = constantLimit('A', settings.maxCurrentA, stated);
  return {
    localLimits: Array.from({ length: Math.max(connectors, ...shares.keys()) }, (_, index) =>
      shared(limit, shares.get(index + 1) ?? [], settings.maxCurrentA),
    ),
    nominalVoltageV: settings.voltageV,
    hasSmartCharging: true,
    allowedUnits: ['A', 'W'],
    ...(bounded ? admitted : {}),
  };
}

function shared(limit: LocalLimit, share: Effect, maxCurrentA: number): LocalLimit {
  const [first] = share;
  if (first === undefined) return limit;
  const numberPhases = limit.chargingSchedulePeriod[0]?.numberPhases;
  return {
    startS: first.fromS,
    chargingRateUnit: 'A',
    chargingSchedulePeriod: share.map(({ fromS, tenths }) => ({
      startPeriod: fromS - first.fromS,
      limit: Math.min(maxCurrentA, tenths / 10),
      ...(numberPhases === undefined ? {} : { numberPhases }),
    })),
  };
}
