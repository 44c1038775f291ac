import type { Commitment } from './commitment.ts';
import type { Problem } from './problem.ts';
import type { Program } from './program.ts';
import { Room } from './room.ts';

/** Rounding noise of an engine, A. */
const noiseA = 1e-6;

/**
 * Slot 0 is carried out, the rest is planned again; but what it leaves of a car's energy must be nothing or enough for
 * one slot at the minimum, since a smaller rest can never be charged. A car that leaves one keeps the minimum for the
 * later slot that has most of the rest or, where its energy is not enough for that, charges in its committed slots only.
 * Undefined when no car leaves a rest.
 */
export function withoutRests(
  problem: Problem,
  { layout }: Program,
  values: Float64Array,
  { lower, upper }: Commitment,
): Commitment | undefined {
  const bounds = { lower: lower.slice(), upper: upper.slice() };
  const room = new Room(problem);
  let isChanged = false;
  for (const [index, car] of problem.cars.entries()) {
    const slots = layout.openSlots[index] ?? new Int32Array();
    const first = layout.firstColumn[index] ?? 0;
    const later = Array.from(slots.keys()).filter((position) => (slots[position] ?? 0) > 0);
    const restA = later.reduce((sum, position) => sum + (values[first + position] ?? 0), 0);
    if (restA <= noiseA || restA >= car.minCurrentA - noiseA) continue;
    const most = later.reduce((best, position) =>
      (values[first + position] ?? 0) > (values[first + best] ?? 0) ? position : best,
    );
    isChanged = true;
    const heldKwh =
      slots.reduce((sum, _, position) => sum + (lower[first + position] ?? 0), car.minCurrentA) * car.kwhPerA;
    const slot = slots[most] ?? 0;
    const isRoom = room.of(car, slot) >= car.minCurrentA - noiseA && (upper[first + most] ?? 0) >= car.minCurrentA;
    if (heldKwh <= car.energyKwh + noiseA && isRoom) {
      bounds.lower[first + most] = car.minCurrentA;
      room.take(car, slot, car.minCurrentA);
    } else {
      for (const position of later) if ((lower[first + position] ?? 0) === 0) bounds.upper[first + position] = 0;
    }
  }
  return isChanged ? bounds : undefined;
}
