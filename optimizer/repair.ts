import type { Car, Plan, Problem, Relaxed } from './problem.ts';
import { Draft } from './repair-draft.ts';
import { holdAll } from './repair-hold.ts';
import { bestResponse, choiceOf, slotsOn, sumOf, worthOf } from './repair-response.ts';
import { leastTenths, tenthsFor } from './tenths.ts';

/**
 * Slots at the minimum current that a car may lack without a peak being raised for it: the next plan mostly finds them
 * again, and a peak is paid for a month.
 */
const tolerableSlots = 1;

/** How often every car may look again at what the others left. */
const rounds = 2;

/**
 * Makes currents into what chargers can do: whole tenths of an ampere (OCPP 1.6 §7.14), 0 or at least the minimum of the
 * connector (IEC 61851), few starts, and no more periods than a charger holds (§9.4). Rounding goes down, so that
 * nothing is exceeded; what that loses, each car takes back where it is cheapest, the most pressed car first. The peak
 * of the currents given is exceeded only if a car would be left short, and only if the site says that none may be.
 */
export function repairPlan(problem: Problem, relaxed: Relaxed): Plan {
  const draft = new Draft(problem, peakOf(problem, relaxed));
  roundDown(draft, relaxed);
  const order = byPressure(problem);
  if (relaxed.isCommitted === true) settle(draft, relaxed, order);
  else choose(draft, relaxed, order);
  if (problem.scenario.site.objective.peakPolicy !== 'soft') raisePeakForShort(draft, relaxed, order);
  if (problem.scenario.site.demandCharge.perKwMonth > 0) draft.limitPeak(importPeakOf(draft));
  holdAll(draft, order);
  return { tenths: draft.tenths };
}

/** Currents that were chosen with the minimum and the starts in mind stay, but for what rounding did to them. */
function settle(draft: Draft, relaxed: Relaxed, order: readonly number[]): void {
  for (const index of order) topUp(draft, relaxed, index);
  for (const index of order) {
    if (isShort(draft, relaxed, index)) respond(draft, index, givenTenths(draft.problem, relaxed, index));
  }
  for (const index of order) fillLater(draft, index);
  for (const index of order) leaveNoRest(draft, index);
}

/**
 * What is left after slot 0 must be nothing or enough for one slot at the minimum: a smaller rest could never be charged.
 * A row that leaves one gives way to the best row that has the minimum everywhere.
 */
function leaveNoRest(draft: Draft, index: number): void {
  const car = draft.problem.cars[index];
  const row = draft.tenths[index];
  if (car === undefined || row === undefined) return;
  const rest = sumOf(row) - (row[0] ?? 0);
  if (rest === 0 || rest >= leastTenths(car)) return;
  const choice = choiceOf(draft, index, car, tenthsFor(car, car.energyKwh));
  const better = bestResponse(choice);
  const charged = row.map((tenths, slot) => (slot === 0 ? tenths : 0));
  if (worthOf(choice, better) < worthOf(choice, charged) - 1e-9) draft.setRow(index, better);
}

/** Every car chooses anew what is best for it beside the others. */
function choose(draft: Draft, relaxed: Relaxed, order: readonly number[]): void {
  keepCharging(draft, relaxed, order);
  for (const index of order) respond(draft, index, givenTenths(draft.problem, relaxed, index));
  for (let round = 1; round < rounds; round += 1) respondAll(draft, order);
  for (const index of order) fillLater(draft, index);
}

/** What rounding took from a car comes back where it charges anyway, the cheapest slot first. */
function topUp(draft: Draft, relaxed: Relaxed, index: number): void {
  const car = draft.problem.cars[index];
  const row = draft.tenths[index];
  if (car === undefined || row === undefined) return;
  let left = givenTenths(draft.problem, relaxed, index) - sumOf(row);
  if (left <= 0) return;
  const { importPerKwh } = draft.problem;
  for (const slot of slotsOn(row).toSorted((a, b) => (importPerKwh[a] ?? 0) - (importPerKwh[b] ?? 0))) {
    if (left <= 0) return;
    const present = row[slot] ?? 0;
    const by = Math.min(left, draft.available(index, slot) - present);
    draft.set(index, slot, present + Math.max(0, by));
    left -= Math.max(0, by);
  }
}

/** Import at its highest, with the currents as they are; where a peak costs nothing, none counts. */
function peakOf(problem: Problem, { currentA }: Relaxed): number {
  if (problem.scenario.site.demandCharge.perKwMonth <= 0) return Number.POSITIVE_INFINITY;
  const kw = Float64Array.from(problem.baseKw, (base, slot) => base - (problem.surplusKw[slot] ?? 0));
  const { nominalVoltageV } = problem.scenario.site;
  for (const [index, { phases }] of problem.cars.entries()) {
    const current = currentA[index] ?? new Float64Array();
    for (const [slot, ampere] of current.entries()) {
      kw[slot] = (kw[slot] ?? 0) + (ampere * phases.length * nominalVoltageV) / 1000;
    }
  }
  return kw.reduce((most, value) => Math.max(most, value), problem.peakFloorKw);
}

/** A current below the minimum counts as none where it is about to be carried out; later ones are planned again. */
function roundDown(draft: Draft, { currentA }: Relaxed): void {
  const { commitSlots } = draft.problem.scenario.site.engine;
  for (const [index, car] of draft.problem.cars.entries()) {
    let left = tenthsFor(car, car.energyKwh);
    const least = car.minCurrentA * 10;
    for (let slot = car.firstSlot; slot < car.endSlot; slot += 1) {
      const wanted = Math.floor((currentA[index]?.[slot] ?? 0) * 10 + 1e-6);
      const tenths = Math.min(wanted, left, draft.available(index, slot));
      if (slot < commitSlots && tenths < least) continue;
      draft.set(index, slot, tenths);
      left -= tenths;
    }
  }
}

