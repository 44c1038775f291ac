import type { Limit } from './exact.ts';
import type { InstalledProfile } from './profile-store.ts';
import type { ExternalLimit, PerPhase } from './site.ts';
import { StackCursor } from './stack-cursor.ts';
import { profileTrack } from './track.ts';

/**
 * What ChargePointMaxProfiles allow a site as a whole, from `atS` until `endS` (seconds since the epoch). Amperes hold on
 * each phase, watts for all of them; fewer than three phases leave the site so many times the amperes in all.
 */
export function profileLimits(
  profiles: readonly InstalledProfile[],
  nominalVoltageV: number,
  atS: number,
  endS: number,
): readonly ExternalLimit[] {
  if (profiles.length === 0) return [];
  const cursor = new StackCursor(profiles.map(profileTrack), undefined, atS);
  const steps = [externalLimit(cursor.limit, nominalVoltageV, atS)];
  for (let borderS = cursor.untilS; borderS < endS; borderS = cursor.untilS) {
    cursor.advanceTo(borderS);
    steps.push(externalLimit(cursor.limit, nominalVoltageV, borderS));
  }
  return steps;
}

function externalLimit(limit: Limit | undefined, nominalVoltageV: number, fromS: number): ExternalLimit {
  if (limit === undefined) return { fromS };
  const value = limit.tenths / 10;
  if (limit.unit === 'W') return { fromS, kw: value / 1000 };
  const currentA: PerPhase<number> = [value, value, value];
  const isWhole = limit.phases === 0 || limit.phases === 3;
  return isWhole ? { fromS, currentA } : { fromS, currentA, kw: (value * nominalVoltageV * limit.phases) / 1000 };
}

/** At each moment the lower of both, phase by phase and in all; before its first step neither limits anything. */
export function lowerLimits(one: readonly ExternalLimit[], other: readonly ExternalLimit[]): readonly ExternalLimit[] {
  if (one.length === 0 || other.length === 0) return [...one, ...other];
  const borders = [...new Set([...one, ...other].map(({ fromS }) => fromS))].toSorted((a, b) => a - b);
  return borders.map((fromS) => lower(fromS, limitAt(one, fromS), limitAt(other, fromS)));
}

/** Undefined before the first step. */
export function limitAt(steps: readonly ExternalLimit[], atS: number): ExternalLimit | undefined {
  return steps.findLast(({ fromS }) => fromS <= atS);
}

function lower(fromS: number, one: ExternalLimit | undefined, other: ExternalLimit | undefined): ExternalLimit {
  const currents = [one?.currentA, other?.currentA].filter((currentA) => currentA !== undefined);
  const powers = [one?.kw, other?.kw].filter((kw) => kw !== undefined);
  const least = (phase: 0 | 1 | 2) => Math.min(...currents.map((currentA) => currentA[phase]));
  return {
    fromS,
    ...(currents.length === 0 ? {} : { currentA: [least(0), least(1), least(2)] }),
    ...(powers.length === 0 ? {} : { kw: Math.min(...powers) }),
  };
}
