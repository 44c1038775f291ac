import type { Draft } from './repair-draft.ts';
import { runsOf, withinPeriods } from './repair-periods.ts';
import { choiceOf, sumOf, worthOf } from './repair-response.ts';
import { tenthsFor } from './tenths.ts';

/** Part of the energy that may be lost before the rows are made anew instead of cut. */
const toleratedLoss = 0.005;

/** How often a car that lost by cutting may look again at what the others left. */
const rounds = 5;

/**
 * Cuts every row that its charger cannot hold (ChargingScheduleMaxPeriods) into long stretches. Between rows that are
 * still ragged there is little room for long stretches: if too much energy is lost, they are all taken out and set again
 * one after the other, and the better of the two plans stays.
 */
export function holdAll(draft: Draft, order: readonly number[]): void {
  const ragged = order.filter((index) => runsOf(rowOf(draft, index)).length > maxPeriodsOf(draft, index));
  if (ragged.length === 0) return;
  const wanted = draft.tenths.map((row) => row.slice());
  const wantedKwh = servedKwh(draft);
  holdEach(draft, ragged, wanted);
  if (servedKwh(draft) >= wantedKwh * (1 - toleratedLoss)) return;
  const cut = draft.tenths.map((row) => row.slice());
  const worth = worthOfAll(draft);
  for (const index of ragged) draft.setRow(index, new Int32Array(draft.problem.slotCount));
  holdEach(draft, ragged, wanted);
  if (worthOfAll(draft) <= worth) return;
  for (const index of ragged) draft.setRow(index, new Int32Array(draft.problem.slotCount));
  for (const index of ragged) draft.setRow(index, cut[index] ?? new Int32Array());
}

function holdEach(draft: Draft, ragged: readonly number[], wanted: readonly Int32Array[]): void {
  for (const index of ragged) hold(draft, index, wanted[index] ?? new Int32Array());
  for (let round = 1; round < rounds; round += 1) {
    for (const index of ragged) {
      const row = wanted[index] ?? new Int32Array();
      if (sumOf(rowOf(draft, index)) < sumOf(row)) hold(draft, index, row);
    }
  }
}

function hold(draft: Draft, index: number, wanted: Int32Array): void {
  const { cars, scenario } = draft.problem;
  const car = cars[index];
  if (car === undefined) return;
  const choice = choiceOf(draft, index, car, tenthsFor(car, car.energyKwh), scenario.site.engine.commitSlots);
  const maxPeriods = maxPeriodsOf(draft, index);
  const held = withinPeriods(choice, wanted, maxPeriods);
  const present = rowOf(draft, index);
  const isHeld = runsOf(present).length <= maxPeriods;
  if (!isHeld || worthOf(choice, held) < worthOf(choice, present)) draft.setRow(index, held);
}

function rowOf(draft: Draft, index: number): Int32Array {
  return draft.tenths[index] ?? new Int32Array();
}

function maxPeriodsOf({ problem }: Draft, index: number): number {
  const { output } = problem.scenario.site;
  return problem.cars[index]?.connector.maxPeriods ?? output.maxPeriods;
}

function servedKwh({ problem, tenths }: Draft): number {
  return problem.cars.reduce(
    (sum, { kwhPerA }, index) => sum + (sumOf(tenths[index] ?? new Int32Array()) * kwhPerA) / 10,
    0,
  );
}

/** What all rows cost, as their cars see it. */
function worthOfAll(draft: Draft): number {
  return draft.problem.cars.reduce((sum, car, index) => {
    const choice = choiceOf(draft, index, car, tenthsFor(car, car.energyKwh));
    return sum + worthOf(choice, rowOf(draft, index));
  }, 0);
}
