import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { objectiveOf } from '../../optimizer/dual-bound.ts';
import { greedyPlan } from '../../optimizer/greedy.ts';
import { planWith } from '../../optimizer/plan.ts';
import { problemOf } from '../../optimizer/pose.ts';
import { programOf } from '../../optimizer/program.ts';
import type { LinearProgram } from '../../optimizer/program-form.ts';
import { checkPlan } from '../../optimizer/proof.ts';
import type { EngineKind, Scenario } from '../../optimizer/site.ts';
import { type Engines, loadEngines } from '../../optimizer/solver.ts';
import { tenthsFor } from '../../optimizer/tenths.ts';
import { randomScenario } from '../unit/optimizer/depot.ts';
import { type Bare, bareHighs, cpuOf, noting } from './optimizer-bare.ts';
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
  const oursMs = medianOf(25, () => planWith(engines, scenario));
  const natural = child('natural', 20, timeoutMs, kind);
  const naturalMs = natural?.ms ?? timeoutMs;
  const stopped = natural === undefined ? 'stopped after ' : '';
  return { ratio: naturalMs / oursMs, note: `${stopped}${Math.round(naturalMs)} ms against ${oursMs.toFixed(1)} ms` };
}

/** The whole plan against the bare engine, its gaps and its violations. */
export async function measurePlans(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const bare = await bareHighs();
  const sizes = isQuick ? [20, 50] : [20, 50, 100, 200];
  const rows = sizes.flatMap((cars) => planRows(engines, bare, cars));
  return isQuick ? rows : [...rows, ...largeRows(engines, bare)];
}

function planRows(engines: Engines, bare: Bare, cars: number): readonly GoalRow[] {
  const scenario = siteScenario({ cars });
  const { wholeMs, bareMs, firstMs } = againstBare(engines, bare, scenario, 25);
  const { gap, lpGap } = planWith(engines, scenario);
  const size = `${cars} × 96`;
  const alone = `CPU ${wholeMs.toFixed(0)} ms; ${(wholeMs / firstMs).toFixed(2)} × against its LP alone`;
  return [
    goalRow(
      `\`plan()\` against the bare engine on the same programs, ${size}`,
      { atMost: 1.5 },
      wholeMs / bareMs,
      '×',
      alone,
    ),
    goalRow(
      `objective with the 6 A rule over the LP bound, ${size}`,
      { atMost: 0.5 },
      (gap ?? Number.NaN) * 100,
      '%',
      fineness(engines, scenario),
    ),
    goalRow(`gap of the LP itself, ${size}`, { atMost: 1e-6 }, lpGap ?? Number.NaN, ''),
    goalRow(`limit violations, ${size}`, { atMost: 0 }, violationsOf(engines, scenario), ''),
  ];
}

/** What whole tenths of an ampere alone take from the energy of each car, in the money of the plan. */
function fineness(engines: Engines, scenario: Scenario): string {
  const { cars } = problemOf(scenario);
  const lostKwh = cars.reduce(
    (sum, car) => sum + car.energyKwh - (tenthsFor(car, car.energyKwh) * car.kwhPerA) / 10,
    0,
  );
  const { objective } = planWith(engines, scenario);
  const percent = (lostKwh * scenario.site.objective.unmetPerKwh * 100) / objective;
  return `of plans in whole 0.1 A, whose energy costs another ${percent.toFixed(2)} %`;
}

function largeRows(engines: Engines, bare: Bare): readonly GoalRow[] {
  const scenario = siteScenario({ cars: 500 });
  const problem = problemOf(scenario);
  const { wholeMs, firstMs } = againstBare(engines, bare, scenario, 3);
  const greedyMs = medianOf(3, () => greedyPlan(problem));
  const memory = child('plan', 500, patienceMs.full, 'normal');
  const { gap } = planWith(engines, scenario);
  return [
    goalRow(
      '500 × 96 end to end against the bare LP',
      { atMost: 3 },
      wholeMs / firstMs,
      '×',
      `CPU ${wholeMs.toFixed(0)} ms`,
    ),
    goalRow('objective with the 6 A rule over the LP bound, 500 × 96', { atMost: 0.5 }, (gap ?? Number.NaN) * 100, '%'),
    goalRow('memory of a process that makes this plan', { atMost: 300 }, memory?.rssMb ?? Number.NaN, 'MB'),
    goalRow(
      'greedy currents in part of the LP time, 500 × 96',
      { atMost: 0.2 },
      greedyMs / firstMs,
      '×',
      `CPU ${greedyMs.toFixed(0)} ms`,
    ),
    ...hardRows(engines),
    goalRow('limit violations, 500 × 96', { atMost: 0 }, violationsOf(engines, scenario), ''),
  ];
}

