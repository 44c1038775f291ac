import type { Car, Problem } from './problem.ts';
import { tenthsWithin, unlimitedTenths } from './tenths.ts';

/** What is left under one node, in tenths: on each phase and of all phases added. */
type Room = {
  readonly phases: readonly [Int32Array, Int32Array, Int32Array];
  readonly total: Int32Array | undefined;
};

/**
 * A plan in the making, in whole tenths of an ampere. It keeps count of the room that every node has left, so that no
 * current can be set that would exceed a limit.
 */
export class Draft {
  readonly problem: Problem;
  readonly tenths: readonly Int32Array[];
  readonly #rooms: readonly Room[];
  readonly #taken: Int32Array;
  #peakKw: number;

  /** `peakKw`: the import above which no current may rise. */
  constructor(problem: Problem, peakKw: number) {
    this.problem = problem;
    this.#peakKw = peakKw;
    this.tenths = problem.cars.map(() => new Int32Array(problem.slotCount));
    this.#taken = new Int32Array(problem.slotCount);
    this.#rooms = problem.nodes.map(({ roomA: [a, b, c], totalRoomA }) => ({
      phases: [inTenths(a), inTenths(b), inTenths(c)],
      total: totalRoomA === undefined ? undefined : inTenths(totalRoomA),
    }));
  }

  /** From now on the import may rise to `peakKw`. */
  limitPeak(peakKw: number): void {
    this.#peakKw = peakKw;
  }

  /** The most that a car may have in a slot, beside what all others have now. */
  available(index: number, slot: number): number {
    const car = this.problem.cars[index];
    const capA = car?.capA[slot] ?? 0;
    if (car === undefined || capA === 0) return 0;
    let free = this.#peakRoom(car, slot);
    for (const node of car.nodes) free = Math.min(free, roomFor(this.#rooms[node], car, slot));
    return Math.max(0, Math.min(tenthsWithin(capA), (this.tenths[index]?.[slot] ?? 0) + free));
  }

  /** Sets a current that `available` allows. */
  set(index: number, slot: number, tenths: number): void {
    const car = this.problem.cars[index];
    const own = this.tenths[index];
    if (car === undefined || own === undefined) return;
    const by = tenths - (own[slot] ?? 0);
    if (by === 0) return;
    own[slot] = tenths;
    add(this.#taken, slot, by * car.phases.length);
    for (const node of car.nodes) {
      const room = this.#rooms[node];
      if (room === undefined) continue;
      for (const phase of car.phases) add(room.phases[phase], slot, -by);
      if (room.total !== undefined) add(room.total, slot, -by * car.phases.length);
    }
  }

  /** Sets the currents of a car in all slots, each of which `available` allows. */
  setRow(index: number, row: Int32Array): void {
    for (const [slot, tenths] of row.entries()) this.set(index, slot, tenths);
  }

  /** Power of all cars in a slot. */
  carsKw(slot: number): number {
    return ((this.#taken[slot] ?? 0) * this.problem.scenario.site.nominalVoltageV) / 10_000;
  }

  /** Power of all cars but one in a slot. */
  carsKwBeside(index: number, slot: number): number {
    const { kwhPerA } = this.problem.cars[index] ?? { kwhPerA: 0 };
    const ownKwh = ((this.tenths[index]?.[slot] ?? 0) * kwhPerA) / 10;
    return this.carsKw(slot) - (ownKwh * 3600) / this.problem.slotS;
  }

  #peakRoom({ phases }: Car, slot: number): number {
    const { baseKw, surplusKw, scenario } = this.problem;
    const freeKw = this.#peakKw - (baseKw[slot] ?? 0) + (surplusKw[slot] ?? 0) - this.carsKw(slot);
    return tenthsWithin((freeKw * 1000) / scenario.site.nominalVoltageV / phases.length);
  }
}

function inTenths(roomA: Float64Array): Int32Array {
  return Int32Array.from(roomA, tenthsWithin);
}

function roomFor(room: Room | undefined, { phases }: Car, slot: number): number {
  if (room === undefined) return 0;
  let free = unlimitedTenths;
  for (const phase of phases) free = Math.min(free, room.phases[phase][slot] ?? 0);
  return room.total === undefined ? free : Math.min(free, Math.floor((room.total[slot] ?? 0) / phases.length));
}

function add(values: Int32Array, slot: number, by: number): void {
  values[slot] = (values[slot] ?? 0) + by;
}
