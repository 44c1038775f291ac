import { createRequire } from 'node:module';
import type { Highs } from 'highs';
import type { Engine, LinearProgram, Solution } from '../../optimizer/program-form.ts';
import type { Engines } from '../../optimizer/solver.ts';

/** Its types are those of its CommonJS build, which Node finds by require. */
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof import('highs');

/** The engine by itself: a program in, its solution out, every option as it comes. */
export type Bare = (program: LinearProgram) => Float64Array;

/** HiGHS as anybody would call it: a model of its own for each program, no option set but silence. */
export async function bareHighs(): Promise<Bare> {
  const highs = await loadHighs();
  return (program) => solveBare(highs, program);
}

function solveBare(highs: Highs, { costs, lower, upper, rowUpper, ...program }: LinearProgram): Float64Array {
  const numCols = costs.length;
  const numRows = rowUpper.length;
  if (numCols === 0) return costs;
  const model = highs.createModel({
    numCols,
    numRows,
    offset: program.offset,
    colCost: costs,
    colLower: lower ?? new Float64Array(numCols),
    colUpper: upper,
    rowLower: new Float64Array(numRows).fill(Number.NEGATIVE_INFINITY),
    rowUpper,
    matrix: {
      format: 'csc',
      numRows,
      numCols,
      starts: program.starts,
      indices: program.rowIndices,
      values: program.values,
    },
  });
  model.options.set('output_flag', false);
  model.run();
  const { colValue } = model.getSolution();
  model.dispose();
  return colValue;
}

/** The same engines, noting every program that HiGHS is given. */
export function noting(engines: Engines, programs: LinearProgram[]): Engines {
  const { highs } = engines;
  if (highs === undefined) return engines;
  const noted = (program: LinearProgram, solve: () => Solution): Solution => {
    programs.push(program);
    return solve();
  };
  const noter: Engine = {
    ...highs,
    solve: (program, options) => noted(program, () => highs.solve(program, options)),
    begin: () => {
      const course = highs.begin();
      return {
        solve: (named, options) => noted(named.program, () => course.solve(named, options)),
        end: () => course.end(),
      };
    },
  };
  return { ...engines, highs: noter };
}

/** CPU time of this process so far, ms: what others do on the machine does not count. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time of something, ms. */
export function cpuOf(run: () => unknown): number {
  const startedMs = cpuMs();
  run();
  return cpuMs() - startedMs;
}
