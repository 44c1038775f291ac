import type { Plan } from './problem.ts';
import { leastStationLimit, sessionCeiling } from './proof-ceiling.ts';
import { type PhaseName, phaseNames, type Scenario, type Session, type SiteConnector, type TreeNode } from './site.ts';

/** What a plan does that it must not; `slot` counts from the slot of now, currents in A. */
export type Violation =
  | {
      readonly kind: 'node';
      readonly id: string;
      readonly slot: number;
      readonly usedA: number;
      readonly limitA: number;
    }
  | {
      readonly kind: 'cap' | 'profile';
      readonly id: string;
      readonly slot: number;
      readonly usedA: number;
      readonly limitA: number;
    }
  | { readonly kind: 'presence' | 'minimumCurrent' | 'step' | 'twoCars'; readonly id: string; readonly slot: number }
  | { readonly kind: 'energy'; readonly id: string; readonly plannedKwh: number; readonly wantedKwh: number }
  | { readonly kind: 'shape'; readonly id: string };

/** Rounding noise of sums of currents. */
const toleranceA = 1e-6;

/** A session as the checker sees it: worked out of the site's data alone, never out of the program. */
type Checked = {
  readonly id: string;
  readonly session: Session;
  readonly connector: SiteConnector;
  readonly phases: readonly PhaseName[];
  readonly leastProfileA: (fromS: number, toS: number) => number;
  readonly tenths: Int32Array;
};

/**
 * Checks a plan against the scenario, with nothing in common with the program that made it: every node, phase and slot,
 * the ceilings of the CSMS by asking their profiles moment by moment, presence, energy, 0.1 A, and 0 or the minimum in
 * the committed slots. Empty: the plan may be sent.
 */
export function checkPlan(scenario: Scenario, plan: Plan): readonly Violation[] {
  const clock = clockOf(scenario);
  const misshapen = shapeViolations(scenario, plan, clock.slotCount);
  if (misshapen.length > 0) return misshapen;
  const cars = scenario.sessions.map((session, index) =>
    checkedCar(scenario, clock, session, plan.tenths[index] ?? new Int32Array()),
  );
  return [
    ...cars.flatMap((car) => carViolations(scenario, clock, car)),
    ...twoCarViolations(cars, clock),
    ...scenario.site.tree.flatMap((node) => nodeViolations(scenario, clock, node, cars)),
    ...stationViolations(scenario, clock, cars),
    ...surplusViolations(scenario, clock, cars),
    ...unbalanceViolations(scenario, clock, cars),
  ];
}

type Clock = { readonly startS: number; readonly slotS: number; readonly slotCount: number };

function clockOf({ site, nowS }: Scenario): Clock {
  const slotS = site.slotMinutes * 60;
  return { startS: nowS - (nowS % slotS), slotS, slotCount: Math.floor((site.horizonHours * 60) / site.slotMinutes) };
}

function span({ startS, slotS }: Clock, slot: number): readonly [number, number] {
  return [startS + slot * slotS, startS + (slot + 1) * slotS];
}

function slotsOf({ slotCount }: Clock): readonly number[] {
  return Array.from({ length: slotCount }, (_, slot) => slot);
}

function shapeViolations({ sessions }: Scenario, { tenths }: Plan, slotCount: number): readonly Violation[] {
  if (tenths.length !== sessions.length) return [{ kind: 'shape', id: `${tenths.length} rows` }];
  return tenths.flatMap((row, index) => (row.length === slotCount ? [] : [{ kind: 'shape', id: `row ${index}` }]));
}

function checkedCar(scenario: Scenario, clock: Clock, session: Session, tenths: Int32Array): Checked {
  const { chargePoint, connector: number } = session;
  const id = `${chargePoint}/${number}`;
  const connector = scenario.site.connectors.find((own) => own.chargePoint === chargePoint && own.connector === number);
  if (connector === undefined) throw new Error(`the site has no connector ${id}`);
  const fromS = Math.max(clock.startS, session.arrivalS);
  const toS = Math.min(session.departureS, clock.startS + clock.slotCount * clock.slotS);
  const wired = Math.min(session.phases, connector.phases.length);
  const { phases, leastA } = sessionCeiling(scenario, session, wired, [fromS, toS]);
  return { id, session, connector, phases: connector.phases.slice(0, phases), leastProfileA: leastA, tenths };
}

function carViolations(scenario: Scenario, clock: Clock, car: Checked): readonly Violation[] {
  const inSlots = slotsOf(clock).flatMap((slot) =>
    car.tenths[slot] === 0 ? [] : slotViolations(scenario, clock, car, slot),
  );
  const { session, id } = car;
  const { nominalVoltageV } = scenario.site;
  const sumTenths = car.tenths.reduce((sum, tenths) => sum + tenths, 0);
  const plannedKwh = (sumTenths * car.phases.length * nominalVoltageV * clock.slotS) / 36_000_000;
  const wantedKwh = Math.max(0, session.energyKwh - session.energyServedKwh);
  return plannedKwh > wantedKwh + 1e-6 ? [...inSlots, { kind: 'energy', id, plannedKwh, wantedKwh }] : inSlots;
}

