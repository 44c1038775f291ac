import type { ChargingProfile } from './charging-profile.ts';
import { type Limitation, limitations } from './limited-by.ts';
import { type Money, moneyOf } from './money.ts';
import type { Car, LimitNode, PhaseIndex, Plan, Problem } from './problem.ts';
import { type PhaseName, phaseNames } from './site.ts';
import { isoTime } from './time.ts';

export type PlanStatus = 'optimal' | 'feasible' | 'fallback';
export type PlanEngine = 'highs' | 'javascript-lp-solver' | 'greedy' | 'share';

/** How a plan came about, and what is proven of it. */
export type Origin = {
  readonly status: PlanStatus;
  readonly engine: PlanEngine;
  /** Dual bounds of the program, by its own values of a kWh and by unmetPerKwh, and its gap; null when no LP was solved. */
  readonly lpBound: number | null;
  readonly lpMoneyBound: number | null;
  readonly lpGap: number | null;
  readonly solveMs: number;
};

/** A profile for a charge point: the payload of SetChargingProfile.req (OCPP 1.6 §6.43). */
export type PlannedProfile = {
  readonly chargePoint: string;
  readonly connectorId: number;
  readonly csChargingProfiles: ChargingProfile;
};

/** A connector that a car is on, or will be: A on each phase that it uses, kWh of this plan. */
export type PlannedConnector = {
  readonly chargePoint: string;
  readonly connector: number;
  readonly phases: readonly PhaseName[];
  readonly currentA: readonly number[];
  readonly energyKwh: number;
  readonly unmetKwh: number;
  readonly limitedBy: readonly Limitation[];
};

/** Load against limit, uncontrolled load included; phase `all`: the currents of all phases added. */
export type PlannedNode = {
  readonly id: string;
  readonly phase: PhaseName | 'all';
  readonly limitA: readonly number[];
  readonly usedA: readonly number[];
};

/** A plan as `ocpp-edge plan` prints it; money in the site's currency, times in UTC. */
export type PlanResult = {
  readonly status: PlanStatus;
  readonly engine: PlanEngine;
  /** Money of the plan as sent and unmetPerKwh × unmet; the least that it could be by duality; the difference, relative. */
  readonly objective: number;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly lpGap: number | null;
  readonly solveMs: number;
  readonly slotMinutes: number;
  readonly slots: readonly string[];
  readonly connectors: readonly PlannedConnector[];
  readonly nodes: readonly PlannedNode[];
  readonly cost: { readonly energy: number; readonly peak: number; readonly currency: string };
  readonly peakKw: number;
  readonly profiles: readonly PlannedProfile[];
};

/** Puts a plan into the words of its readers. */
export function resultOf(
  problem: Problem,
  plan: Plan,
  origin: Origin,
  profiles: readonly PlannedProfile[],
): PlanResult {
  const { site } = problem.scenario;
  const currentA = plan.tenths.map((tenths) => Float64Array.from(tenths, (tenth) => tenth / 10));
  const money = moneyOf(problem, currentA);
  const bound = boundOf(money, origin);
  return {
    status: origin.status,
    engine: origin.engine,
    objective: money.objective,
    bound,
    gap: bound === null ? null : (money.objective - bound) / Math.max(1, Math.abs(money.objective)),
    lpGap: origin.lpGap,
    solveMs: rounded(origin.solveMs),
    slotMinutes: site.slotMinutes,
    slots: Array.from({ length: problem.slotCount }, (_, slot) => isoTime(problem.startS + slot * problem.slotS)),
    connectors: connectorsOf(problem, currentA, money),
    nodes: problem.nodes.flatMap((node) => nodeLoads(problem, node, currentA)),
    cost: { energy: money.energy, peak: money.peak, currency: site.currency },
    peakKw: rounded(money.peakKw),
    profiles,
  };
}

/**
 * The bound of the program in terms of money: what urgency and CO2 add to the program's objective of this plan is taken
 * off its bound too, so that the gap is what this plan can give away at most. Of the two bounds, both proven by duality,
 * the closer one counts: where no peak is worth a lacking kWh it is the one in money.
 */
