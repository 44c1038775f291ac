import { compositeOf } from './composite.ts';
import type { PlannedProfile } from './plan-result.ts';
import { emptyStore, setProfile, startTransaction } from './profiles.ts';
import type { Site, SiteConnector } from './site.ts';
import { stacksOf } from './stacks.ts';
import { constantLimit, type Station } from './station.ts';

/** Tenths of an ampere per phase from `fromS` on. */
export type Effect = readonly { readonly fromS: number; readonly tenths: number }[];

/**
 * What a charger does on one connector with these profiles from `atS` to `endS`, as its own rules say, while a transaction
 * runs that they are for.
 */
export function effectOf(
  site: Pick<Site, 'nominalVoltageV'>,
  connector: SiteConnector,
  profiles: readonly PlannedProfile[],
  atS: number,
  endS: number,
): Effect {
  const { phases, maxCurrentA } = connector;
  const station: Station = {
    localLimits: [constantLimit('A', maxCurrentA, phases.length)],
    nominalVoltageV: site.nominalVoltageV,
    hasSmartCharging: true,
    allowedUnits: ['A', 'W'],
  };
  const running = startTransaction(station, emptyStore, { connectorId: 1, startedAtS: atS });
  const store = profiles.reduce((present, { csChargingProfiles }) => {
    const { transactionId: _, ...profile } = csChargingProfiles;
    const outcome = setProfile(station, present, { connectorId: 1, csChargingProfiles: profile }, atS);
    if (outcome.kind !== 'accepted') throw new Error(`a profile of the stack is no profile: ${outcome.reason}`);
    return outcome.store;
  }, running);
  const query = { connectorId: 1, startS: atS, durationS: endS - atS, unit: 'A' } as const;
  return compositeOf(stacksOf(station, store), query).periods.map(({ startPeriod, limit }) => ({
    fromS: atS + startPeriod,
    tenths: Math.round(limit * 10),
  }));
}

/** Whether one is never above the other. */
export function isWithin(inner: Effect, outer: Effect): boolean {
  return bordersOf(inner, outer).every((atS) => tenthsAt(inner, atS) <= tenthsAt(outer, atS));
}

/** At each moment the lesser of both. */
export function lesser(a: Effect, b: Effect): Effect {
  return bordersOf(a, b).map((fromS) => ({ fromS, tenths: Math.min(tenthsAt(a, fromS), tenthsAt(b, fromS)) }));
}

/** At each moment the greater of both. */
export function greater(a: Effect, b: Effect): Effect {
  return bordersOf(a, b).map((fromS) => ({ fromS, tenths: Math.max(tenthsAt(a, fromS), tenthsAt(b, fromS)) }));
}

function bordersOf(a: Effect, b: Effect): readonly number[] {
  return [...new Set([...a, ...b].map(({ fromS }) => fromS))].toSorted((one, other) => one - other);
}

/** 0 before its beginning. */
export function tenthsAt(effect: Effect, atS: number): number {
  return effect.findLast(({ fromS }) => fromS <= atS)?.tenths ?? 0;
}
