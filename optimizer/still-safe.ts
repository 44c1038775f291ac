import type { PlannedConnector, PlanResult } from './plan-result.ts';
import { problemOf } from './pose.ts';
import type { Car, LimitNode, PhaseIndex, Problem } from './problem.ts';
import { phaseNames, type Scenario } from './site.ts';
import { epochSeconds } from './time.ts';

/** Only its first slot counts; no slot is longer. */
const shortestHorizonHours = 1;

const noiseA = 1e-6;

/**
 * Whether a plan that was made before keeps what limits the cars of a scenario in its first slot: every node, and what
 * the CSMS allows each car. Cars that the plan does not know draw nothing by it.
 */
export function isStillSafe(scenario: Scenario, plan: PlanResult): boolean {
  const { site } = scenario;
  const problem = problemOf({ ...scenario, site: { ...site, horizonHours: shortestHorizonHours } });
  const draws = drawsBy(plan, problem);
  const keepsCeilings = problem.cars.every(
    ({ profileCapA }, index) => (draws[index]?.currentA ?? 0) <= (profileCapA[0] ?? 0) + noiseA,
  );
  return keepsCeilings && problem.nodes.every((node) => isKept(node, draws));
}

/** What a car draws on each of its phases now. */
type Draw = { readonly currentA: number; readonly phases: readonly PhaseIndex[] };

function drawsBy(plan: PlanResult, { cars, startS }: Problem): readonly Draw[] {
  const place = ({ chargePoint, connector }: Pick<PlannedConnector, 'chargePoint' | 'connector'>) =>
    `${connector} ${chargePoint}`;
  const planned = new Map(plan.connectors.map((own) => [place(own), own]));
  const planStartS = epochSeconds(plan.slots[0] ?? '') ?? Number.NaN;
  const slot = Math.floor((startS - planStartS) / (plan.slotMinutes * 60));
  return cars.map((car: Car) => {
    const own = planned.get(place(car.connector));
    const phases = own?.phases.map((name) => phaseNames.indexOf(name)).filter(isPhase) ?? [];
    return { currentA: own?.currentA[slot] ?? 0, phases };
  });
}

function isPhase(index: number): index is PhaseIndex {
  return index === 0 || index === 1 || index === 2;
}

function isKept({ cars, roomA, totalRoomA }: LimitNode, draws: readonly Draw[]): boolean {
  const drawn = [0, 0, 0];
  for (const index of cars) {
    const { currentA, phases } = draws[index] ?? { currentA: 0, phases: [] };
    for (const phase of phases) drawn[phase] = (drawn[phase] ?? 0) + currentA;
  }
  const total = drawn.reduce((sum, ampere) => sum + ampere, 0);
  const isWithin = (ampere: number, limits: Float64Array | undefined) =>
    ampere <= (limits?.[0] ?? Number.POSITIVE_INFINITY) + noiseA;
  return isWithin(total, totalRoomA) && roomA.every((room, phase) => isWithin(drawn[phase] ?? 0, room));
}
