import type { PlannedProfile } from './plan-result.ts';
import type { Plan, Problem } from './problem.ts';
import { Room, type Taker } from './room.ts';
import { longPast, profileId, safeStackLevel } from './stack-safe.ts';
import { phaseNames, type SiteConnector } from './site.ts';
import { isoTime } from './time.ts';

/**
 * A car that nobody announced begins with the TxDefaultProfile of its connector, beside the plans of all others. Where
 * its safe share would then be too much for the tree, the connector waits at 0 A for its plan. The layer lies above the
 * calendar and ends with the live profiles: when the gateway is gone, all of them fall back to the safe shares together.
 * `shares`: tenths of an ampere of each connector; `durationS` from the start of the plan on.
 */
export function waitingProfiles(
  problem: Problem,
  plan: Plan,
  shares: readonly number[],
  durationS: number,
): readonly PlannedProfile[] {
  const { startS, slotS, scenario } = problem;
  const slotCount = Math.min(problem.slotCount, Math.ceil(durationS / slotS));
  return waiting(problem, plan, shares, slotCount).map((connector) => ({
    chargePoint: connector.chargePoint,
    connectorId: connector.connector,
    csChargingProfiles: {
      chargingProfileId: profileId(connector, 'waiting'),
      stackLevel: safeStackLevel + 2,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Absolute',
      validTo: isoTime(startS + durationS),
      chargingSchedule: {
        // the same at every plan, so that only another end is sent anew
        startSchedule: longPast,
        chargingRateUnit: connector.unit ?? scenario.site.output.unit,
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 0 }],
      },
    },
  }));
}

/** The connectors whose share does not fit beside the plans in each slot; the most important take what room there is. */
function waiting(problem: Problem, plan: Plan, shares: readonly number[], slotCount: number): readonly SiteConnector[] {
  const { connectors } = problem.scenario.site;
  const room = new Room(problem);
  const slots = Array.from({ length: slotCount }, (_, slot) => slot);
  for (const [index, car] of problem.cars.entries()) {
    for (const slot of slots) room.take(car, slot, (plan.tenths[index]?.[slot] ?? 0) / 10);
  }
  const byPriority = [...connectors.entries()].toSorted(([, a], [, b]) => b.priority - a.priority);
  return byPriority.flatMap(([index, connector]) => {
    const taker = takerOf(problem, connector);
    const missingA = (slot: number) =>
      Math.max(0, (shares[index] ?? 0) - plannedTenths(problem, plan, connector, slot)) / 10;
    const fits = slots.every((slot) => missingA(slot) <= room.of(taker, slot) + 1e-6);
    if (fits) for (const slot of slots) room.take(taker, slot, missingA(slot));
    return fits ? [] : [connector];
  });
}

/** A car that uses every wire of its connector. */
function takerOf({ nodes, scenario, slotS }: Problem, { chargePoint, parent, phases }: SiteConnector): Taker {
  const above = new Set([chargePoint]);
  for (let id: string | undefined = parent; id !== undefined && !above.has(id); ) {
    above.add(id);
    id = scenario.site.tree.find((node) => node.id === id)?.parent;
  }
  const phaseIndices = ([0, 1, 2] as const).filter((index) => phases.includes(phaseNames[index]));
  return {
    nodes: nodes.flatMap(({ id }, index) => (above.has(id) ? [index] : [])),
    phases: phaseIndices,
    kwhPerA: (scenario.site.nominalVoltageV * phases.length * slotS) / 3_600_000,
  };
}

function plannedTenths({ cars }: Problem, { tenths }: Plan, connector: SiteConnector, slot: number): number {
  return cars.reduce((most, car, index) => {
    const isHere =
      car.connector.chargePoint === connector.chargePoint && car.connector.connector === connector.connector;
    return isHere ? Math.max(most, tenths[index]?.[slot] ?? 0) : most;
  }, 0);
}
