import { greedyPlan } from './greedy.ts';
import { type Origin, type PlanEngine, type PlanResult, resultOf } from './plan-result.ts';
import { moneyOf } from './money.ts';
import { problemOf } from './pose.ts';
import { checkPlan, type Violation } from './proof.ts';
import { stackOf } from './stack.ts';
import { type Warmth, warmly } from './warmth.ts';
import type { Plan, Problem, Relaxed } from './problem.ts';
import { repairPlan } from './repair.ts';
import { sharePlan } from './share.ts';
import type { Scenario } from './site.ts';
import { commit, type Engines, loadEngines, type Relaxation, relax } from './solver.ts';

/** An LP that its engine calls optimal, and whose own bound is farther off, is not believed. */
const provenGap = 1e-6;

/** From so many cells of cars and slots on, an engine may need all its time: the greedy plan is made first. */
const largeCells = 8000;

/** Part of the time limit that is kept for what comes after the engine; a large site shows itself how long that takes. */
const keptShare = 0.1;
/** Repair, check and stack of a plan take as long as its greedy plan, and half as long again. */
const keptOfGreedy = 1.5;

/** Money; two sums of the same plan differ by less. */
const leastSaving = 1e-9;

let engines: Promise<Engines> | undefined;

/** The plan of a site. Loads the engines once; never rejects for what a scenario says. */
export async function plan(scenario: Scenario): Promise<PlanResult> {
  engines ??= loadEngines();
  return planWith(await engines, scenario);
}

/**
 * The plan of a site, with the engines that are there. The ladder: the LP's plan; the greedy one if that is better
 * than what an engine had when its time was over, or if there is none; an equal share; nothing. A rung whose plan the
 * checker does not accept is not used.
 */
export function planWith(engines: Engines, scenario: Scenario, warmth?: Warmth): PlanResult {
  return warmly(warmth, (warm) => planDown(engines, scenario, warm)).result;
}

/** The last plan, and whether it is worth taking the place of the early one. */
export type LastPlan = { readonly result: PlanResult; readonly isBetter: boolean };

/** The same, but where an engine is asked, `hear` is first told the greedy plan, if the checker accepts that. */
export function planInTwo(
  engines: Engines,
  scenario: Scenario,
  warmth: Warmth,
  hear: (early: PlanResult) => void,
): LastPlan {
  return planDown(engines, scenario, warmth, hear);
}

function planDown(engines: Engines, scenario: Scenario, warmth: Warmth, hear?: (early: PlanResult) => void): LastPlan {
  const deadlineMs = performance.now() + scenario.site.engine.timeLimitMs;
  const problem = problemOf(scenario);
  const greedy = once(() => solverless(problem, 'greedy', greedyPlan, scenario.site.engine.kind === 'greedy'));
  const early = hear !== undefined && asksEngine(scenario) ? toldEarly(problem, greedy(), hear) : undefined;
  let violations: readonly Violation[] = [];
  for (const { plan, origin } of rungs(problem, engines, { deadlineMs, warmth }, greedy)) {
    violations = checkPlan(scenario, plan);
    if (violations.length > 0) continue;
    const isBetter = early === undefined || isWorthChange(problem, early, plan);
    return { result: resultOf(problem, plan, origin, stackOf(problem, plan)), isBetter };
  }
  throw new Error(`no plan passes the checker: ${JSON.stringify(violations[0])}`);
}

function asksEngine({ site: { engine, objective } }: Scenario): boolean {
  return engine.kind !== 'greedy' && engine.kind !== 'share' && objective.fairness !== 'equal-share';
}

function toldEarly(problem: Problem, { plan, origin }: Candidate, hear: (early: PlanResult) => void): Plan | undefined {
  if (checkPlan(problem.scenario, plan).length > 0) return undefined;
  hear(resultOf(problem, plan, origin, stackOf(problem, plan)));
  return plan;
}

type Candidate = { readonly plan: Plan; readonly origin: Origin };

/** When the plan must be there, in ms of performance.now(), and where the last one ended. */
type Frame = { readonly deadlineMs: number; readonly warmth: Warmth };

