import type { Car } from './problem.ts';

/** No fuse is as large: a limit in tenths that limits nothing. */
export const unlimitedTenths = 1_000_000_000;

/** A double that should be a whole number of tenths is at most this far below it. */
const tenthsTolerance = 1e-6;

/** The largest whole number of tenths of an ampere that a limit lets through. */
export function tenthsWithin(limitA: number): number {
  return Math.min(unlimitedTenths, Math.floor(limitA * 10 + tenthsTolerance));
}

/** The least whole number of tenths that a connector charges with. */
export function leastTenths({ minCurrentA }: Car): number {
  return Math.ceil(minCurrentA * 10 - tenthsTolerance);
}

/** The whole tenths × slots of current that carry at most `energyKwh` to a car. */
export function tenthsFor(car: Car, energyKwh: number): number {
  return Math.floor((energyKwh / car.kwhPerA) * 10 + tenthsTolerance);
}