function boundOf({ objective, planned, plannedMoney }: Money, { lpBound, lpMoneyBound }: Origin): number | null {
  if (lpBound === null || lpMoneyBound === null || !Number.isFinite(lpBound)) return null;
  return objective - Math.max(0, Math.min(planned - lpBound, plannedMoney - lpMoneyBound));
}

/** One entry for each connector; cars that follow each other on it share it. */
function connectorsOf(problem: Problem, currentA: readonly Float64Array[], money: Money): readonly PlannedConnector[] {
  const limitedBy = limitations(problem, currentA, money.unmetKwh);
  const byPlace = new Map<string, PlannedConnector>();
  for (const [index, car] of problem.cars.entries()) {
    const { chargePoint, connector } = car.connector;
    const place = `${connector} ${chargePoint}`;
    const entry: PlannedConnector = {
      chargePoint,
      connector,
      phases: car.phases.map((phase) => phaseNames[phase]),
      currentA: Array.from(currentA[index] ?? []),
      energyKwh: rounded(money.servedKwh[index] ?? 0),
      unmetKwh: rounded(money.unmetKwh[index] ?? 0),
      limitedBy: limitedBy[index] ?? [],
    };
    const before = byPlace.get(place);
    byPlace.set(place, before === undefined ? entry : together(before, entry));
  }
  return [...byPlace.values()];
}

function together(a: PlannedConnector, b: PlannedConnector): PlannedConnector {
  return {
    ...a,
    phases: a.phases.length >= b.phases.length ? a.phases : b.phases,
    currentA: a.currentA.map((current, slot) => current + (b.currentA[slot] ?? 0)),
    energyKwh: rounded(a.energyKwh + b.energyKwh),
    unmetKwh: rounded(a.unmetKwh + b.unmetKwh),
    limitedBy: [...a.limitedBy, ...b.limitedBy],
  };
}

function nodeLoads(problem: Problem, node: LimitNode, currentA: readonly Float64Array[]): readonly PlannedNode[] {
  const loads = ([0, 1, 2] as const).map((phase) => loadOn(problem, node, phase, currentA));
  const phases = loads.flatMap((usedA, index) => plannedNode(problem, node, phaseNames[index] ?? 'L1', usedA));
  if (node.totalLimitA === undefined) return phases;
  const totalA = Float64Array.from({ length: problem.slotCount }, (_, slot) =>
    loads.reduce((sum, used) => sum + (used[slot] ?? 0), 0),
  );
  return [...phases, ...plannedNode(problem, node, 'all', totalA)];
}

/** A limit that does not hold in some slot is shown there as what the connectors below can draw at most. */
function plannedNode(
  problem: Problem,
  node: LimitNode,
  phase: PlannedNode['phase'],
  usedA: Float64Array,
): readonly PlannedNode[] {
  const limits = phase === 'all' ? node.totalLimitA : node.limitA[phase === 'L1' ? 0 : phase === 'L2' ? 1 : 2];
  if (!limits?.some((limit) => Number.isFinite(limit))) return [];
  const perPhaseA = node.cars.reduce((sum, car) => sum + (problem.cars[car]?.connector.maxCurrentA ?? 0), 0);
  const mostA = usedA.map((used) => Math.max(used, phase === 'all' ? perPhaseA * 3 : perPhaseA));
  const limitA = Array.from(limits, (limit, slot) => rounded(Number.isFinite(limit) ? limit : (mostA[slot] ?? 0)));
  return [{ id: node.id, phase, limitA, usedA: Array.from(usedA, rounded) }];
}

function loadOn(problem: Problem, node: LimitNode, phase: PhaseIndex, currentA: readonly Float64Array[]): Float64Array {
  const used = node.loadA?.[phase].slice() ?? new Float64Array(problem.slotCount);
  for (const index of node.cars) {
    const car = problem.cars[index];
    if (car?.phases.includes(phase)) addTo(used, car, currentA[index]);
  }
  return used;
}

function addTo(used: Float64Array, { firstSlot, endSlot }: Car, current: Float64Array | undefined): void {
  for (let slot = firstSlot; slot < endSlot; slot += 1) used[slot] = (used[slot] ?? 0) + (current?.[slot] ?? 0);
}

/** To the micro-unit: sums of tenths carry noise in their last digits. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
