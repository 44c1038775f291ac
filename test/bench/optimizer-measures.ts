import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { greedyPlan } from '../../optimizer/greedy.ts';
import { planWith } from '../../optimizer/plan.ts';
import { problemOf } from '../../optimizer/pose.ts';
import type { Problem } from '../../optimizer/problem.ts';
import { programOf } from '../../optimizer/program.ts';
import type { Engine } from '../../optimizer/program-form.ts';
import { checkPlan } from '../../optimizer/proof.ts';
import { repairPlan } from '../../optimizer/repair.ts';
import type { Scenario } from '../../optimizer/site.ts';
import { type Engines, loadEngines, relax } from '../../optimizer/solver.ts';
import { Warmth } from '../../optimizer/warmth.ts';
import { type GoalRow, goalRow } from './optimizer-report.ts';
import { siteScenario } from './optimizer-sites.ts';
import { spreadOf } from './statistics.ts';

/** What one child found: wall time, and the most memory it ever had. */
type ChildSeen = { readonly ms: number; readonly rssMb: number };

/** No answer of the natural form is waited for longer. */
const patienceMs = { quick: 30_000, full: 120_000 } as const;

/** javascript-lp-solver as people write the model, against the whole plan: a full site has the goal, an easy one is shown. */
export async function measureReferences(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const timeoutMs = isQuick ? patienceMs.quick : patienceMs.full;
  const hard = againstNatural(engines, 'hard', timeoutMs);
  const normal = againstNatural(engines, 'normal', timeoutMs);
  const measure = 'default javascript-lp-solver in the natural form against `plan()`, 20 × 96';
  return [
    goalRow(`${measure}, site at 50 %`, { atLeast: 1000 }, hard.ratio, '×', hard.note),
    {
      measure: 'for comparison: the same, easy site',
      goal: '',
      measured: `${normal.ratio.toFixed(1)} ×, ${normal.note}`,
    },
  ];
}

function againstNatural(
  engines: Engines,
  kind: 'hard' | 'normal',
  timeoutMs: number,
): { readonly ratio: number; readonly note: string } {
  const scenario = siteScenario({ cars: 20, isHard: kind === 'hard' });
  const oursMs = median(7, () => planWith(engines, scenario));
  const natural = child('natural', 20, timeoutMs, kind);
  const naturalMs = natural?.ms ?? timeoutMs;
  const stopped = natural === undefined ? 'stopped after ' : '';
  return { ratio: naturalMs / oursMs, note: `${stopped}${Math.round(naturalMs)} ms against ${oursMs.toFixed(1)} ms` };
}

/** The whole plan against the bare engine, its gaps and its violations. */
export async function measurePlans(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const sizes = isQuick ? [20, 50] : [20, 50, 100, 200];
  const rows = sizes.flatMap((cars) => planRows(engines, cars));
  return isQuick ? rows : [...rows, ...largeRows(engines)];
}

function planRows(engines: Engines, cars: number): readonly GoalRow[] {
  const scenario = siteScenario({ cars });
  const { wholeMs, bareMs } = againstBare(engines, scenario, 15);
  const { gap, lpGap } = planWith(engines, scenario);
  const size = `${cars} × 96`;
  return [
    goalRow(
      `\`plan()\` against the bare engine, ${size}`,
      { atMost: 1.5 },
      wholeMs / bareMs,
      '×',
      `${wholeMs.toFixed(0)} ms`,
    ),
    goalRow(`objective with 0.1 A and 6 A over the LP bound, ${size}`, { atMost: 0.5 }, (gap ?? Number.NaN) * 100, '%'),
    goalRow(`gap of the LP itself, ${size}`, { atMost: 1e-6 }, lpGap ?? Number.NaN, ''),
    goalRow(`limit violations, ${size}`, { atMost: 0 }, violationsOf(engines, scenario), ''),
  ];
}

function largeRows(engines: Engines): readonly GoalRow[] {
  const scenario = siteScenario({ cars: 500 });
  const problem = problemOf(scenario);
  const { wholeMs, bareMs } = againstBare(engines, scenario, 3);
  const greedyMs = median(3, () => greedyPlan(problem));
  const memory = child('plan', 500, patienceMs.full, 'normal');
  const hard = siteScenario({ cars: 500, isHard: true });
  const limited = { ...hard, site: { ...hard.site, engine: { ...hard.site.engine, timeLimitMs: 3000 } } };
  const startedMs = performance.now();
  const { status, engine } = planWith(engines, limited);
  const hardMs = performance.now() - startedMs;
  const hardGreedyMs = median(3, () => greedyPlan(problemOf(hard)));
  return [
    goalRow(
      '500 × 96 end to end against the bare solve',
      { atMost: 3 },
      wholeMs / bareMs,
      '×',
      `${wholeMs.toFixed(0)} ms`,
    ),
    goalRow('memory of a process that makes this plan', { atMost: 300 }, memory?.rssMb ?? Number.NaN, 'MB'),
    goalRow(
      'greedy currents in part of the LP time, 500 × 96',
      { atMost: 0.2 },
      greedyMs / bareMs,
      '×',
      `${greedyMs.toFixed(0)} ms`,
    ),
    goalRow(
      'hard 500 × 96 within a deadline of 3 s',
      { atMost: 3 },
      hardMs / 1000,
      's',
      `${status} (${engine}); greedy after ${hardGreedyMs.toFixed(0)} ms`,
    ),
    goalRow('limit violations, 500 × 96', { atMost: 0 }, violationsOf(engines, scenario), ''),
  ];
}

