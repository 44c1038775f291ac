import type { Problem, Relaxed } from './problem.ts';
import { Room } from './room.ts';

/** Steps of 1 A in which the shares are raised; no connector has more. */
const most = 128;

/**
 * The plan that needs no prices: in every slot the cars that are there share the room equally, as soon as possible.
 * Where not all can have their minimum, those of higher priority have it first, then those that came first.
 */
export function sharePlan(problem: Problem): Relaxed {
  const room = new Room(problem);
  const currentA = problem.cars.map(() => new Float64Array(problem.slotCount));
  const leftKwh = Float64Array.from(problem.cars, ({ energyKwh }) => energyKwh);
  const inOrder = Array.from(problem.cars.keys()).toSorted((a, b) => rank(problem, a, b));
  for (let slot = 0; slot < problem.slotCount; slot += 1) shareSlot(problem, room, slot, inOrder, currentA, leftKwh);
  return { currentA };
}

function rank({ cars }: Problem, a: number, b: number): number {
  const [first, second] = [cars[a]?.session, cars[b]?.session];
  return (second?.priority ?? 1) - (first?.priority ?? 1) || (first?.sinceS ?? 0) - (second?.sinceS ?? 0);
}

function shareSlot(
  problem: Problem,
  room: Room,
  slot: number,
  inOrder: readonly number[],
  currentA: readonly Float64Array[],
  leftKwh: Float64Array,
): void {
  const give = (index: number, upToA: number): boolean => {
    const car = problem.cars[index];
    const current = currentA[index];
    if (car === undefined || current === undefined) return false;
    const wantsA = Math.min((car.capA[slot] ?? 0) - (current[slot] ?? 0), (leftKwh[index] ?? 0) / car.kwhPerA);
    const givenA = Math.max(0, Math.min(upToA, wantsA, room.of(car, slot)));
    current[slot] = (current[slot] ?? 0) + givenA;
    room.take(car, slot, givenA);
    leftKwh[index] = (leftKwh[index] ?? 0) - givenA * car.kwhPerA;
    return givenA >= upToA;
  };
  let raised = inOrder.filter(
    (index) => startsAtMinimum(problem, room, slot, index, leftKwh) && give(index, minimum(problem, index)),
  );
  for (let step = 0; step < most && raised.length > 0; step += 1) raised = raised.filter((index) => give(index, 1));
}

function startsAtMinimum({ cars }: Problem, room: Room, slot: number, index: number, leftKwh: Float64Array): boolean {
  const car = cars[index];
  if (car === undefined || slot < car.firstSlot || slot >= car.endSlot) return false;
  const possibleA = Math.min(car.capA[slot] ?? 0, room.of(car, slot));
  return possibleA >= car.minCurrentA && (leftKwh[index] ?? 0) >= car.minCurrentA * car.kwhPerA;
}

function minimum({ cars }: Problem, index: number): number {
  return cars[index]?.minCurrentA ?? 0;
}
