import { limitAt, nextChange } from '../../optimizer/composite.ts';
import type { ProfileStore } from '../../optimizer/profile-store.ts';
import { stacksOf } from '../../optimizer/stacks.ts';
import type { Station } from '../../optimizer/station.ts';

type Known = {
  readonly store: ProfileStore;
  readonly connectors: number;
  readonly limits: ReadonlyMap<number, number>;
  readonly untilS: number;
};

/** What the profiles of each charger allow now, worked out anew only when that may be another: asked for whole lists. */
export class LimitsNow {
  readonly #known = new Map<string, Known>();

  /** By connector, A per phase. */
  of(identity: string, station: () => Station, store: ProfileStore, connectors: number, nowS: number): Known['limits'] {
    const before = this.#known.get(identity);
    const isGood = before?.store === store && before.connectors === connectors && nowS < before.untilS;
    if (before !== undefined && isGood) return before.limits;
    const now = worked(station(), store, connectors, nowS);
    this.#known.set(identity, now);
    return now.limits;
  }
}

function worked(station: Station, store: ProfileStore, connectors: number, nowS: number): Known {
  const stacks = stacksOf(station, store);
  const numbers = station.localLimits.map((_, index) => index + 1);
  const changes = numbers.map((connector) => nextChange(stacks, connector, nowS) ?? Number.POSITIVE_INFINITY);
  const limits = new Map(numbers.map((connector) => [connector, limitAt(stacks, connector, nowS, 'A').limit]));
  return { store, connectors, limits, untilS: Math.min(...changes) };
}
