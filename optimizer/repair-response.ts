import type { Car } from './problem.ts';
import type { Draft } from './repair-draft.ts';
import { leastTenths } from './tenths.ts';

/** What a car could do in each slot while all others stay as they are. */
export type Choice = {
  readonly car: Car;
  /** Most tenths in each slot; 0 where the least current of the connector is not to be had and must be. */
  readonly most: Int32Array;
  /** Slots in which a current is 0 or at least the least. */
  readonly exactSlots: number;
  /** The least of a slot in which it charges at all. */
  readonly least: number;
  /** Money for a tenth in each slot, on average when it has all it can have there. */
  readonly costs: Float64Array;
  /** Money for a tenth that is imported, for one out of the surplus, and how many tenths the others leave of that. */
  readonly importCosts: Float64Array;
  readonly surplusCosts: Float64Array;
  readonly surplusTenths: Int32Array;
  /** Money for a start. */
  readonly startCost: number;
  /** It charges before slot 0. */
  readonly isCharging: boolean;
  /** Sum of tenths that it may have at most. */
  readonly budget: number;
};

/** How often a price is halved in search of the one that fills a row; what is still too much is trimmed. */
const rounds = 14;

/** Asks the draft what a car could do. `budget`: the sum of its tenths; `exactSlots`: all, if not said otherwise. */
export function choiceOf(
  draft: Draft,
  index: number,
  car: Car,
  budget: number,
  exactSlots = draft.problem.slotCount,
): Choice {
  const { scenario, slotCount } = draft.problem;
  const least = leastTenths(car);
  const most = new Int32Array(slotCount);
  for (let slot = car.firstSlot; slot < car.endSlot; slot += 1) {
    const available = Math.min(draft.available(index, slot), budget);
    most[slot] = slot < exactSlots && available < least ? 0 : available;
  }
  return {
    car,
    most,
    exactSlots,
    least,
    ...costsOf(draft, index, car, most),
    startCost: scenario.site.objective.startCost,
    isCharging: car.session.isCharging ?? false,
    budget,
  };
}

type Costs = Pick<Choice, 'costs' | 'importCosts' | 'surplusCosts' | 'surplusTenths'>;

/** Energy, CO2 and urgency; what the others leave of a surplus costs its feed-in. */
function costsOf(draft: Draft, index: number, car: Car, most: Int32Array): Costs {
  const { importPerKwh, feedInPerKwh, addedPerKwh, surplusKw, scenario, slotS } = draft.problem;
  const { urgencyPerKwhHour } = scenario.site.objective;
  const perTenth = car.kwhPerA / 10;
  const urgency = (slot: number) => (urgencyPerKwhHour * (slot - car.firstSlot) * slotS) / 3600;
  const importCosts = importPerKwh.map((price, slot) => (price + (addedPerKwh[slot] ?? 0) + urgency(slot)) * perTenth);
  const surplusCosts = feedInPerKwh.map((price, slot) => (price + urgency(slot)) * perTenth);
  const surplusTenths = Int32Array.from(surplusKw, (kw, slot) => {
    if (kw <= 0) return 0;
    const leftKwh = ((kw - draft.carsKwBeside(index, slot)) * slotS) / 3600;
    return Math.max(0, Math.floor(leftKwh / perTenth));
  });
  const costs = importCosts.map((cost, slot) => {
    const part = Math.min(1, (surplusTenths[slot] ?? 0) / Math.max(1, most[slot] ?? 0));
    return cost + part * ((surplusCosts[slot] ?? 0) - cost);
  });
  return { costs, importCosts, surplusCosts, surplusTenths };
}

/** Money for a current in a slot. */
function costAt({ importCosts, surplusCosts, surplusTenths }: Choice, slot: number, tenths: number): number {
  const own = Math.min(tenths, surplusTenths[slot] ?? 0);
  return own * (surplusCosts[slot] ?? 0) + (tenths - own) * (importCosts[slot] ?? 0);
}

/** What a row of currents costs the car: energy, starts, and what it still lacks. */
export function worthOf(choice: Choice, tenths: Int32Array): number {
  const { car, startCost, budget } = choice;
  const lackingKwh = ((budget - sumOf(tenths)) * car.kwhPerA) / 10;
  return paidFor(choice, tenths) + startsOf(choice, tenths) * startCost + lackingKwh * car.valuePerKwh;
}

/** Money for the energy of a row, urgency included. */
function paidFor(choice: Choice, tenths: Int32Array): number {
  let paid = 0;
  for (const [slot, current] of tenths.entries()) if (current > 0) paid += costAt(choice, slot, current);
  return paid;
}

/** How often a car starts in a row. */
function startsOf({ isCharging }: Choice, tenths: Int32Array): number {
  let starts = 0;
  let wasOn = isCharging;
  for (const current of tenths) {
    if (current > 0 && !wasOn) starts += 1;
    wasOn = current > 0;
  }
  return starts;
}

