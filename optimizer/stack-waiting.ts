import type { PlannedProfile } from './plan-result.ts';
import type { Plan, Problem } from './problem.ts';
import { Room, type Taker } from './room.ts';
import { longPast, profileId, safeStackLevel } from './stack-safe.ts';
import { phaseNames, type SiteConnector } from './site.ts';
import { isoTime } from './time.ts';
import { pathOf } from './tree.ts';

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
  const plannedA = new Map(connectors.map((connector) => [connector, new Float64Array(slotCount)]));
  for (const [index, car] of problem.cars.entries()) {
    const ownA = plannedA.get(car.connector);
    for (let slot = 0; slot < slotCount; slot += 1) {
      const currentA = (plan.tenths[index]?.[slot] ?? 0) / 10;
      room.take(car, slot, currentA);
      if (ownA !== undefined) ownA[slot] = Math.max(ownA[slot] ?? 0, currentA);
    }
  }
  const byPriority = [...connectors.entries()].toSorted(([, a], [, b]) => b.priority - a.priority);
  return byPriority.flatMap(([index, connector]) => {
    const taker = takerOf(problem, connector);
    const shareA = (shares[index] ?? 0) / 10;
    const missingA = plannedA.get(connector)?.map((currentA) => Math.max(0, shareA - currentA)) ?? new Float64Array();
    const fits = missingA.every((currentA, slot) => currentA <= room.of(taker, slot) + 1e-6);
    if (fits) for (const [slot, currentA] of missingA.entries()) room.take(taker, slot, currentA);
    return fits ? [] : [connector];
  });
}

/** A car that uses every wire of its connector. */
function takerOf({ nodes, scenario, slotS }: Problem, { chargePoint, parent, phases }: SiteConnector): Taker {
  const above = new Set([chargePoint, ...pathOf(scenario.site, parent)]);
  return {
    nodes: nodes.flatMap(({ id }, index) => (above.has(id) ? [index] : [])),
    phases: ([0, 1, 2] as const).filter((index) => phases.includes(phaseNames[index])),
    kwhPerA: (scenario.site.nominalVoltageV * phases.length * slotS) / 3_600_000,
  };
}
