import { Heap } from './heap.ts';

/** Something whose value holds until its next border, in seconds since the epoch; Infinity: for ever. */
export type Steps = {
  readonly untilS: number;
  /** Moves to `atS`, which is at or after the present border; returns how many borders of tracks that took. */
  advanceTo(atS: number): number;
};

/** Steps in the order of their next borders. */
export function byBorder<S extends Steps>(steps: Iterable<S>): Heap<S> {
  return new Heap((a, b) => a.untilS < b.untilS, steps);
}

/** Advances everything that has a border at or before `atS`, telling `moved` of each; returns how many borders that took. */
export function advanceAll<S extends Steps>(borders: Heap<S>, atS: number, moved: (steps: S) => void): number {
  let passed = 0;
  for (let first = borders.top; first !== undefined && first.untilS <= atS; first = borders.top) {
    passed += first.advanceTo(atS);
    borders.settleTop();
    moved(first);
  }
  return passed;
}

/** Advances what has a border at or before `atS`; returns how many borders that took. */
export function advanceIfDue(steps: Steps, atS: number): number {
  return steps.untilS <= atS ? steps.advanceTo(atS) : 0;
}
