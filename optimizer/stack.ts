import type { ChargingSchedulePeriod } from './charging-profile.ts';
import type { PlannedProfile } from './plan-result.ts';
import type { Car, Plan, Problem } from './problem.ts';
import { runsOf } from './repair-periods.ts';
import { calendarProfiles } from './stack-calendar.ts';
import { profileId, safeProfiles, safeTenths } from './stack-safe.ts';
import { waitingProfiles } from './stack-waiting.ts';
import { isoTime } from './time.ts';

/**
 * What must lie in the chargers. Layers: a persistent TxDefaultProfile that is safe with nobody speaking; above it the
 * calendar, if there is one; for each car that is there a TxProfile with the plan, which rules over both (OCPP 1.6
 * §3.12.1) and ends by itself, so that a charger that hears nothing more falls back to what is safe; and as long as these
 * live, a TxDefaultProfile that lets unannounced cars wait where there is no room beside the plan.
 */
export function stackOf(problem: Problem, plan: Plan): readonly PlannedProfile[] {
  const { site, profiles, nowS } = problem.scenario;
  const durationS = leaseEndS(problem) - problem.startS;
  const live = liveProfiles(problem, plan, durationS);
  if (!site.output.offlineSafeProfile) return live;
  const shares = problem.scenario.shares ?? safeTenths({ site, reserveA: reserveOf(problem), profiles });
  const safe = safeProfiles(site, shares);
  const calendar = site.calendar === undefined ? [] : calendarProfiles(site, site.calendar, safe, nowS);
  // Without a lease nobody speaks to the chargers: `ocpp-edge plan`.
  const waiting = site.output.leaseS === undefined ? [] : waitingProfiles(problem, plan, shares, durationS);
  return [...safe, ...calendar, ...waiting, ...live];
}

/** The plan of every car that is there, as the TxProfile of its transaction. */
function liveProfiles(problem: Problem, plan: Plan, durationS: number): readonly PlannedProfile[] {
  return problem.cars.flatMap((car, index) => {
    const row = plan.tenths[index];
    if (row === undefined || car.session.arrivalS > problem.scenario.nowS) return [];
    return [liveProfile(problem, car, row, durationS)];
  });
}

/**
 * The end moves in steps of half a lease: it is never nearer than a lease, and a plan that goes on as before needs to be
 * sent anew only then.
 */
function leaseEndS({ startS, slotS, slotCount, scenario }: Problem): number {
  const { leaseS } = scenario.site.output;
  const planEndS = startS + slotCount * slotS;
  if (leaseS === undefined) return planEndS;
  const stepS = Math.max(1, Math.floor(leaseS / 2));
  return Math.min(planEndS, Math.ceil((scenario.nowS + leaseS) / stepS) * stepS);
}

function liveProfile(
  { scenario, startS, slotS }: Problem,
  car: Car,
  row: Int32Array,
  durationS: number,
): PlannedProfile {
  const { site } = scenario;
  const { connector, session } = car;
  const { transactionId } = session;
  const runs = runsOf(row.slice(0, Math.ceil(durationS / slotS)));
  return {
    chargePoint: connector.chargePoint,
    connectorId: connector.connector,
    csChargingProfiles: {
      chargingProfileId: profileId(connector, 'live'),
      ...(transactionId === undefined ? {} : { transactionId }),
      stackLevel: site.output.stackLevel,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        duration: durationS,
        startSchedule: isoTime(startS),
        chargingRateUnit: connector.unit ?? site.output.unit,
        chargingSchedulePeriod: runs.map(({ from, tenths }) => ({
          startPeriod: from * slotS,
          ...carLimit(car, connector.unit ?? site.output.unit, tenths, site.nominalVoltageV),
        })),
      },
    },
  };
}

/** A is per phase, W of all phases that the car uses; phases that a profile of the CSMS takes away are named. */
function carLimit(
  { session, connector, phases }: Car,
  unit: 'A' | 'W',
  tenths: number,
  voltageV: number,
): Omit<ChargingSchedulePeriod, 'startPeriod'> {
  const isFewer = phases.length < Math.min(session.phases, connector.phases.length);
  const numberPhases = unit === 'W' || isFewer ? { numberPhases: phases.length } : {};
  const limit = unit === 'A' ? tenths / 10 : Math.floor(tenths * voltageV * phases.length + 1e-6) / 10;
  return { limit, ...numberPhases };
}

/** The highest load of the forecast: nobody measures it while the gateway is away. */
function reserveOf({ scenario }: Problem): [number, number, number] {
  const most = (phase: 0 | 1 | 2) => scenario.load.reduce((value, { currentA }) => Math.max(value, currentA[phase]), 0);
  return [most(0), most(1), most(2)];
}