function slotViolations(scenario: Scenario, clock: Clock, car: Checked, slot: number): readonly Violation[] {
  const { id, session, connector, leastProfileA } = car;
  const usedA = (car.tenths[slot] ?? 0) / 10;
  const [fromS, toS] = span(clock, slot);
  const found: Violation[] = [];
  if (usedA < 0) found.push({ kind: 'step', id, slot });
  // a car that has come since the slot began is there
  const isThere = session.arrivalS <= Math.max(fromS, slot === 0 ? scenario.nowS : fromS) && toS <= session.departureS;
  if (!isThere) found.push({ kind: 'presence', id, slot });
  const capA = Math.min(session.maxCurrentA, connector.maxCurrentA);
  if (usedA > capA + toleranceA) found.push({ kind: 'cap', id, slot, usedA, limitA: capA });
  const profileA = leastProfileA(fromS, toS);
  if (usedA > profileA + toleranceA) found.push({ kind: 'profile', id, slot, usedA, limitA: profileA });
  const isCommitted = slot < scenario.site.engine.commitSlots;
  if (isCommitted && usedA < connector.minCurrentA - toleranceA) found.push({ kind: 'minimumCurrent', id, slot });
  return found;
}

/** Two sessions of one connector never charge in the same slot. */
function twoCarViolations(cars: readonly Checked[], clock: Clock): readonly Violation[] {
  const byConnector = new Map<string, Checked[]>();
  for (const car of cars) byConnector.set(car.id, [...(byConnector.get(car.id) ?? []), car]);
  return [...byConnector].flatMap(([id, sharing]) =>
    slotsOf(clock).flatMap((slot) =>
      sharing.filter(({ tenths }) => (tenths[slot] ?? 0) > 0).length > 1
        ? [{ kind: 'twoCars', id, slot } as const]
        : [],
    ),
  );
}

function nodeViolations(
  scenario: Scenario,
  clock: Clock,
  node: TreeNode,
  cars: readonly Checked[],
): readonly Violation[] {
  const below = cars.filter(({ connector }) => isBelow(scenario, connector.parent, node.id));
  return slotsOf(clock).flatMap((slot) => [
    ...phaseNames.flatMap((phase) => {
      const usedA = usedOn(below, phase, slot);
      const limitA = freeOn(scenario, clock, node, phase, slot);
      return exceeded(`${node.id} ${phase}`, slot, usedA, limitA);
    }),
    ...exceeded(node.id, slot, usedInAll(below, slot), freeInAll(scenario, clock, node, slot)),
  ]);
}

function exceeded(id: string, slot: number, usedA: number, limitA: number): readonly Violation[] {
  return usedA > limitA + toleranceA ? [{ kind: 'node', id, slot, usedA, limitA }] : [];
}

function isBelow({ site }: Scenario, parent: string, id: string): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = parent; at !== undefined && !seen.has(at); ) {
    if (at === id) return true;
    seen.add(at);
    at = site.tree.find((node) => node.id === at)?.parent;
  }
  return false;
}

function usedOn(cars: readonly Checked[], phase: PhaseName, slot: number): number {
  let tenths = 0;
  for (const car of cars) if (car.phases.includes(phase)) tenths += car.tenths[slot] ?? 0;
  return tenths / 10;
}

function usedInAll(cars: readonly Checked[], slot: number): number {
  let tenths = 0;
  for (const car of cars) tenths += (car.tenths[slot] ?? 0) * car.phases.length;
  return tenths / 10;
}

/** What a node leaves to cars on a phase: its fuse and, at a root, the outer limits and the uncontrolled load. */
function freeOn({ external, load }: Scenario, clock: Clock, node: TreeNode, phase: PhaseName, slot: number): number {
  const at = phaseNames.indexOf(phase);
  const fuseA = (node.maxCurrentA[at] ?? 0) * (1 - node.headroomPct / 100);
  if (node.parent !== undefined) return fuseA;
  const outer = during(external, span(clock, slot)).map(({ currentA }) => currentA?.[at] ?? Number.POSITIVE_INFINITY);
  return Math.max(0, Math.min(fuseA, ...outer) - mostLoadA(load, span(clock, slot), [at]));
}

