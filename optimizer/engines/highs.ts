import { createRequire } from 'node:module';
import type { Highs } from 'highs';
import type { ChooseOptions, Engine, LinearProgram, Solution, SolveOptions } from '../program-form.ts';
import { HighsCourse } from './highs-course.ts';
import { failureOf, isEmpty, modelData, nothingDecided, runModel, runWhole } from './highs-run.ts';

/** Its types are those of its CommonJS build, which Node finds by require. */
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof import('highs');

/** HiGHS as WASM; loading takes some 100 ms. Rejects where WASM cannot be loaded. */
export async function highsEngine(): Promise<Engine> {
  const highs = await loadHighs();
  return {
    name: 'highs',
    solve: (program, options) => solveAlone(highs, program, options),
    begin: () => new HighsCourse(highs),
    choose: (program, columns, options) => chooseAlone(highs, program, columns, options),
  };
}

function solveAlone(highs: Highs, program: LinearProgram, { timeLimitMs }: SolveOptions): Solution {
  if (isEmpty(program)) return nothingDecided(program);
  const model = highs.createModel(modelData(program));
  try {
    model.options.set('output_flag', false);
    return runModel(highs, model, program.costs.length, timeLimitMs);
  } catch (thrown) {
    return failureOf(thrown);
  } finally {
    model.dispose();
  }
}

function chooseAlone(
  highs: Highs,
  program: LinearProgram,
  columns: readonly number[],
  options: ChooseOptions,
): Float64Array | undefined {
  const integrality = new Int32Array(program.costs.length);
  for (const column of columns) integrality[column] = highs.constants.variableType.semiContinuous;
  const model = highs.createModel({ ...modelData(program), integrality });
  try {
    model.options.set('output_flag', false);
    return runWhole(highs, model, options);
  } catch {
    // a trap of WASM or an error of HiGHS: whoever asks has currents without this choice
    return undefined;
  } finally {
    model.dispose();
  }
}
