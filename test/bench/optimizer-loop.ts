import { moneyOf } from '../../optimizer/money.ts';
import { planWith } from '../../optimizer/plan.ts';
import { problemOf } from '../../optimizer/pose.ts';
import type { Problem } from '../../optimizer/problem.ts';
import { Room } from '../../optimizer/room.ts';
import type { Scenario, Session } from '../../optimizer/site.ts';
import { type Engines, loadEngines, relax } from '../../optimizer/solver.ts';
import { type GoalRow, goalRow } from './optimizer-report.ts';
import { daySlots, siteScenario } from './optimizer-sites.ts';
import { spreadOf } from './statistics.ts';

const cars = 20;

/** What a day of planning every quarter of an hour came to. */
type Day = {
  readonly overForesight: number;
  readonly startsPerSession: number;
  readonly unmetKwh: number;
  readonly violations: number;
};

/**
 * Days in which cars are not known before they come: each quarter of an hour is planned, its current is carried out,
 * and the next plan begins from there. Against one LP that knew the whole day from the start. A day is starved when
 * charging everybody at once, the least laxity first and without looking ahead, leaves a car short.
 */
export async function measureClosedLoop(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const seeds = Array.from({ length: isQuick ? 2 : 12 }, (_, index) => index + 1);
  const scenarios = [
    ...seeds.map((seed) => moneyAlone(seed, 4)),
    ...seeds.map((seed) => moneyAlone(seed, 2)),
    ...seeds.slice(0, 4).map((seed) => hungry(moneyAlone(seed, 2))),
  ];
  const servable = scenarios.filter((scenario) => !isStarved(problemOf(scenario)));
  const starved = scenarios.filter((scenario) => isStarved(problemOf(scenario)));
  const days = servable.map((scenario) => dayOf(engines, scenario));
  const starvedDays = starved.map((scenario) => dayOf(engines, scenario));
  const over = spreadOf(days.map(({ overForesight }) => overForesight * 100));
  const starts = spreadOf(days.map(({ startsPerSession }) => startsPerSession));
  const violations = [...days, ...starvedDays].reduce((sum, day) => sum + day.violations, 0);
  const worst = `${servable.length} days, worst`;
  return [
    goalRow(
      `closed loop over perfect foresight, ${cars} cars`,
      { atMost: 2 },
      over.median,
      '%',
      `${worst} ${over.max.toFixed(2)} %`,
    ),
    goalRow(
      'starts of a car per session, closed loop',
      { atMost: 1.5 },
      starts.median,
      '',
      `${worst} ${starts.max.toFixed(2)}`,
    ),
    goalRow('limit violations in the closed loop', { atMost: 0 }, violations, ''),
    {
      measure: 'for comparison: starved days',
      goal: '',
      measured: starvedDays.length === 0 ? 'none' : noteOf(starvedDays),
    },
  ];
}

/** A site that counts money alone, and whose peak is billed up to so many kW for each car: what foresight is compared by. */
function moneyAlone(seed: number, billedKwPerCar: number): Scenario {
  const scenario = siteScenario({ cars, seed });
  const { site } = scenario;
  const demandCharge = { ...site.demandCharge, billedPeakKw: billedKwPerCar * cars };
  return { ...scenario, site: { ...site, demandCharge, objective: { ...site.objective, urgencyPerKwhHour: 0 } } };
}

/** Cars that want almost twice as much. */
function hungry(scenario: Scenario): Scenario {
  const sessions = scenario.sessions.map((session) => ({ ...session, energyKwh: session.energyKwh * 1.8 }));
  return { ...scenario, sessions };
}

/** Whether a car is left short when all charge as soon as they can, below fuses and the peak that is paid already. */
function isStarved(problem: Problem): boolean {
  const room = new Room(problem, problem.peakFloorKw);
  const leftKwh = Float64Array.from(problem.cars, ({ energyKwh }) => energyKwh);
  for (let slot = 0; slot < problem.slotCount; slot += 1) {
    for (const index of leastLaxityFirst(problem, leftKwh, slot)) {
      const car = problem.cars[index];
      if (car === undefined) continue;
      const ampere = Math.min(car.capA[slot] ?? 0, (leftKwh[index] ?? 0) / car.kwhPerA, room.of(car, slot));
      room.take(car, slot, ampere);
      leftKwh[index] = (leftKwh[index] ?? 0) - ampere * car.kwhPerA;
    }
  }
  return leftKwh.some((kwh) => kwh > 1e-6);
}

