import type { Draft } from './repair-draft.ts';
import { runsOf, withinPeriods } from './repair-periods.ts';
import { choiceOf, sumOf, worthOf } from './repair-response.ts';
import { tenthsFor } from './tenths.ts';

/** Part of the energy that may be lost before the rows are made anew instead of cut. */
const toleratedLoss = 0.005;

/** How often a car that lost by cutting may look again at what the others left. */
const rounds = 5;

/** Two rows are made anew in each: some 100 ms in all. */
const mostTries = 80;

/**
 * Cuts every row that its charger cannot hold (ChargingScheduleMaxPeriods) into long stretches. Between rows that are
 * still ragged there is little room for long stretches: if too much energy is lost, they are all taken out and set again
 * one after the other, in several orders, and the best of these plans stays; at last, pairs of cars make way for each other.
 */
export function holdAll(draft: Draft, order: readonly number[]): void {
  const ragged = order.filter((index) => runsOf(rowOf(draft, index)).length > maxPeriodsOf(draft, index));
  if (ragged.length === 0) return;
  const wanted = draft.tenths.map((row) => row.slice());
  const wantedKwh = servedKwh(draft);
  holdEach(draft, ragged, wanted);
  if (servedKwh(draft) >= wantedKwh * (1 - toleratedLoss)) return;
  const { cars } = draft.problem;
  const early = ragged.toSorted((a, b) => (cars[a]?.endSlot ?? 0) - (cars[b]?.endSlot ?? 0));
  let best = { worth: worthOfAll(draft), rows: rowsOf(draft) };
  for (const inOrder of [ragged, ragged.toReversed(), early, early.toReversed()]) {
    takeOut(draft, ragged);
    holdEach(draft, inOrder, wanted);
    const worth = worthOfAll(draft);
    if (worth < best.worth) best = { worth, rows: rowsOf(draft) };
  }
  takeOut(draft, ragged);
  for (const index of ragged) draft.setRow(index, best.rows[index] ?? new Int32Array());
  makeWay(draft, ragged, wanted);
}

/** A car that lost much is set anew before one of the others, which is set anew after it, if both together lose less. */
function makeWay(draft: Draft, ragged: readonly number[], wanted: readonly Int32Array[]): void {
  const wantedOf = (index: number) => wanted[index] ?? new Int32Array();
  const lostKwh = (index: number) =>
    (sumOf(wantedOf(index)) - sumOf(rowOf(draft, index))) * (draft.problem.cars[index]?.kwhPerA ?? 0);
  const isShort = (index: number) => sumOf(rowOf(draft, index)) < sumOf(wantedOf(index)) * (1 - toleratedLoss);
  let tries = 0;
  for (const index of ragged.filter(isShort).toSorted((a, b) => lostKwh(b) - lostKwh(a))) {
    for (const other of ragged) {
      if (tries >= mostTries || !isShort(index)) break;
      if (other === index) continue;
      tries += 1;
      const before = [index, other].map((one) => rowOf(draft, one).slice());
      const lostBefore = lostKwh(index) + lostKwh(other);
      takeOut(draft, [index, other]);
      for (const one of [index, other]) hold(draft, one, wantedOf(one));
      if (lostKwh(index) + lostKwh(other) < lostBefore) continue;
      draft.setRow(index, before[0] ?? new Int32Array());
      draft.setRow(other, before[1] ?? new Int32Array());
    }
  }
}

function takeOut(draft: Draft, cars: readonly number[]): void {
  for (const index of cars) draft.setRow(index, new Int32Array(draft.problem.slotCount));
}

function rowsOf({ tenths }: Draft): readonly Int32Array[] {
  return tenths.map((row) => row.slice());
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
