import { Heap } from './heap.ts';

/** Something whose value holds until its next border, in seconds since the epoch; Infinity: for ever. */
export type Steps = {
  readonly untilS: number;
  /** Moves to `atS`, which is at or after the present border. */
  advanceTo(atS: number): void;
};

/** Steps in the order of their next borders. */
export function byBorder<S extends Steps>(steps: Iterable<S>): Heap<S> {
  return new Heap((a, b) => a.untilS < b.untilS, steps);
}

/** Advances everything that has a border at or before `atS`, and tells `moved` of each. */
export function advanceAll<S extends Steps>(borders: Heap<S>, atS: number, moved: (steps: S) => void): void {
  for (let first = borders.top; first !== undefined && first.untilS <= atS; first = borders.top) {
    first.advanceTo(atS);
    borders.settleTop();
    moved(first);
  }
}
