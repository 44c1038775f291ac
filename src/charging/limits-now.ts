import { limitAt, nextChange } from '../../optimizer/composite.ts';
import type { ProfileStore } from '../../optimizer/profile-store.ts';
import { stacksOf } from '../../optimizer/stacks.ts';
import { type ChargingSettings, stationOf } from './settings.ts';

/** What the limits of a charger follow from. */
export type LimitBasis = {
  readonly settings: ChargingSettings;
  readonly connectors: number;
  readonly store: ProfileStore;
};

type Known = {
  readonly basis: LimitBasis;
  /** By connector, A per phase. */
  readonly limits: ReadonlyMap<number, number>;
  readonly fromS: number;
  readonly untilS: number;
};

/** What the profiles of each charger allow now, worked out anew only when that may be another: asked for whole lists. */
export class LimitsNow {
  readonly #known = new Map<string, Known>();

  of(identity: string, basis: LimitBasis, nowS: number): Known['limits'] {
    const before = this.#known.get(identity);
    const isGood = before !== undefined && isSame(before.basis, basis) && isWithin(before, nowS);
    if (isGood) return before.limits;
    const now = worked(basis, nowS);
    this.#known.set(identity, now);
    return now.limits;
  }
}

/** The clock may have been set back. */
const isWithin = ({ fromS, untilS }: Known, nowS: number) => nowS >= fromS && nowS < untilS;

function isSame(one: LimitBasis, other: LimitBasis): boolean {
  const { maxCurrentA, phases, voltageV } = other.settings;
  return (
    one.store === other.store &&
    one.connectors === other.connectors &&
    one.settings.maxCurrentA === maxCurrentA &&
    one.settings.phases === phases &&
    one.settings.voltageV === voltageV
  );
}

function worked(basis: LimitBasis, nowS: number): Known {
  const station = stationOf(basis.settings, basis.connectors, false);
  const stacks = stacksOf(station, basis.store);
  const numbers = station.localLimits.map((_, index) => index + 1);
  const changes = numbers.map((connector) => nextChange(stacks, connector, nowS) ?? Number.POSITIVE_INFINITY);
  const limits = new Map(numbers.map((connector) => [connector, limitAt(stacks, connector, nowS, 'A').limit]));
  return { basis, limits, fromS: nowS, untilS: Math.min(...changes) };
}
