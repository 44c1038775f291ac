import type { Car, Problem } from './problem.ts';
import type { Program } from './program.ts';
import type { LinearProgram } from './program-form.ts';
import { Room } from './room.ts';

/** Bounds of all columns under which every committed current is 0 or at least the minimum of its connector. */
export type Commitment = { readonly lower: Float64Array; readonly upper: Float64Array };

/** An optimum of a program and the price of each of its rows. */
export type Optimum = { readonly values: Float64Array; readonly rowDuals: Float64Array };

/** Money per kWh that leaving the optimum is worth by itself, so that of equal choices the optimum's is taken. */
const loyaltyPerKwh = 1e-3;
/** Rounding noise of an engine, A. */
const noiseA = 1e-6;

/** What a car could do in one committed slot. */
type Choice = {
  readonly column: number;
  readonly slot: number;
  readonly currentA: number;
  readonly mostA: number;
  /** Money for charging with at least the minimum, and for not charging, by the prices of the optimum. */
  readonly onCost: number;
  readonly offCost: number;
};

/**
 * Decides for the committed slots which cars charge (IEC 61851: a car takes 0 or at least 6 A). An optimum has currents
 * in between, and of many equal ones it is an arbitrary one. So every car chooses its cheapest sequence of on and off by
 * the prices of the optimum, paying `startCost` for a start; those that charge already choose first. What the optimum
 * gives in full is kept free for it. The program, solved again within these bounds, puts the amounts right.
 */
export function commitmentOf(problem: Problem, program: Program, optimum: Optimum, startCost: number): Commitment {
  const { upper } = program.program;
  const commitment = { lower: new Float64Array(upper.length), upper: upper.slice() };
  const room = new Room(problem);
  const choices = problem.cars.map((car, index) => choicesOf(problem, program, optimum, car, index));
  const reserve = (index: number, by: 1 | -1) => {
    const car = problem.cars[index];
    for (const { slot, currentA } of choices[index] ?? []) {
      if (car !== undefined && currentA >= car.minCurrentA - noiseA) room.take(car, slot, by * car.minCurrentA);
    }
  };
  for (const index of choices.keys()) reserve(index, 1);
  for (const index of inOrder(problem, choices)) {
    const car = problem.cars[index];
    const own = choices[index] ?? [];
    if (car === undefined || own.length === 0) continue;
    reserve(index, -1);
    const later = laterOf(problem, program, optimum, index);
    const fits = (slot: number) => room.of(car, slot) >= car.minCurrentA - noiseA;
    const isOn = enoughFor(own, later, [
      () => sequenceOf(car, own, startCost, later, fits),
      () => sequenceOf(car, own, 0, later, fits),
      () => own.map(({ slot, currentA }) => currentA > noiseA && fits(slot)),
    ]);
    for (const [position, { column, slot }] of own.entries()) {
      if (isOn[position] === true) {
        commitment.lower[column] = car.minCurrentA;
        room.take(car, slot, car.minCurrentA);
      } else commitment.upper[column] = 0;
    }
  }
  return commitment;
}

/** Starts in the committed slots that a commitment brings. */
export function startsOf(problem: Problem, { layout }: Program, { lower }: Commitment): number {
  const { commitSlots } = problem.scenario.site.engine;
  return problem.cars.reduce((starts, { session }, index) => {
    let lastOn = session.isCharging === true ? -1 : -2;
    let own = 0;
    for (const [position, slot] of (layout.openSlots[index] ?? new Int32Array()).entries()) {
      if (slot >= commitSlots) break;
      if ((lower[(layout.firstColumn[index] ?? 0) + position] ?? 0) === 0) continue;
      if (lastOn !== slot - 1) own += 1;
      lastOn = slot;
    }
    return starts + own;
  }, 0);
}

function choicesOf(
  problem: Problem,
  program: Program,
  { values, rowDuals }: Optimum,
  car: Car,
  index: number,
): readonly Choice[] {
  const { commitSlots } = problem.scenario.site.engine;
  const { firstColumn, openSlots, energyRow } = program.layout;
  const first = firstColumn[index] ?? 0;
  const slots = openSlots[index] ?? new Int32Array();
  if (slots.length === 0 || (slots[0] ?? 0) >= commitSlots) return [];
  const reduced = Array.from(slots, (_, position) => reducedCost(program.program, rowDuals, first + position));
  const cells = Array.from(slots, (_, position): Cell => {
    const currentA = values[first + position] ?? 0;
    const headroomA = Math.max(0, (program.program.upper[first + position] ?? 0) - currentA);
    return { position, headroomA, perA: Math.max(0, reduced[position] ?? 0) };
  });
  const elsewhere = cells.toSorted((a, b) => a.perA - b.perA);
  const unmetPerA = Math.max(0, -(rowDuals[energyRow[index] ?? -1] ?? 0)) * car.kwhPerA;
  const loyalty = loyaltyPerKwh * car.kwhPerA;
  const open = slots.filter((slot) => slot < commitSlots);
  return Array.from(open, (slot, position): Choice => {
    const currentA = values[first + position] ?? 0;
    const perA = reduced[position] ?? 0;
    const lackingA = Math.max(0, car.minCurrentA - currentA);
    const moved = costElsewhere(elsewhere, position, currentA, unmetPerA);
    return {
      column: first + position,
      slot,
      currentA,
      mostA: program.program.upper[first + position] ?? 0,
      onCost: lackingA * (Math.max(0, perA) + loyalty),
      offCost: moved + currentA * (Math.max(0, -perA) + loyalty),
    };
  });
}

