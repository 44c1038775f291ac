import { commitOptimum } from './commit.ts';
import type { Optimum } from './commitment.ts';
import { dualBound, moneyBound, objectiveOf } from './dual-bound.ts';
import { highsEngine } from './engines/highs.ts';
import { javascriptLpSolver } from './engines/javascript-lp-solver.ts';
import { fairestShareProgram, fairProgram } from './fairness.ts';
import type { Problem, Relaxed } from './problem.ts';
import { type Program, programOf, relaxedOf } from './program.ts';
import type { Engine, LinearProgram, Solution } from './program-form.ts';
import type { EngineKind } from './site.ts';
import { type Warmth, warmly } from './warmth.ts';

/** What is loaded; `highs` is undefined where WASM cannot be. */
export type Engines = { readonly highs: Engine | undefined; readonly javascriptLpSolver: Engine };

/** The LP answer to a problem, proven by its own dual bound as far as `lpGap` says. */
export type Relaxation = {
  readonly kind: 'solved';
  readonly engine: Engine;
  readonly isOptimal: boolean;
  readonly relaxed: Relaxed;
  /** The program as it was solved, and what the engine said. */
  readonly program: Program;
  readonly optimum: Optimum;
  /** Dual bound of the program, computed from the row prices. */
  readonly bound: number;
  /** The same with every lacking kWh at unmetPerKwh. */
  readonly moneyBound: number;
  /** (objective − bound) / max(1, |objective|) of the LP itself. */
  readonly lpGap: number;
  /** Wall time in the engines. */
  readonly solveMs: number;
};

export type RelaxationOutcome = Relaxation | { readonly kind: 'failed'; readonly reason: string };

/** Up to here javascript-lp-solver answers in some ten milliseconds; it is a dense solver. */
const smallColumns = 300;
/** Without WASM it may take seconds; above this, minutes. */
const largestDenseColumns = 1200;

/** What is there at once. */
export const enginesWithoutWasm: Engines = { highs: undefined, javascriptLpSolver };

/** Loads what can be loaded, and solves a small program so that the machine compiles what is hot. Never rejects. */
export async function loadEngines(): Promise<Engines> {
  try {
    const highs = await highsEngine();
    highs.solve(warmUp, { timeLimitMs: 1000 });
    return { highs, javascriptLpSolver };
  } catch {
    // no WASM here (or not this one): small sites have the other engine, large ones the greedy plan
    return enginesWithoutWasm;
  }
}

/** Solves the linear program of a problem before `deadlineMs` of performance.now(), from where the last one ended. */
export function relax(problem: Problem, engines: Engines, deadlineMs: number, warmth?: Warmth): RelaxationOutcome {
  const program = programOf(problem);
  const { kind } = problem.scenario.site.engine;
  const engine = engineFor(kind, program.program.costs.length, engines);
  if (engine === undefined) return { kind: 'failed', reason: `no engine for ${program.program.costs.length} columns` };
  const startedMs = performance.now();
  const solved = warmly(warmth, (warm) => solveFairly(problem, program, solverOf(engine, deadlineMs, warm)));
  const solveMs = performance.now() - startedMs;
  if (solved.solution.kind === 'failed') return solved.solution;
  return proven(problem, { ...program, program: solved.program }, engine, solved.solution, solveMs);
}

/** The same currents with 0 or at least the minimum of the connector in every committed slot, if the engine finds them. */
export function commit(
  problem: Problem,
  { program, optimum, engine, relaxed }: Relaxation,
  { highs }: Engines,
  deadlineMs: number,
  warmth: Warmth,
): { readonly relaxed: Relaxed; readonly solveMs: number } {
  const solve = solverOf(engine, deadlineMs, warmth);
  // a site that wants javascript-lp-solver has nothing that branches
  const brancher = problem.scenario.site.engine.kind === 'javascript-lp-solver' ? undefined : highs;
  let solveMs = 0;
  const timed = <T>(run: () => T): T => {
    const startedMs = performance.now();
    const made = run();
    solveMs += performance.now() - startedMs;
    return made;
  };
  const values = commitOptimum(problem, program, optimum, {
    solve: (commitment) => timed(() => solve(program, { ...program.program, ...commitment })),
    choose: (columns, lower) => {
      const options = { timeLimitMs: leftMs(deadlineMs), gap: problem.scenario.site.engine.mipGap };
      return timed(() => brancher?.choose?.({ ...program.program, lower }, columns, options));
    },
  });
  return values === undefined
    ? { relaxed, solveMs }
    : { relaxed: { ...relaxedOf(problem, program, values), isCommitted: true }, solveMs };
}

/** Solves a program, or what was made of it by other rows and columns at its end. */
type Solve = (program: Program, solved: LinearProgram) => Solution;

function solverOf(engine: Engine, deadlineMs: number, warmth: Warmth): Solve {
  return (program, solved) => {
    const timeLimitMs = leftMs(deadlineMs);
    const isNamed =
      solved.costs.length === program.columnNames.owners.length &&
      solved.rowUpper.length === program.rowNames.owners.length;
    return isNamed
      ? warmth.courseOf(engine).solve({ ...program, program: solved }, { timeLimitMs })
      : engine.solve(solved, { timeLimitMs });
  };
}

/** `auto`: the dense engine for small programs, HiGHS for all others; what cannot be loaded is replaced. */
export function engineFor(kind: EngineKind, columns: number, engines: Engines): Engine | undefined {
  switch (kind) {
    case 'highs':
    case 'auto':
      if (engines.highs !== undefined && (kind === 'highs' || columns > smallColumns)) return engines.highs;
      return columns <= largestDenseColumns ? engines.javascriptLpSolver : undefined;
    case 'javascript-lp-solver':
      return columns <= largestDenseColumns ? engines.javascriptLpSolver : engines.highs;
    case 'greedy':
    case 'share':
      return undefined;
  }
}

type Solved = { readonly program: LinearProgram; readonly solution: Solution };

function solveFairly(problem: Problem, program: Program, solve: Solve): Solved {
  if (problem.scenario.site.objective.fairness !== 'maxmin' || program.program.costs.length === 0) {
    return { program: program.program, solution: solve(program, program.program) };
  }
  const fairest = solve(program, fairestShareProgram(problem, program));
  if (fairest.kind === 'failed') return { program: program.program, solution: fairest };
  const fair = fairProgram(problem, program, fairest.values.at(-1) ?? 0);
  return { program: fair, solution: solve(program, fair) };
}

function leftMs(deadlineMs: number): number {
  return Math.max(1, deadlineMs - performance.now());
}

function proven(
  problem: Problem,
  program: Program,
  engine: Engine,
  { isOptimal, values, rowDuals }: Solution & { kind: 'solved' },
  solveMs: number,
): Relaxation {
  const objective = objectiveOf(program.program, values);
  const bound = dualBound(program.program, rowDuals);
  return {
    kind: 'solved',
    engine,
    isOptimal,
    relaxed: relaxedOf(problem, program, values),
    program,
    optimum: { values, rowDuals },
    bound,
    moneyBound: moneyBound(problem, program, rowDuals),
    lpGap: (objective - bound) / Math.max(1, Math.abs(objective)),
    solveMs,
  };
}

/** Two columns that share a row. */
const warmUp: LinearProgram = {
  costs: Float64Array.of(-1, -2),
  upper: Float64Array.of(3, 3),
  rowUpper: Float64Array.of(4),
  starts: Int32Array.of(0, 1, 2),
  rowIndices: Int32Array.of(0, 0),
  values: Float64Array.of(1, 1),
  offset: 0,
};
