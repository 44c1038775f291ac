import { moneyOf } from './money.ts';
import type { Problem, Relaxed } from './problem.ts';
import { Room } from './room.ts';

/** Cells of cars and slots that all trial peaks together may cost: some 10 ms. */
const cellBudget = 30_000;
const mostTrials = 9;

/**
 * A plan without a solver: the cheapest slots first, in each the cars with the least time to spare. It keeps every
 * limit; with a demand charge it is made for some peaks, and the cheapest of these plans wins.
 */
export function greedyPlan(problem: Problem): Relaxed {
  const slots = slotsByCost(problem);
  const free = fill(problem, slots, Number.POSITIVE_INFINITY);
  if (problem.scenario.site.demandCharge.perKwMonth <= 0) return free;
  const most = moneyOf(problem, free.currentA);
  let best = { plan: free, planned: most.planned };
  const trials = trialsFor(problem);
  for (let trial = 0; trial < trials; trial += 1) {
    const peakKw = problem.peakFloorKw + ((most.peakKw - problem.peakFloorKw) * trial) / trials;
    const plan = fill(problem, slots, peakKw);
    const { planned } = moneyOf(problem, plan.currentA);
    if (planned < best.planned) best = { plan, planned };
  }
  return best.plan;
}

function trialsFor(problem: Problem): number {
  const cells = problem.cars.reduce((sum, { firstSlot, endSlot }) => sum + endSlot - firstSlot, 1);
  return Math.min(mostTrials, Math.max(1, Math.floor(cellBudget / cells)));
}

/** Slots with what a kWh in them costs, the cheapest first; what is used late waits. */
function slotsByCost(problem: Problem): readonly number[] {
  const urgencyPerSlot = (problem.scenario.site.objective.urgencyPerKwhHour * problem.slotS) / 3600;
  const cost = problem.importPerKwh.map((price, slot) => {
    const paid =
      (problem.surplusKw[slot] ?? 0) > 0 ? (problem.feedInPerKwh[slot] ?? 0) : price + (problem.addedPerKwh[slot] ?? 0);
    return paid + urgencyPerSlot * slot;
  });
  return Array.from(cost.keys()).toSorted((a, b) => (cost[a] ?? 0) - (cost[b] ?? 0));
}

function fill(problem: Problem, slots: readonly number[], peakKw: number): Relaxed {
  const room = new Room(problem, peakKw);
  const currentA = problem.cars.map(() => new Float64Array(problem.slotCount));
  const leftKwh = Float64Array.from(problem.cars, ({ energyKwh }) => energyKwh);
  // what a car could still take in the slots to come
  const couldKwh = Float64Array.from(
    problem.cars,
    ({ capA, kwhPerA }) => capA.reduce((sum, cap) => sum + cap, 0) * kwhPerA,
  );
  for (const slot of slots) {
    for (const index of leastSlackFirst(problem, slot, leftKwh, couldKwh)) {
      const car = problem.cars[index];
      const current = currentA[index];
      if (car === undefined || current === undefined) continue;
      const givenA = Math.min(car.capA[slot] ?? 0, (leftKwh[index] ?? 0) / car.kwhPerA, room.of(car, slot));
      current[slot] = givenA;
      room.take(car, slot, givenA);
      leftKwh[index] = (leftKwh[index] ?? 0) - givenA * car.kwhPerA;
      couldKwh[index] = (couldKwh[index] ?? 0) - (car.capA[slot] ?? 0) * car.kwhPerA;
    }
  }
  return { currentA };
}

/** Cars that are there and lack energy, in the order of the time that they can spare, priorities before. */
function leastSlackFirst(
  { cars }: Problem,
  slot: number,
  leftKwh: Float64Array,
  couldKwh: Float64Array,
): readonly number[] {
  const present: number[] = [];
  for (const [index, car] of cars.entries()) {
    if (slot >= car.firstSlot && slot < car.endSlot && (leftKwh[index] ?? 0) > 0) present.push(index);
  }
  const slack = (index: number) =>
    ((couldKwh[index] ?? 0) - (leftKwh[index] ?? 0)) / ((cars[index]?.kwhPerA ?? 1) * (cars[index]?.ownCapA || 1));
  const priority = (index: number) => cars[index]?.session.priority ?? 1;
  return present.toSorted((a, b) => priority(b) - priority(a) || slack(a) - slack(b));
}
