import type { Problem } from './problem.ts';

/** What currents cost, and what they leave undone. */
export type Money = {
  /** Import for the cars, and the feed-in that they take away. */
  readonly energy: number;
  /** The highest power that the site imports, and what it costs above what is billed. */
  readonly peakKw: number;
  readonly peak: number;
  /** For each car. */
  readonly servedKwh: Float64Array;
  readonly unmetKwh: Float64Array;
  /** energy + peak + unmetPerKwh × unmet: what a plan is compared by. */
  readonly objective: number;
  /** The program's objective: with urgency, CO2, priorities, and without the peak of the load alone. */
  readonly planned: number;
  /** The same with every lacking kWh at unmetPerKwh. */
  readonly plannedMoney: number;
};

/** The money of any currents, A per used phase for each car and slot. */
export function moneyOf(problem: Problem, currentA: readonly ArrayLike<number>[]): Money {
  const { demandCharge, objective } = problem.scenario.site;
  const { servedKwh, slotKwh, urgency } = energyOf(problem, currentA);
  const unmetKwh = servedKwh.map((served, index) => Math.max(0, (problem.cars[index]?.energyKwh ?? 0) - served));
  const { energy, added, peakKw } = importOf(problem, slotKwh);
  const peak = demandCharge.perKwMonth * Math.max(0, peakKw - demandCharge.billedPeakKw);
  const newPeak = demandCharge.perKwMonth * Math.max(0, peakKw - problem.peakFloorKw);
  const short = unmetKwh.reduce((sum, kwh, index) => sum + kwh * (problem.cars[index]?.valuePerKwh ?? 0), 0);
  const lacking = objective.unmetPerKwh * unmetKwh.reduce((sum, kwh) => sum + kwh, 0);
  return {
    energy,
    peakKw,
    peak,
    servedKwh,
    unmetKwh,
    objective: energy + peak + lacking,
    planned: energy + added + urgency + newPeak + short,
    plannedMoney: energy + added + urgency + newPeak + lacking,
  };
}

type Energy = { readonly servedKwh: Float64Array; readonly slotKwh: Float64Array; readonly urgency: number };

function energyOf(problem: Problem, currentA: readonly ArrayLike<number>[]): Energy {
  const servedKwh = new Float64Array(problem.cars.length);
  const slotKwh = new Float64Array(problem.slotCount);
  let delayedKwhSlots = 0;
  for (const [index, { firstSlot, endSlot, kwhPerA }] of problem.cars.entries()) {
    for (let slot = firstSlot; slot < endSlot; slot += 1) {
      const kwh = (currentA[index]?.[slot] ?? 0) * kwhPerA;
      servedKwh[index] = (servedKwh[index] ?? 0) + kwh;
      slotKwh[slot] = (slotKwh[slot] ?? 0) + kwh;
      delayedKwhSlots += kwh * (slot - firstSlot);
    }
  }
  const { urgencyPerKwhHour } = problem.scenario.site.objective;
  return { servedKwh, slotKwh, urgency: (urgencyPerKwhHour * delayedKwhSlots * problem.slotS) / 3600 };
}

function importOf(
  problem: Problem,
  slotKwh: Float64Array,
): Pick<Money, 'energy' | 'peakKw'> & { readonly added: number } {
  const slotHours = problem.slotS / 3600;
  let energy = 0;
  let added = 0;
  let peakKw = 0;
  for (const [slot, kwh] of slotKwh.entries()) {
    const ownKwh = Math.min(kwh, (problem.surplusKw[slot] ?? 0) * slotHours);
    const importKwh = kwh - ownKwh;
    energy += importKwh * (problem.importPerKwh[slot] ?? 0) + ownKwh * (problem.feedInPerKwh[slot] ?? 0);
    added += importKwh * (problem.addedPerKwh[slot] ?? 0);
    peakKw = Math.max(peakKw, (problem.baseKw[slot] ?? 0) + importKwh / slotHours);
  }
  return { energy, added, peakKw };
}