/** One slot of a car: how much more it could take there, and what an ampere more costs by the prices of the optimum. */
type Cell = { readonly position: number; readonly headroomA: number; readonly perA: number };

/** What it costs to have a current in other slots, the cheapest first, or not at all. */
function costElsewhere(cells: readonly Cell[], position: number, currentA: number, unmetPerA: number): number {
  let leftA = currentA;
  let cost = 0;
  for (const cell of cells) {
    if (leftA <= noiseA) return cost;
    if (cell.position === position) continue;
    const movedA = Math.min(leftA, cell.headroomA);
    cost += movedA * Math.min(cell.perA, unmetPerA);
    leftA -= movedA;
  }
  return cost + leftA * unmetPerA;
}

function reducedCost(
  { costs, starts, rowIndices, values }: LinearProgram,
  rowDuals: Float64Array,
  column: number,
): number {
  let reduced = costs[column] ?? 0;
  for (let entry = starts[column] ?? 0; entry < (starts[column + 1] ?? 0); entry += 1) {
    reduced += Math.max(0, -(rowDuals[rowIndices[entry] ?? -1] ?? 0)) * (values[entry] ?? 0);
  }
  return reduced;
}

/** Cars that charge before those that would have to be started; among them, those with more to lose. */
function inOrder({ cars }: Problem, choices: readonly (readonly Choice[])[]): readonly number[] {
  const losses = choices.map((own) => own.reduce((sum, { offCost }) => sum + offCost, 0));
  const rank = (index: number) => (cars[index]?.session.isCharging === true ? 1 : 0);
  return [...cars.keys()].toSorted((a, b) => rank(b) - rank(a) || (losses[b] ?? 0) - (losses[a] ?? 0));
}

/** What the optimum gives a car after the committed slots, and what it could take there: sums over slots, A. */
type Later = { readonly currentA: number; readonly mostA: number };

function laterOf(problem: Problem, { program, layout }: Program, { values }: Optimum, index: number): Later {
  const { commitSlots } = problem.scenario.site.engine;
  const first = layout.firstColumn[index] ?? 0;
  const later = { currentA: 0, mostA: 0 };
  for (const [position, slot] of (layout.openSlots[index] ?? new Int32Array()).entries()) {
    if (slot < commitSlots) continue;
    later.currentA += values[first + position] ?? 0;
    later.mostA += program.upper[first + position] ?? 0;
  }
  return later;
}

/** The first sequence in which the car could still have all that the optimum gives it; if none, the last. */
function enoughFor(
  choices: readonly Choice[],
  { currentA, mostA }: Later,
  sequences: readonly (() => readonly boolean[])[],
): readonly boolean[] {
  const givenA = choices.reduce((sum, choice) => sum + choice.currentA, currentA);
  let isOn: readonly boolean[] = [];
  for (const sequence of sequences) {
    isOn = sequence();
    const possibleA = choices.reduce(
      (sum, choice, position) => sum + (isOn[position] === true ? choice.mostA : 0),
      mostA,
    );
    if (possibleA >= givenA - noiseA) return isOn;
  }
  return isOn;
}

/**
 * The cheapest sequence of on and off, a start paid each time, and once more when the car is off at the end but charges
 * later. It is on in no more slots than its energy fills at the minimum.
 */
function sequenceOf(
  { session, minCurrentA, energyKwh, kwhPerA }: Car,
  choices: readonly Choice[],
  startCost: number,
  later: Later,
  fits: (slot: number) => boolean,
): readonly boolean[] {
  const impossible = Number.POSITIVE_INFINITY;
  const fromOn: (readonly [boolean, boolean])[] = [];
  let on = session.isCharging === true && choices[0]?.slot === 0 ? 0 : impossible;
  let off = on === 0 ? impossible : 0;
  let before = -1;
  for (const { slot, onCost, offCost } of choices) {
    // a closed slot in between: it is off there
    if (slot !== before + 1) [on, off] = [impossible, Math.min(on, off)];
    before = slot;
    fromOn.push([on <= off + startCost, on < off]);
    const nextOn = fits(slot) ? Math.min(on, off + startCost) + onCost : impossible;
    off = Math.min(on, off) + offCost;
    on = nextOn;
  }
  const isOn: boolean[] = [];
  let state = on <= off + (later.currentA > noiseA ? startCost : 0);
  for (let position = choices.length - 1; position >= 0; position -= 1) {
    isOn[position] = state;
    state = fromOn[position]?.[state ? 0 : 1] ?? false;
  }
  return within(isOn, Math.floor(energyKwh / (minCurrentA * kwhPerA) + noiseA));
}

function within(isOn: readonly boolean[], most: number): readonly boolean[] {
  let left = most;
  return isOn.map((on) => {
    if (on) left -= 1;
    return on && left >= 0;
  });
}