function leastLaxityFirst({ cars: all }: Problem, leftKwh: Float64Array, slot: number): readonly number[] {
  const laxity = (index: number) => {
    const car = all[index];
    return car === undefined ? 0 : car.endSlot - slot - (leftKwh[index] ?? 0) / (car.kwhPerA * car.ownCapA);
  };
  const present = [...all.keys()].filter((index) => {
    const car = all[index];
    return car !== undefined && car.firstSlot <= slot && slot < car.endSlot && (leftKwh[index] ?? 0) > 1e-9;
  });
  return present.toSorted((a, b) => laxity(a) - laxity(b));
}

function noteOf(days: readonly Day[]): string {
  const { min, median, max } = spreadOf(days.map(({ overForesight }) => overForesight * 100));
  const unmetKwh = days.reduce((sum, day) => sum + day.unmetKwh, 0);
  const range = `${min.toFixed(2)} … ${max.toFixed(2)} %`;
  return `median ${median.toFixed(2)} %, ${range}, ${unmetKwh.toFixed(2)} kWh unmet in ${days.length} days`;
}

function dayOf(engines: Engines, scenario: Scenario): Day {
  const problem = problemOf(scenario);
  const foresight = relax(problem, engines, performance.now() + 60_000);
  if (foresight.kind === 'failed') throw new Error(foresight.reason);
  const carried = problem.cars.map(() => new Float64Array(problem.slotCount));
  for (let slot = 0; slot < daySlots; slot += 1) carryOut(engines, scenario, carried, slot);
  const best = costOf(problem, foresight.relaxed.currentA);
  const { unmetKwh } = moneyOf(problem, carried);
  return {
    overForesight: (costOf(problem, carried) - best) / best,
    startsPerSession: carried.reduce((sum, row) => sum + startsOf(row), 0) / carried.length,
    unmetKwh: unmetKwh.reduce((sum, kwh) => sum + kwh, 0),
    violations: violationsOf(scenario, carried),
  };
}

/** The program's objective, with what is unmet at the price that the site gives it: urgency counts on both sides. */
function costOf(problem: Problem, currentA: readonly Float64Array[]): number {
  const { planned, unmetKwh } = moneyOf(problem, currentA);
  const { unmetPerKwh } = problem.scenario.site.objective;
  return unmetKwh.reduce(
    (cost, kwh, index) => cost - kwh * ((problem.cars[index]?.valuePerKwh ?? unmetPerKwh) - unmetPerKwh),
    planned,
  );
}

function carryOut(engines: Engines, scenario: Scenario, carried: readonly Float64Array[], slot: number): void {
  const { site } = scenario;
  const nowS = scenario.nowS + slot * 900;
  const known = scenario.sessions.flatMap(
    (session, index): readonly { readonly index: number; readonly session: Session }[] => {
      if (session.arrivalS > nowS || session.departureS <= nowS) return [];
      const row = carried[index] ?? new Float64Array();
      const wires = Math.min(session.phases, 3);
      const servedKwh = row.reduce((sum, ampere) => sum + ampere, 0) * wires * 0.0575;
      return [{ index, session: { ...session, energyServedKwh: servedKwh, isCharging: (row[slot - 1] ?? 0) > 0 } }];
    },
  );
  const shortDay = { ...site, horizonHours: 24 - slot / 4 };
  const { connectors } = planWith(engines, {
    ...scenario,
    site: shortDay,
    nowS,
    sessions: known.map(({ session }) => session),
  });
  for (const [position, { index }] of known.entries()) {
    const row = carried[index];
    if (row !== undefined) row[slot] = connectors[position]?.currentA[0] ?? 0;
  }
}

function startsOf(row: Float64Array): number {
  return row.reduce((starts, ampere, slot) => (ampere > 0 && (row[slot - 1] ?? 0) === 0 ? starts + 1 : starts), 0);
}

/** Fuses that the currents of the day, load included, exceeded at any time. */
function violationsOf(scenario: Scenario, carried: readonly Float64Array[]): number {
  const { nodes, cars } = problemOf(scenario);
  let violations = 0;
  for (const { roomA, cars: below } of nodes) {
    for (const phase of [0, 1, 2] as const) {
      for (let slot = 0; slot < daySlots; slot += 1) {
        const usedA = below.reduce(
          (sum, index) => sum + (cars[index]?.phases.includes(phase) ? (carried[index]?.[slot] ?? 0) : 0),
          0,
        );
        if (usedA > (roomA[phase][slot] ?? 0) + 1e-6) violations += 1;
      }
    }
  }
  return violations;
}
