import { problemOf } from '../../optimizer/pose.ts';
import type { Problem } from '../../optimizer/problem.ts';
import { programOf, relaxedOf } from '../../optimizer/program.ts';
import type { Course } from '../../optimizer/program-form.ts';
import type { Scenario, Session } from '../../optimizer/site.ts';
import { loadEngines } from '../../optimizer/solver.ts';
import { type Bare, bareHighs, cpuMs, cpuOf } from './optimizer-bare.ts';
import { type GoalRow, goalRow } from './optimizer-report.ts';
import { daySlots, siteScenario } from './optimizer-sites.ts';
import { spreadOf } from './statistics.ts';

const dayS = 86_400;
const slotS = 900;

/** Of so many cars one is known before it comes: all of a fleet, or every fourth one. */
const kinds = [
  { words: 'all cars known before', reservedOf: 1 },
  { words: 'a quarter of the cars known before', reservedOf: 4 },
] as const;

/** A day of quarter hours: each program from where the last one ended, against the bare engine from nothing. */
export async function measureWarmth(isQuick: boolean): Promise<readonly GoalRow[]> {
  const { highs } = await loadEngines();
  if (highs === undefined) throw new Error('no WASM here');
  const bare = await bareHighs();
  const sizes = isQuick ? [20] : [20, 50, 200];
  const cases = kinds.flatMap((kind) => sizes.map((cars) => ({ ...kind, cars })));
  return cases.map(({ words, reservedOf, cars }) => {
    const days = Array.from({ length: isQuick ? 1 : 3 }, () => {
      const course = highs.begin();
      const seen = new Day(twoDays(cars), reservedOf, course, bare).pass();
      course.end();
      return seen;
    });
    const ratio = spreadOf(days.map(({ coldMs, warmMs }) => coldMs / warmMs));
    const farthest = Math.max(...days.map(({ difference }) => difference));
    const warmMs = spreadOf(days.map((day) => day.warmMs)).median;
    const coldMs = spreadOf(days.map((day) => day.coldMs)).median;
    const note = `CPU ${warmMs.toFixed(0)} against ${coldMs.toFixed(0)} ms, optima ${farthest.toExponential(0)} apart`;
    return goalRow(
      `warm re-plan over a day against cold, ${words}, ${cars} × 96`,
      { atLeast: 4 },
      ratio.median,
      '×',
      note,
    );
  });
}

/** Two days of a site, one after the other, so that a horizon of 24 hours is always full. */
function twoDays(cars: number): Scenario {
  const today = siteScenario({ cars, seed: 3 });
  const tomorrow = siteScenario({ cars, seed: 4 });
  const later = ({ sinceS, arrivalS, departureS, ...session }: Session): Session => ({
    ...session,
    sinceS: sinceS + dayS,
    arrivalS: arrivalS + dayS,
    departureS: departureS + dayS,
  });
  const moved = <T extends { readonly fromS: number }>(steps: readonly T[]) =>
    steps.map((step) => ({ ...step, fromS: step.fromS + dayS }));
  return {
    ...today,
    sessions: [...today.sessions, ...tomorrow.sessions.map(later)],
    prices: [...today.prices, ...moved(tomorrow.prices)],
    pv: [...today.pv, ...moved(tomorrow.pv)],
  };
}

type Seen = { readonly coldMs: number; readonly warmMs: number; readonly difference: number };

/** What the program says is carried out, slot by slot; cars come, are charged and leave, and the peak is billed. */
class Day {
  readonly #scenario: Scenario;
  readonly #reservedOf: number;
  readonly #course: Course;
  readonly #bare: Bare;
  readonly #servedKwh: Float64Array;
  #billedPeakKw: number;

  constructor(scenario: Scenario, reservedOf: number, course: Course, bare: Bare) {
    this.#scenario = scenario;
    this.#reservedOf = reservedOf;
    this.#course = course;
    this.#bare = bare;
    this.#servedKwh = new Float64Array(scenario.sessions.length);
    this.#billedPeakKw = scenario.site.demandCharge.billedPeakKw;
  }

  pass(): Seen {
    let coldMs = 0;
    let warmMs = 0;
    let difference = 0;
    for (let slot = 0; slot < daySlots; slot += 1) {
      const known = this.#known(this.#scenario.nowS + slot * slotS);
      const problem = this.#problem(slot, known);
      const program = programOf(problem);
      let cold = new Float64Array();
      coldMs += cpuOf(() => (cold = Float64Array.from(this.#bare(program.program))));
      const startedMs = cpuMs();
      const warm = this.#course.solve(program, { timeLimitMs: 60_000 });
      warmMs += cpuMs() - startedMs;
      if (warm.kind === 'failed') throw new Error(warm.reason);
      const costOf = (values: Float64Array) =>
        program.program.costs.reduce((sum, cost, column) => sum + cost * (values[column] ?? 0), program.program.offset);
      difference = Math.max(
        difference,
        Math.abs(costOf(warm.values) - costOf(cold)) / Math.max(1, Math.abs(costOf(cold))),
      );
      this.#carryOut(problem, known, relaxedOf(problem, program, warm.values).currentA);
    }
    return { coldMs, warmMs, difference };
  }

  /** Who is there, and who is expected. */
  #known(nowS: number): readonly number[] {
    return [...this.#scenario.sessions.keys()].filter((index) => {
      const session = this.#scenario.sessions[index];
      if (session === undefined || session.departureS <= nowS) return false;
      return session.arrivalS <= nowS || (index % this.#reservedOf === 0 && session.arrivalS < nowS + dayS);
    });
  }

  #problem(slot: number, known: readonly number[]): Problem {
    const { site, sessions, nowS } = this.#scenario;
    return problemOf({
      ...this.#scenario,
      site: { ...site, demandCharge: { ...site.demandCharge, billedPeakKw: this.#billedPeakKw } },
      nowS: nowS + slot * slotS,
      sessions: known.flatMap((index) => {
        const session = sessions[index];
        return session === undefined ? [] : [{ ...session, energyServedKwh: this.#servedKwh[index] ?? 0 }];
      }),
    });
  }

  #carryOut(problem: Problem, known: readonly number[], currentA: readonly Float64Array[]): void {
    let kw = (problem.baseKw[0] ?? 0) - (problem.surplusKw[0] ?? 0);
    for (const [position, index] of known.entries()) {
      const kwh = (currentA[position]?.[0] ?? 0) * (problem.cars[position]?.kwhPerA ?? 0);
      this.#servedKwh[index] = (this.#servedKwh[index] ?? 0) + kwh;
      kw += (kwh * 3600) / slotS;
    }
    this.#billedPeakKw = Math.max(this.#billedPeakKw, kw);
  }
}