/**
 * A linear program does not know that cars start: among equals it lets another one charge each time. So cars that charge
 * choose their first slots before those that would have to be started.
 */
function keepCharging(draft: Draft, relaxed: Relaxed, order: readonly number[]): void {
  const { cars, scenario } = draft.problem;
  const charging = order.filter((index) => cars[index]?.session.isCharging === true);
  if (charging.length === 0) return;
  const waiting = order.filter((index) => !charging.includes(index));
  const first = Array.from(
    { length: Math.min(scenario.site.engine.commitSlots, draft.problem.slotCount) },
    (_, slot) => slot,
  );
  const wanted = waiting.map((index) => draft.tenths[index]?.slice() ?? new Int32Array());
  for (const index of waiting) for (const slot of first) draft.set(index, slot, 0);
  for (const index of charging) respond(draft, index, givenTenths(draft.problem, relaxed, index));
  for (const [position, index] of waiting.entries()) {
    const least = (cars[index]?.minCurrentA ?? 0) * 10;
    for (const slot of first) {
      const tenths = Math.min(wanted[position]?.[slot] ?? 0, draft.available(index, slot));
      if (tenths >= least) draft.set(index, slot, tenths);
    }
  }
}

/** Tenths that the currents given amount to. */
function givenTenths(problem: Problem, { currentA }: Relaxed, index: number): number {
  const car = problem.cars[index];
  if (car === undefined) return 0;
  const sumA = (currentA[index] ?? new Float64Array()).reduce((sum, ampere) => sum + ampere, 0);
  return Math.min(Math.ceil(sumA * 10 - 1e-6), tenthsFor(car, car.energyKwh));
}

/** The most pressed car first: the one that needs the largest part of what it could have while it is there. */
function byPressure({ cars }: Problem): readonly number[] {
  const pressures = cars.map((car) => pressureOf(car));
  return [...cars.keys()].toSorted((a, b) => (pressures[b] ?? 0) - (pressures[a] ?? 0));
}

function pressureOf(car: Car): number {
  const mostKwh = car.capA.reduce((sum, ampere) => sum + ampere, 0) * car.kwhPerA;
  return mostKwh === 0 ? 0 : (car.energyKwh / mostKwh) * car.session.priority;
}

function respondAll(draft: Draft, order: readonly number[]): void {
  for (const index of order) {
    const car = draft.problem.cars[index];
    if (car !== undefined) respond(draft, index, tenthsFor(car, car.energyKwh));
  }
}

/** Lets a car have the row that is best for it, if that is better than what it has. */
function respond(draft: Draft, index: number, budget: number): void {
  const car = draft.problem.cars[index];
  const row = draft.tenths[index];
  if (car === undefined || row === undefined || budget <= 0) return;
  const choice = choiceOf(draft, index, car, budget);
  const better = bestResponse(choice);
  if (worthOf(choice, better) < worthOf(choice, row) - 1e-9) draft.setRow(index, better);
}

/** Raises the peak by ever more, until no car has less than it was given. */
function raisePeakForShort(draft: Draft, relaxed: Relaxed, order: readonly number[]): void {
  const { problem } = draft;
  if (problem.scenario.site.demandCharge.perKwMonth <= 0) return;
  const peakKw = importPeakOf(draft);
  for (let byKw = 0.25; byKw <= 1024; byKw *= 1.5) {
    const short = order.filter((index) => isShort(draft, relaxed, index));
    if (short.length === 0) return;
    draft.limitPeak(peakKw + byKw);
    respondAll(draft, short);
    for (const index of short) fillLater(draft, index);
  }
}

/** The highest import so far, or what is billed anyway. */
function importPeakOf(draft: Draft): number {
  const { baseKw, surplusKw, peakFloorKw } = draft.problem;
  const importKw = baseKw.map((kw, slot) => kw - (surplusKw[slot] ?? 0) + draft.carsKw(slot));
  return importKw.reduce((most, kw) => Math.max(most, kw), peakFloorKw);
}

/** It lacks more than steps and minimum may cost it. */
function isShort({ problem, tenths }: Draft, relaxed: Relaxed, index: number): boolean {
  const car = problem.cars[index];
  const row = tenths[index];
  if (car === undefined || row === undefined) return false;
  return givenTenths(problem, relaxed, index) - sumOf(row) > tolerableSlots * car.minCurrentA * 10;
}

/** What a car still lacks comes after the committed slots, where a current below the minimum is but a promise. */
function fillLater(draft: Draft, index: number): void {
  const { cars, scenario } = draft.problem;
  const car = cars[index];
  const row = draft.tenths[index];
  if (car === undefined || row === undefined) return;
  let left = tenthsFor(car, car.energyKwh) - sumOf(row);
  if (left <= 0) return;
  const { costs } = choiceOf(draft, index, car, left);
  const value = (car.valuePerKwh * car.kwhPerA) / 10;
  const later = Array.from(costs.keys()).slice(Math.max(car.firstSlot, scenario.site.engine.commitSlots), car.endSlot);
  for (const slot of later.toSorted((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0))) {
    if (left <= 0 || (costs[slot] ?? 0) >= value) break;
    const tenths = Math.min((row[slot] ?? 0) + left, draft.available(index, slot));
    left -= Math.max(0, tenths - (row[slot] ?? 0));
    draft.set(index, slot, Math.max(row[slot] ?? 0, tenths));
  }
}