/**
 * The cheapest row of currents, 0 or at least the minimum in every slot, that brings the budget. Energy is given a
 * price that rises until the row is full; for one price the row is found slot by slot (on or off, starts paid). What is
 * then too much is taken away where it is dearest.
 */
export function bestResponse(choice: Choice): Int32Array {
  const { budget } = choice;
  let low = 0;
  let high = (choice.car.valuePerKwh * choice.car.kwhPerA) / 10;
  let row = rowAt(choice, high);
  for (let round = 0; round < rounds && sumOf(row) > budget; round += 1) {
    // most prices are far below what a lacking kWh is worth
    const middle = round === 0 ? Math.min(dearest(choice), high / 2) : (low + high) / 2;
    const tried = rowAt(choice, middle);
    if (sumOf(tried) < budget) low = middle;
    else {
      high = middle;
      row = tried;
    }
  }
  return trimmed(choice, row);
}

/** A price for a tenth at which every slot is worth its start. */
function dearest({ importCosts, startCost, least }: Choice): number {
  return importCosts.reduce((most, cost) => Math.max(most, cost), 0) + startCost / least;
}

/** Charging in a slot is worth `price` for each tenth: all it can have where that is gained, else the least. */
function rowAt(choice: Choice, price: number): Int32Array {
  const { car, most, startCost } = choice;
  const count = car.endSlot - car.firstSlot;
  const fromOn = new Uint8Array(count);
  const fromOff = new Uint8Array(count);
  let on = choice.isCharging ? 0 : Number.POSITIVE_INFINITY;
  let off = choice.isCharging ? Number.POSITIVE_INFINITY : 0;
  for (let position = 0; position < count; position += 1) {
    const slot = car.firstSlot + position;
    const level = levelAt(choice, slot, price);
    const gain = level === 0 ? Number.POSITIVE_INFINITY : costAt(choice, slot, level) - price * level;
    fromOn[position] = on <= off + startCost ? 1 : 0;
    fromOff[position] = on < off ? 1 : 0;
    const nextOn = Math.min(on, off + startCost) + gain;
    off = Math.min(on, off);
    on = nextOn;
  }
  const row = new Int32Array(most.length);
  let isOn = on < off;
  for (let position = count - 1; position >= 0; position -= 1) {
    const slot = car.firstSlot + position;
    if (isOn) row[slot] = levelAt(choice, slot, price);
    isOn = (isOn ? fromOn[position] : fromOff[position]) === 1;
  }
  return row;
}

/** The least where a tenth costs more than its price, else as much as does not: of the surplus, or of all. */
function levelAt(
  { most, least, importCosts, surplusCosts, surplusTenths }: Choice,
  slot: number,
  price: number,
): number {
  const highest = most[slot] ?? 0;
  if (highest === 0 || (importCosts[slot] ?? 0) < price) return highest;
  const own = (surplusCosts[slot] ?? 0) < price ? Math.min(highest, surplusTenths[slot] ?? 0) : 0;
  return Math.max(least, own);
}

/** Takes away what is beyond the budget: first down to the least, dearest slot first, then whole slots at the ends of runs. */
function trimmed(choice: Choice, row: Int32Array): Int32Array {
  const { budget, least } = choice;
  let excess = sumOf(row) - budget;
  while (excess > 0) {
    excess = lowered(choice, row, excess);
    if (excess <= 0) break;
    const slot = dearestEnd(choice, row);
    const freed = row[slot] ?? least;
    row[slot] = 0;
    excess -= freed;
  }
  if (excess < 0) raised(choice, row, -excess);
  return row;
}

function lowered({ costs, least }: Choice, row: Int32Array, excess: number): number {
  let left = excess;
  for (const slot of slotsOn(row).toSorted((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0))) {
    const by = Math.min(left, (row[slot] ?? 0) - least);
    row[slot] = (row[slot] ?? 0) - by;
    left -= by;
    if (left === 0) break;
  }
  return left;
}

function raised({ costs, most }: Choice, row: Int32Array, lack: number): void {
  let left = lack;
  for (const slot of slotsOn(row).toSorted((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0))) {
    const by = Math.min(left, (most[slot] ?? 0) - (row[slot] ?? 0));
    row[slot] = (row[slot] ?? 0) + by;
    left -= by;
    if (left === 0) break;
  }
}

function dearestEnd({ costs }: Choice, row: Int32Array): number {
  const ends = slotsOn(row).filter((slot) => (row[slot - 1] ?? 0) === 0 || (row[slot + 1] ?? 0) === 0);
  return ends.reduce((worst, slot) => ((costs[slot] ?? 0) >= (costs[worst] ?? 0) ? slot : worst), ends[0] ?? 0);
}

/** Slots with a current. */
export function slotsOn(row: Int32Array): number[] {
  const on: number[] = [];
  for (let slot = 0; slot < row.length; slot += 1) if ((row[slot] ?? 0) > 0) on.push(slot);
  return on;
}

/** Sum of a row of tenths. */
export function sumOf(row: Int32Array): number {
  let sum = 0;
  for (let slot = 0; slot < row.length; slot += 1) sum += row[slot] ?? 0;
  return sum;
}
