import { dualBound, moneyBound, objectiveOf } from './dual-bound.ts';
import { highsEngine } from './engines/highs.ts';
import { javascriptLpSolver } from './engines/javascript-lp-solver.ts';
import { fairestShareProgram, fairProgram } from './fairness.ts';
import type { Problem, Relaxed } from './problem.ts';
import { type Program, programOf, relaxedOf } from './program.ts';
import type { Basis, Engine, LinearProgram, Solution } from './program-form.ts';
import type { EngineKind } from './site.ts';
import type { Warmth } from './warmth.ts';

/** What is loaded; `highs` is undefined where WASM cannot be. */
export type Engines = { readonly highs: Engine | undefined; readonly javascriptLpSolver: Engine };

/** The LP answer to a problem, proven by its own dual bound as far as `lpGap` says. */
export type Relaxation = {
  readonly kind: 'solved';
  readonly engine: Engine['name'];
  readonly isOptimal: boolean;
  readonly relaxed: Relaxed;
  readonly program: Program;
  /** Dual bound of the program that was solved, computed from the row prices; −Infinity without any. */
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
  const epochSlot = problem.startS / problem.slotS;
  const solved = solveFairly(problem, program, engine, deadlineMs, warmth?.basisFor(program, epochSlot));
  const solveMs = performance.now() - startedMs;
  if (solved.solution.kind === 'failed') return solved.solution;
  if (solved.program === program.program && solved.solution.basis !== undefined) {
    warmth?.keep(program, epochSlot, solved.solution.basis);
  }
  return proven(problem, program, engine, solved.program, solved.solution, solveMs);
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

function solveFairly(problem: Problem, program: Program, engine: Engine, deadlineMs: number, basis?: Basis): Solved {
  const timeLimitMs = () => Math.max(1, deadlineMs - performance.now());
  if (problem.scenario.site.objective.fairness !== 'maxmin' || program.program.costs.length === 0) {
    return { program: program.program, solution: engine.solve(program.program, { timeLimitMs: timeLimitMs(), basis }) };
  }
  const fairest = engine.solve(fairestShareProgram(problem, program), { timeLimitMs: timeLimitMs() });
  if (fairest.kind === 'failed') return { program: program.program, solution: fairest };
  const fair = fairProgram(problem, program, fairest.values.at(-1) ?? 0);
  return { program: fair, solution: engine.solve(fair, { timeLimitMs: timeLimitMs() }) };
}

function proven(
  problem: Problem,
  program: Program,
  engine: Engine,
  solvedProgram: LinearProgram,
  solution: Solution & { kind: 'solved' },
  solveMs: number,
): Relaxation {
  const objective = objectiveOf(solvedProgram, solution.values);
  const { rowDuals } = solution;
  const none = Number.NEGATIVE_INFINITY;
  const bound = rowDuals === undefined ? none : dualBound(solvedProgram, rowDuals);
  return {
    kind: 'solved',
    engine: engine.name,
    isOptimal: solution.isOptimal,
    relaxed: relaxedOf(problem, program, solution.values),
    program,
    bound,
    moneyBound: rowDuals === undefined ? none : moneyBound(problem, program.layout, solvedProgram, rowDuals),
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