function* rungs(problem: Problem, engines: Engines, frame: Frame, greedy: () => Candidate): Generator<Candidate> {
  const { engine, objective } = problem.scenario.site;
  if (asksEngine(problem.scenario)) yield* linearRung(problem, engines, frame, greedy);
  if (objective.fairness !== 'equal-share' && engine.kind !== 'share') yield greedy();
  yield solverless(problem, 'share', sharePlan, engine.kind === 'share' || objective.fairness === 'equal-share');
  yield { plan: { tenths: problem.cars.map(() => new Int32Array(problem.slotCount)) }, origin: fallback('share', 0) };
}

function* linearRung(
  problem: Problem,
  engines: Engines,
  { deadlineMs, warmth }: Frame,
  greedy: () => Candidate,
): Generator<Candidate> {
  const engineDeadlineMs = deadlineMs - keptMs(problem, greedy);
  const relaxation = relax(problem, engines, engineDeadlineMs, warmth);
  if (relaxation.kind === 'failed' || !isBelieved(relaxation)) return;
  const { engine, isOptimal, bound, moneyBound, lpGap } = relaxation;
  const status = isOptimal ? 'optimal' : 'feasible';
  const committed = isOptimal
    ? commit(problem, relaxation, engines, engineDeadlineMs, warmth)
    : { ...relaxation, solveMs: 0 };
  const solveMs = relaxation.solveMs + committed.solveMs;
  const origin: Origin = { status, engine: engine.name, lpBound: bound, lpMoneyBound: moneyBound, lpGap, solveMs };
  const candidate = { plan: repairPlan(problem, committed.relaxed), origin };
  if (!isOptimal && plannedCost(problem, greedy().plan) < plannedCost(problem, candidate.plan)) {
    yield { plan: greedy().plan, origin: { ...origin, engine: 'greedy' } };
  }
  yield candidate;
}

function keptMs(problem: Problem, greedy: () => Candidate): number {
  const keptMs = problem.scenario.site.engine.timeLimitMs * keptShare;
  const cells = problem.cars.reduce((sum, { firstSlot, endSlot }) => sum + endSlot - firstSlot, 0);
  if (cells < largeCells) return keptMs;
  const startedMs = performance.now();
  greedy();
  return keptMs + (performance.now() - startedMs) * keptOfGreedy;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function isBelieved({ isOptimal, lpGap }: Relaxation): boolean {
  return !isOptimal || lpGap <= provenGap;
}

function solverless(
  problem: Problem,
  engine: PlanEngine,
  relaxedPlan: (problem: Problem) => Relaxed,
  isChosen: boolean,
): Candidate {
  const startedMs = performance.now();
  const relaxed = relaxedPlan(problem);
  const origin = fallback(engine, performance.now() - startedMs);
  return { plan: repairPlan(problem, relaxed), origin: isChosen ? { ...origin, status: 'feasible' } : origin };
}

function fallback(engine: PlanEngine, solveMs: number): Origin {
  return { status: 'fallback', engine, lpBound: null, lpMoneyBound: null, lpGap: null, solveMs };
}

/**
 * Whether a plan saves more than what it costs that the cars which the other one has just started or stopped are stopped
 * or started again.
 */
function isWorthChange(problem: Problem, from: Plan, to: Plan): boolean {
  const isOn = ({ tenths }: Plan, index: number) => (tenths[index]?.[0] ?? 0) > 0;
  const takenBack = problem.cars.filter(({ session }, index) => {
    const wasOn = session.isCharging === true;
    return isOn(from, index) !== wasOn && isOn(to, index) === wasOn;
  }).length;
  const { startCost } = problem.scenario.site.objective;
  return plannedCost(problem, to) + takenBack * startCost < plannedCost(problem, from) - leastSaving;
}

function plannedCost(problem: Problem, { tenths }: Plan): number {
  return moneyOf(
    problem,
    tenths.map((row) => Float64Array.from(row, (tenth) => tenth / 10)),
  ).planned;
}