/** Interleaved, so that both see the same mood of the machine. */
function againstBare(
  engines: Engines,
  scenario: Scenario,
  rounds: number,
): { readonly wholeMs: number; readonly bareMs: number } {
  const program = programOf(problemOf(scenario)).program;
  const bare = engineOf(engines);
  const whole: number[] = [];
  const alone: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const wholeMs = timed(() => planWith(engines, scenario));
    const bareMs = timed(() => bare.solve(program, { timeLimitMs: 60_000 }));
    if (round < 0) continue;
    whole.push(wholeMs);
    alone.push(bareMs);
  }
  return { wholeMs: spreadOf(whole).median, bareMs: spreadOf(alone).median };
}

/** A day of quarter hours: each plan from where the last one ended, against each from nothing. */
export async function measureWarmth(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const sizes = isQuick ? [20] : [50, 200];
  return sizes.map((cars) => {
    const { warmMs, coldMs } = dayOf(engines, siteScenario({ cars, seed: 3 }));
    return goalRow(
      `warm re-plan over a day against cold, ${cars} × 96`,
      { atLeast: 4 },
      coldMs / warmMs,
      '×',
      `${warmMs.toFixed(0)} ms against ${coldMs.toFixed(0)} ms of engine time`,
    );
  });
}

function dayOf(engines: Engines, scenario: Scenario): { readonly warmMs: number; readonly coldMs: number } {
  const warmth = new Warmth();
  let warmMs = 0;
  let coldMs = 0;
  for (let slot = 0; slot < 96; slot += 1) {
    const nowS = scenario.nowS + slot * 900;
    const problem = problemOf({
      ...scenario,
      nowS,
      sessions: scenario.sessions.filter(({ arrivalS }) => arrivalS <= nowS),
    });
    warmMs += solveMs(problem, engines, warmth);
    coldMs += solveMs(problem, engines);
  }
  return { warmMs, coldMs };
}

function solveMs(problem: Problem, engines: Engines, warmth?: Warmth): number {
  const relaxation = relax(problem, engines, performance.now() + 60_000, warmth);
  return relaxation.kind === 'solved' ? relaxation.solveMs : Number.NaN;
}

/** Energy that is lost because a charger holds six periods. */
export async function measureCompression(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const kinds = isQuick
    ? [{ cars: 20 }]
    : [{ cars: 20 }, { cars: 50 }, { cars: 20, isHard: true }, { cars: 50, isHard: true }];
  return kinds.map((kind) => {
    const free = servedKwh(engines, siteScenario(kind));
    const held = servedKwh(engines, siteScenario({ ...kind, maxPeriods: 6 }));
    const hard = 'isHard' in kind ? ', hard' : '';
    return goalRow(`energy lost by 6 periods, ${kind.cars} × 96${hard}`, { atMost: 4 }, (1 - held / free) * 100, '%');
  });
}

function servedKwh(engines: Engines, scenario: Scenario): number {
  return planWith(engines, scenario).connectors.reduce((sum, { energyKwh }) => sum + energyKwh, 0);
}

function violationsOf(engines: Engines, scenario: Scenario): number {
  const problem = problemOf(scenario);
  const relaxation = relax(problem, engines, performance.now() + 60_000);
  const relaxed = relaxation.kind === 'solved' ? relaxation.relaxed : greedyPlan(problem);
  return checkPlan(scenario, repairPlan(problem, relaxed)).length;
}

function engineOf({ highs, javascriptLpSolver }: Engines): Engine {
  return highs ?? javascriptLpSolver;
}

function median(rounds: number, run: () => unknown): number {
  run();
  return spreadOf(Array.from({ length: rounds }, () => timed(run))).median;
}

function timed(run: () => unknown): number {
  const startedMs = performance.now();
  run();
  return performance.now() - startedMs;
}

/** Runs something in a process of its own; undefined when it takes too long. */
function child(
  kind: 'natural' | 'plan',
  cars: number,
  timeout: number,
  site: 'hard' | 'normal',
): ChildSeen | undefined {
  const file = fileURLToPath(new URL('./optimizer-child.ts', import.meta.url));
  try {
    const said = execFileSync(process.execPath, ['--import', 'tsx', file, kind, String(cars), site], {
      encoding: 'utf8',
      timeout,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(said) as ChildSeen;
  } catch (thrown) {
    // the answer that nobody waited for is the measurement; anything else is a mistake
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ETIMEDOUT') return undefined;
    throw thrown;
  }
}
