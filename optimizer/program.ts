import { MatrixBuilder } from './matrix-builder.ts';
import type { NamedProgram } from './program-form.ts';
import type { Car, LimitNode, Problem, Relaxed } from './problem.ts';
import { tenthsFor, tenthsWithin } from './tenths.ts';

/** Where the columns and rows of a program come from. */
export type Layout = {
  /** Column of a car in its first open slot; its columns are those of `openSlots`, in order. */
  readonly firstColumn: readonly number[];
  /** Slots in which a car may charge, ascending. */
  readonly openSlots: readonly Int32Array[];
  /** Row of the energy of a car, -1 when it needs none. */
  readonly energyRow: Int32Array;
  /** Column of the peak above what is billed, -1 without demand charge. */
  readonly peakColumn: number;
};

/** A linear program, by what its columns and rows are known again, and where its parts come from. */
export type Program = NamedProgram & { readonly layout: Layout };

/**
 * The linear program of a problem, in packing form: charging nothing is feasible, so that "infeasible" cannot happen.
 * Columns: amperes per used phase of a car in each slot where it may charge; kWh of surplus that cars use, slot by slot;
 * kW of peak above what is billed. Rows: energy of a car; limits of nodes, where they can bind at all; surplus; peak.
 * Energy, limits and bounds are rounded down to what whole tenths of an ampere can bring (OCPP 1.6 §7.14): no plan that
 * a charger can carry out is cut off, and the dual bound is one of such plans.
 */
export function programOf(problem: Problem): Program {
  const matrix = new MatrixBuilder(problem.startS / problem.slotS);
  const openSlots = problem.cars.map((car) => openSlotsOf(problem, car));
  const energyRow = Int32Array.from(problem.cars, (car, index) =>
    openSlots[index]?.length === 0
      ? -1
      : matrix.row((tenthsFor(car, car.energyKwh) * car.kwhPerA) / 10, ownerOf(car), -1),
  );
  const demand = demandOf(problem, openSlots);
  const nodeRows = problem.nodes.map((node) => nodeRowsOf(problem, matrix, node, openSlots));
  const surplusRow = rowsWhere(problem, matrix, 'surplus', usesSurplus(problem, demand), () => 0);
  const peakRow = rowsWhere(
    problem,
    matrix,
    'peak',
    mayMakePeak(problem, demand),
    (slot) => hours(problem) * belowPeak(problem, slot),
  );
  const firstColumn = problem.cars.map((car, index) => {
    const first = matrix.columnCount;
    addCar(problem, matrix, car, openSlots[index] ?? new Int32Array(), {
      energyRow: energyRow[index] ?? -1,
      nodeRows,
      surplusRow,
      peakRow,
    });
    return first;
  });
  addSurplus(problem, matrix, surplusRow, peakRow);
  const peakColumn = addPeak(problem, matrix, peakRow, demand);
  const offset = problem.cars.reduce((sum, car) => sum + car.valuePerKwh * car.energyKwh, 0);
  const layout = { firstColumn, openSlots, energyRow, peakColumn };
  return { program: matrix.program(offset), layout, columnNames: matrix.columnNames, rowNames: matrix.rowNames };
}

/** What the values of the columns mean: currents within their bounds, rounding noise of the engine cut off. */
export function relaxedOf(problem: Problem, { layout, program }: Program, values: Float64Array): Relaxed {
  const currentA = problem.cars.map((_, index) => {
    const current = new Float64Array(problem.slotCount);
    const first = layout.firstColumn[index] ?? 0;
    for (const [position, slot] of (layout.openSlots[index] ?? new Int32Array()).entries()) {
      const column = first + position;
      current[slot] = Math.min(Math.max(0, values[column] ?? 0), program.upper[column] ?? 0);
    }
    return current;
  });
  return { currentA };
}

/**
 * Slots with the car there, a limit above 0, and a price that a kWh for it is worth. What is dearer stays closed: no
 * optimum would use it.
 */
function openSlotsOf(problem: Problem, car: Car): Int32Array {
  if (car.energyKwh <= 0) return new Int32Array();
  const { unmetPerKwh, priorityFactor } = problem.scenario.site.objective;
  const worth = unmetPerKwh * priorityFactor ** (car.session.priority - 1);
  const open: number[] = [];
  for (let slot = car.firstSlot; slot < car.endSlot; slot += 1) {
    const price = (problem.importPerKwh[slot] ?? 0) + (problem.addedPerKwh[slot] ?? 0);
    const isWorth = price < worth || (problem.surplusKw[slot] ?? 0) > 0;
    if ((car.capA[slot] ?? 0) > 0 && isWorth) open.push(slot);
  }
  return Int32Array.from(open);
}

/** The most that all cars together could take, in kWh for each slot. */
function demandOf(problem: Problem, openSlots: readonly Int32Array[]): Float64Array {
  const demand = new Float64Array(problem.slotCount);
  for (const [index, car] of problem.cars.entries()) {
    for (const slot of openSlots[index] ?? []) demand[slot] = (demand[slot] ?? 0) + (car.capA[slot] ?? 0) * car.kwhPerA;
  }
  return demand;
}

/** Rows of a node: phase 0, 1, 2, and 3 for all phases added; -1 where the cars below cannot reach the limit. */
type NodeRows = readonly [Int32Array, Int32Array, Int32Array, Int32Array];