/** The same for the current of all phases added, where a power is limited. */
function freeInAll({ site, external, load }: Scenario, clock: Clock, node: TreeNode, slot: number): number {
  const isRoot = node.parent === undefined;
  const outerKw = isRoot ? during(external, span(clock, slot)).map(({ kw }) => kw ?? Number.POSITIVE_INFINITY) : [];
  const contractKw =
    site.objective.peakPolicy === 'hard' ? (node.contractKw ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const limitA = (Math.min(contractKw, ...outerKw) * 1000) / site.nominalVoltageV;
  return Math.max(0, limitA - (isRoot ? mostLoadA(load, span(clock, slot), [0, 1, 2]) : 0));
}

/** The most that the load takes at any moment, on each of the phases by itself, added. */
function mostLoadA(load: Scenario['load'], slotSpan: readonly [number, number], phases: readonly number[]): number {
  const holding = during(load, slotSpan, 'first holds before');
  const most = (phase: number) => holding.reduce((value, { currentA }) => Math.max(value, currentA[phase] ?? 0), 0);
  return phases.reduce((sum, phase) => sum + most(phase), 0);
}

/** The entries of a series that hold at some moment of [fromS, toS). */
function during<T extends { readonly fromS: number }>(
  series: readonly T[],
  [fromS, toS]: readonly [number, number],
  before: 'none' | 'first holds before' = 'none',
): readonly T[] {
  const holding = series.filter((entry, index) => {
    const untilS = series[index + 1]?.fromS ?? Number.POSITIVE_INFINITY;
    return entry.fromS < toS && untilS > fromS;
  });
  const [first] = series;
  const isBefore = before === 'first holds before' && first !== undefined && first.fromS > fromS;
  return isBefore && !holding.includes(first) ? [first, ...holding] : holding;
}

/** A ChargePointMaxProfile binds all connectors of its charge point together (OCPP 1.6 §3.12.1). */
function stationViolations(scenario: Scenario, clock: Clock, cars: readonly Checked[]): readonly Violation[] {
  const ids = new Set(scenario.profiles.map(({ chargePoint }) => chargePoint));
  return [...ids].flatMap((id) => {
    const own = cars.filter(({ session }) => session.chargePoint === id);
    return slotsOf(clock).flatMap((slot) => {
      const perPhaseA = leastStationLimit(scenario, id, 'A', span(clock, slot));
      const totalA = leastStationLimit(scenario, id, 'W', span(clock, slot)) / scenario.site.nominalVoltageV;
      return [
        ...phaseNames.flatMap((phase) => exceeded(`${id} ${phase}`, slot, usedOn(own, phase, slot), perPhaseA)),
        ...exceeded(id, slot, usedInAll(own, slot), totalA),
      ];
    });
  });
}

/** With `pvSurplusOnly`, cars take no more than the mean of what the site does not use itself. */
function surplusViolations(scenario: Scenario, clock: Clock, cars: readonly Checked[]): readonly Violation[] {
  if (!scenario.site.pvSurplusOnly) return [];
  return slotsOf(clock).flatMap((slot) => {
    const surplusKw =
      meanOf(scenario.pv, span(clock, slot), ({ kw }) => kw, 0) - meanLoadKw(scenario, span(clock, slot));
    const limitA = (Math.max(0, surplusKw) * 1000) / scenario.site.nominalVoltageV;
    return exceeded('surplus', slot, usedInAll(cars, slot), limitA);
  });
}

/** No phase draws so much more than another; where the load alone does, cars add nothing to it. */
function unbalanceViolations(scenario: Scenario, clock: Clock, cars: readonly Checked[]): readonly Violation[] {
  const { maxPhaseUnbalanceA } = scenario.site.objective;
  if (maxPhaseUnbalanceA === undefined) return [];
  const pairs = phaseNames.flatMap((phase) => phaseNames.map((other) => [phase, other] as const));
  return slotsOf(clock).flatMap((slot) => {
    const loads = during(scenario.load, span(clock, slot), 'first holds before').map(({ currentA }) => currentA);
    return pairs.flatMap(([phase, other]) => {
      const aboveA = (loads.length === 0 ? [none] : loads).map((load) => on(load, phase) - on(load, other));
      const limitA = Math.max(0, maxPhaseUnbalanceA - Math.max(...aboveA));
      return exceeded(`${phase} above ${other}`, slot, usedOn(cars, phase, slot) - usedOn(cars, other, slot), limitA);
    });
  });
}

const none = [0, 0, 0] as const;

function on(values: readonly [number, number, number], phase: PhaseName): number {
  return values[phaseNames.indexOf(phase)] ?? 0;
}

function meanLoadKw({ load, site }: Scenario, slotSpan: readonly [number, number]): number {
  const kwOf = ({ currentA: [a, b, c] }: Scenario['load'][number]) => ((a + b + c) * site.nominalVoltageV) / 1000;
  const [first] = load;
  return meanOf(load, slotSpan, kwOf, first === undefined ? 0 : kwOf(first));
}

function meanOf<T extends { readonly fromS: number }>(
  series: readonly T[],
  [fromS, toS]: readonly [number, number],
  valueOf: (entry: T) => number,
  before: number,
): number {
  let sum = before * Math.max(0, Math.min(toS, series[0]?.fromS ?? toS) - fromS);
  for (const [index, entry] of series.entries()) {
    const untilS = series[index + 1]?.fromS ?? Number.POSITIVE_INFINITY;
    sum += valueOf(entry) * Math.max(0, Math.min(toS, untilS) - Math.max(fromS, entry.fromS));
  }
  return sum / (toS - fromS);
}