function hardRows(engines: Engines): readonly GoalRow[] {
  const hard = siteScenario({ cars: 500, isHard: true });
  const within = (kind: EngineKind) => ({
    ...hard,
    site: { ...hard.site, engine: { ...hard.site.engine, kind, timeLimitMs: 3000 } },
  });
  const seen = Array.from({ length: 3 }, () => {
    const startedMs = performance.now();
    const { status, engine } = planWith(engines, within('auto'));
    return { ms: performance.now() - startedMs, words: `${status} (${engine})` };
  });
  const { max } = spreadOf(seen.map(({ ms }) => ms));
  const greedyMs = medianOf(3, () => planWith(engines, within('greedy')));
  const note = `longest of ${seen.length}, ${seen[0]?.words ?? ''}; the whole greedy plan takes CPU ${greedyMs.toFixed(0)} ms`;
  return [goalRow('hard 500 × 96 within a deadline of 3 s', { atMost: 3 }, max / 1000, 's', note)];
}

type Against = { readonly wholeMs: number; readonly bareMs: number; readonly firstMs: number };

/** Medians of CPU time, interleaved; `firstMs`: the bare engine on the LP, `bareMs`: on all programs that the plan solves. */
function againstBare(engines: Engines, bare: Bare, scenario: Scenario, rounds: number): Against {
  const programs: LinearProgram[] = [];
  planWith(noting(engines, programs), scenario);
  const [first, ...others] = programs;
  if (first === undefined) throw new Error('this plan asks HiGHS for nothing');
  const taken: Against[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const wholeMs = cpuOf(() => planWith(engines, scenario));
    const firstMs = cpuOf(() => bare(first));
    const bareMs = firstMs + cpuOf(() => others.forEach(bare));
    if (round >= 0) taken.push({ wholeMs, bareMs, firstMs });
  }
  const median = (of: keyof Against) => spreadOf(taken.map((round) => round[of])).median;
  return { wholeMs: median('wholeMs'), bareMs: median('bareMs'), firstMs: median('firstMs') };
}

/** HiGHS against the engine that shares nothing with it, on small sites of many kinds. */
export async function measureAgreement(isQuick: boolean): Promise<readonly GoalRow[]> {
  const { highs, javascriptLpSolver } = await loadEngines();
  if (highs === undefined) throw new Error('no WASM here');
  const count = isQuick ? 50 : 500;
  let farthest = 0;
  for (let seed = 0; seed < count; seed += 1) {
    const { program } = programOf(problemOf(randomScenario(seed, 2 + (seed % 3))));
    const [one = Number.NaN, other = Number.NaN] = [highs, javascriptLpSolver].map((engine) => {
      const solution = engine.solve(program, { timeLimitMs: 60_000 });
      return solution.kind === 'solved' ? objectiveOf(program, solution.values) : Number.NaN;
    });
    farthest = Math.max(farthest, Math.abs(one - other) / Math.max(1, Math.abs(other)));
  }
  return [goalRow(`HiGHS and javascript-lp-solver apart, ${count} programs`, { atMost: 1e-6 }, farthest, '')];
}

/** Energy that is lost because a charger holds six periods. */
export async function measureCompression(isQuick: boolean): Promise<readonly GoalRow[]> {
  const engines = await loadEngines();
  const seeds = isQuick ? [1] : [1, 2, 3];
  const kinds = [{ cars: 20 }, { cars: 50 }, { cars: 20, isHard: true }, { cars: 50, isHard: true }];
  const lost = kinds.flatMap((kind) =>
    seeds.map((seed) => {
      const free = servedKwh(engines, siteScenario({ ...kind, seed }));
      const held = servedKwh(engines, siteScenario({ ...kind, seed, maxPeriods: 6 }));
      return (1 - held / free) * 100;
    }),
  );
  const { median, max } = spreadOf(lost);
  const note = `worst of ${lost.length} sites; median ${median.toFixed(2)} %`;
  return [goalRow('energy lost by 6 periods, 20 and 50 cars, easy and hard', { atMost: 4 }, max, '%', note)];
}

function servedKwh(engines: Engines, scenario: Scenario): number {
  return planWith(engines, scenario).connectors.reduce((sum, { energyKwh }) => sum + energyKwh, 0);
}

/** What the checker finds in a plan as it is printed; here every car has a connector of its own. */
function violationsOf(engines: Engines, scenario: Scenario): number {
  const { connectors } = planWith(engines, scenario);
  const tenths = connectors.map(({ currentA }) => Int32Array.from(currentA, (ampere) => Math.round(ampere * 10)));
  return checkPlan(scenario, { tenths }).length;
}

function medianOf(rounds: number, run: () => unknown): number {
  run();
  return spreadOf(Array.from({ length: rounds }, () => cpuOf(run))).median;
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
