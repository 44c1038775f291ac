import { type Limit, type Phases, partsOf, type Scale } from './exact.ts';
import type { Heap } from './heap.ts';
import { StackCursor } from './stack-cursor.ts';
import type { ConnectorStacks } from './stacks.ts';
import { advanceAll, advanceIfDue, byBorder, type Steps } from './steps.ts';
import { TrackCursor } from './track-cursor.ts';

/** What may be drawn as time goes on, before the station limit. */
export type Demand = Steps & {
  /** Fewest phases that a contributor states; 0 when none does. */
  readonly phases: Limit['phases'];
  /** In parts of the scale's unit, with so many phases in use. */
  parts(inUse: Phases): number;
};

/** Absent numberPhases is three (OCPP 1.6 §7.14). */
export const phasesWhenUnstated = 3;

/** The smaller of two phase counts; one that is not stated does not count. */
export function fewerPhases(a: Limit['phases'], b: Limit['phases']): Limit['phases'] {
  if (a === 0 || b === 0) return a === 0 ? b : a;
  return a < b ? a : b;
}

/**
 * One connector: its TxProfiles, where none is active its TxDefaultProfiles (§3.12.1), and never more than its local
 * limit (§5.7), which also stands where there is no profile.
 */
export class ConnectorDemand implements Demand {
  phases: Limit['phases'] = 0;
  untilS = Number.POSITIVE_INFINITY;
  readonly #scale: Scale;
  readonly #txProfiles: StackCursor;
  readonly #txDefaults: StackCursor;
  readonly #local: TrackCursor;

  constructor(stacks: ConnectorStacks, chargingStartS: number | undefined, atS: number, scale: Scale) {
    this.#scale = scale;
    this.#txProfiles = new StackCursor(stacks.txProfiles, chargingStartS, atS);
    this.#txDefaults = new StackCursor(stacks.txDefaults, chargingStartS, atS);
    this.#local = new TrackCursor(stacks.local, chargingStartS, atS);
    this.#settle();
  }

  advanceTo(atS: number): number {
    const passed =
      advanceIfDue(this.#txProfiles, atS) + advanceIfDue(this.#txDefaults, atS) + advanceIfDue(this.#local, atS);
    this.#settle();
    return passed;
  }

  parts(inUse: Phases): number {
    const layer = this.#txProfiles.limit ?? this.#txDefaults.limit;
    return Math.min(partsOrAny(layer, inUse, this.#scale), partsOrAny(this.#local.limit, inUse, this.#scale));
  }

  #settle(): void {
    const layer = this.#txProfiles.limit ?? this.#txDefaults.limit;
    this.phases = fewerPhases(layer?.phases ?? 0, this.#local.limit?.phases ?? 0);
    this.untilS = Math.min(this.#txProfiles.untilS, this.#txDefaults.untilS, this.#local.untilS);
  }
}

/** No limit allows anything. */
export function partsOrAny(limit: Limit | undefined, inUse: Phases, scale: Scale): number {
  return limit === undefined ? Number.POSITIVE_INFINITY : partsOf(limit, inUse, scale);
}

/** What a connector adds to the sum of all. */
type Share = { readonly demand: ConnectorDemand; parts: number; phases: Limit['phases'] };

/**
 * All connectors together (§6.21, errata 3.30): watts added exactly, amperes as if all were on one phase. Each
 * counts with its own phases; the sum has the largest count, if any connector states one. A border of one connector
 * costs O(log connectors).
 */
export class SumDemand implements Demand {
  phases: Limit['phases'] = 0;
  untilS = Number.POSITIVE_INFINITY;
  readonly #shares: Map<ConnectorDemand, Share>;
  readonly #borders: Heap<ConnectorDemand>;
  #parts = 0;
  /** How many connectors have 0 (unstated), 1, 2, 3 phases. */
  readonly #counts = [0, 0, 0, 0];

  /** Made once: a closure per border would be most of a sweep's garbage. */
  readonly #update = (demand: ConnectorDemand): void => {
    const share = this.#shares.get(demand);
    if (share === undefined) return;
    const parts = demand.parts(demand.phases === 0 ? phasesWhenUnstated : demand.phases);
    this.#parts += parts - share.parts;
    this.#count(share.phases, -1);
    this.#count(demand.phases, 1);
    share.parts = parts;
    share.phases = demand.phases;
  };

  constructor(demands: readonly ConnectorDemand[]) {
    this.#shares = new Map(demands.map((demand) => [demand, { demand, parts: 0, phases: 0 }]));
    this.#borders = byBorder(demands);
    this.#counts[0] = demands.length;
    for (const demand of demands) this.#update(demand);
    this.#settle();
  }

  advanceTo(atS: number): number {
    const passed = advanceAll(this.#borders, atS, this.#update);
    this.#settle();
    return passed;
  }

  parts(): number {
    return this.#parts;
  }

  #count(phases: Limit['phases'], change: number): void {
    this.#counts[phases] = (this.#counts[phases] ?? 0) + change;
  }

  #settle(): void {
    this.phases = largestCount(this.#counts);
    this.untilS = this.#borders.top?.untilS ?? Number.POSITIVE_INFINITY;
  }
}

/** A connector that states none has three, but that alone states nothing about the sum. */
function largestCount([unstated = 0, one = 0, two = 0, three = 0]: readonly number[]): Limit['phases'] {
  if (one + two + three === 0) return 0;
  if (unstated + three > 0) return phasesWhenUnstated;
  return two > 0 ? 2 : 1;
}
