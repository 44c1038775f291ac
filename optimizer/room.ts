import type { Car, Problem } from './problem.ts';

/** Whoever takes current: a car, or a connector with whatever car comes. */
export type Taker = Pick<Car, 'nodes' | 'phases' | 'kwhPerA'>;

/** What is left of every limit of a problem while cars are given current one after the other. */
export class Room {
  /** For each node: phase 0, 1, 2, and 3 for all phases added. */
  readonly #left: readonly (readonly (Float64Array | undefined)[])[];
  /** kWh of import that are left below the peak, for each slot. */
  readonly #importKwh: Float64Array;

  /** `peakKw`: the most that the site may import; Infinity: any. */
  constructor(problem: Problem, peakKw = Number.POSITIVE_INFINITY) {
    this.#left = problem.nodes.map(({ roomA, totalRoomA }) => [...roomA, totalRoomA].map((room) => room?.slice()));
    const slotHours = problem.slotS / 3600;
    this.#importKwh = problem.baseKw.map(
      (kw, slot) => Math.max(0, peakKw - kw + (problem.surplusKw[slot] ?? 0)) * slotHours,
    );
  }

  /** The most that a car may have in a slot by every limit that it shares, A per used phase. */
  of(car: Taker, slot: number): number {
    let mostA = (this.#importKwh[slot] ?? 0) / car.kwhPerA;
    for (const node of car.nodes) mostA = Math.min(mostA, this.ofNode(node, car, slot));
    return Math.max(0, mostA);
  }

  /** The same of one node alone, an index into the problem's. */
  ofNode(node: number, car: Taker, slot: number): number {
    const left = this.#left[node];
    let mostA = (left?.[3]?.[slot] ?? Number.POSITIVE_INFINITY) / car.phases.length;
    for (const phase of car.phases) mostA = Math.min(mostA, left?.[phase]?.[slot] ?? mostA);
    return mostA;
  }

  /** Gives a car so much more. */
  take(car: Taker, slot: number, currentA: number): void {
    this.#importKwh[slot] = (this.#importKwh[slot] ?? 0) - currentA * car.kwhPerA;
    for (const node of car.nodes) {
      const left = this.#left[node];
      for (const phase of car.phases) lower(left?.[phase], slot, currentA);
      lower(left?.[3], slot, currentA * car.phases.length);
    }
  }
}

function lower(left: Float64Array | undefined, slot: number, currentA: number): void {
  if (left !== undefined) left[slot] = (left[slot] ?? 0) - currentA;
}