function nodeRowsOf(
  problem: Problem,
  matrix: MatrixBuilder,
  node: LimitNode,
  openSlots: readonly Int32Array[],
): NodeRows {
  const most = [0, 1, 2, 3].map(() => new Float64Array(problem.slotCount));
  for (const index of node.cars) {
    const car = problem.cars[index];
    if (car === undefined) continue;
    for (const slot of openSlots[index] ?? []) {
      const capA = car.capA[slot] ?? 0;
      for (const phase of car.phases) add(most[phase], slot, capA);
      add(most[3], slot, capA * car.phases.length);
    }
  }
  const rows = (place: 0 | 1 | 2 | 3, room: Float64Array | undefined) => {
    const owner = `${place} ${node.id}`;
    return Int32Array.from({ length: problem.slotCount }, (_, slot) =>
      room !== undefined && (most[place]?.[slot] ?? 0) > (room[slot] ?? 0)
        ? matrix.row(inTenths(room[slot] ?? 0), owner, slot)
        : -1,
    );
  };
  return [rows(0, node.roomA[0]), rows(1, node.roomA[1]), rows(2, node.roomA[2]), rows(3, node.totalRoomA)];
}

type CarRows = {
  readonly energyRow: number;
  readonly nodeRows: readonly NodeRows[];
  readonly surplusRow: Int32Array;
  readonly peakRow: Int32Array;
};

function addCar(problem: Problem, matrix: MatrixBuilder, car: Car, openSlots: Int32Array, rows: CarRows): void {
  const { urgencyPerKwhHour } = problem.scenario.site.objective;
  const owner = ownerOf(car);
  for (const slot of openSlots) {
    const price = (problem.importPerKwh[slot] ?? 0) + (problem.addedPerKwh[slot] ?? 0);
    const urgency = urgencyPerKwhHour * hours(problem) * (slot - car.firstSlot);
    matrix.column((price + urgency - car.valuePerKwh) * car.kwhPerA, inTenths(car.capA[slot] ?? 0), owner, slot);
    matrix.entry(rows.energyRow, car.kwhPerA);
    for (const node of car.nodes) {
      const nodeRows = rows.nodeRows[node];
      for (const phase of car.phases) matrix.entry(nodeRows?.[phase][slot] ?? -1, 1);
      matrix.entry(nodeRows?.[3][slot] ?? -1, car.phases.length);
    }
    matrix.entry(rows.surplusRow[slot] ?? -1, -car.kwhPerA);
    matrix.entry(rows.peakRow[slot] ?? -1, car.kwhPerA);
  }
}

/** kWh of surplus that cars use instead of import: the site loses the feed-in for it. */
function addSurplus(problem: Problem, matrix: MatrixBuilder, surplusRow: Int32Array, peakRow: Int32Array): void {
  for (const [slot, row] of surplusRow.entries()) {
    if (row < 0) continue;
    const saving = (problem.importPerKwh[slot] ?? 0) - (problem.feedInPerKwh[slot] ?? 0);
    matrix.column(
      -saving - (problem.addedPerKwh[slot] ?? 0),
      (problem.surplusKw[slot] ?? 0) * hours(problem),
      'surplus',
      slot,
    );
    matrix.entry(row, 1);
    matrix.entry(peakRow[slot] ?? -1, -1);
  }
}

function addPeak(problem: Problem, matrix: MatrixBuilder, peakRow: Int32Array, demand: Float64Array): number {
  const rows = peakRow.filter((row) => row >= 0);
  if (rows.length === 0) return -1;
  const demandKw = demand.reduce((most, kwh) => Math.max(most, kwh), 0) / hours(problem);
  const column = matrix.column(problem.scenario.site.demandCharge.perKwMonth, demandKw, 'peak', -1);
  for (const row of rows) matrix.entry(row, -hours(problem));
  return column;
}

function usesSurplus(problem: Problem, demand: Float64Array): (slot: number) => boolean {
  return (slot) => (problem.surplusKw[slot] ?? 0) > 0 && (demand[slot] ?? 0) > 0;
}

function mayMakePeak(problem: Problem, demand: Float64Array): (slot: number) => boolean {
  const { perKwMonth } = problem.scenario.site.demandCharge;
  return (slot) => perKwMonth > 0 && (demand[slot] ?? 0) > hours(problem) * belowPeak(problem, slot);
}

/** kW that may still be imported in a slot before the peak is dearer. */
function belowPeak(problem: Problem, slot: number): number {
  return problem.peakFloorKw - (problem.baseKw[slot] ?? 0);
}

function rowsWhere(
  problem: Problem,
  matrix: MatrixBuilder,
  owner: string,
  holds: (slot: number) => boolean,
  upper: (slot: number) => number,
): Int32Array {
  return Int32Array.from({ length: problem.slotCount }, (_, slot) =>
    holds(slot) ? matrix.row(upper(slot), owner, slot) : -1,
  );
}

/** One stay of one car. */
function ownerOf({ session }: Car): string {
  return `${session.connector} ${session.sinceS} ${session.arrivalS} ${session.chargePoint}`;
}

function inTenths(limitA: number): number {
  return tenthsWithin(limitA) / 10;
}

function hours({ slotS }: Problem): number {
  return slotS / 3600;
}

function add(values: Float64Array | undefined, slot: number, value: number): void {
  if (values !== undefined) values[slot] = (values[slot] ?? 0) + value;
}
