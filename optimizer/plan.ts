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
  return warmly(warmth, (warm) => planDown(engines, scenario, warm));
}

function planDown(engines: Engines, scenario: Scenario, warmth: Warmth): PlanResult {
  const problem = problemOf(scenario);
  let violations: readonly Violation[] = [];
  for (const { plan, origin } of rungs(problem, engines, warmth)) {
    violations = checkPlan(scenario, plan);
    if (violations.length === 0) return resultOf(problem, plan, origin, stackOf(problem, plan));
  }
  throw new Error(`no plan passes the checker: ${JSON.stringify(violations[0])}`);
}

type Candidate = { readonly plan: Plan; readonly origin: Origin };

function* rungs(problem: Problem, engines: Engines, warmth: Warmth): Generator<Candidate> {
  const { engine, objective } = problem.scenario.site;
  const isChosen = engine.kind === 'greedy' || engine.kind === 'share';
  if (objective.fairness !== 'equal-share') {
    if (!isChosen) yield* linearRung(problem, engines, warmth);
    if (engine.kind !== 'share') yield solverless(problem, 'greedy', greedyPlan, engine.kind === 'greedy');
  }
  yield solverless(problem, 'share', sharePlan, engine.kind === 'share' || objective.fairness === 'equal-share');
  yield { plan: { tenths: problem.cars.map(() => new Int32Array(problem.slotCount)) }, origin: fallback('share', 0) };
}

function* linearRung(problem: Problem, engines: Engines, warmth: Warmth): Generator<Candidate> {
  const deadlineMs = performance.now() + problem.scenario.site.engine.timeLimitMs;
  const relaxation = relax(problem, engines, deadlineMs, warmth);
  if (relaxation.kind === 'failed' || !isBelieved(relaxation)) return;
  const { engine, isOptimal, bound, moneyBound, lpGap } = relaxation;
  const status = isOptimal ? 'optimal' : 'feasible';
  const committed = isOptimal ? commit(problem, relaxation, deadlineMs, warmth) : { ...relaxation, solveMs: 0 };
  const solveMs = relaxation.solveMs + committed.solveMs;
  const origin: Origin = { status, engine: engine.name, lpBound: bound, lpMoneyBound: moneyBound, lpGap, solveMs };
  const candidate = { plan: repairPlan(problem, committed.relaxed), origin };
  if (!isOptimal) {
    const greedy = solverless(problem, 'greedy', greedyPlan, true);
    if (plannedCost(problem, greedy.plan) < plannedCost(problem, candidate.plan)) {
      yield { plan: greedy.plan, origin: { ...origin, engine: 'greedy' } };
    }
  }
  yield candidate;
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

function plannedCost(problem: Problem, { tenths }: Plan): number {
  return moneyOf(
    problem,
    tenths.map((row) => Float64Array.from(row, (tenth) => tenth / 10)),
  ).planned;
}
