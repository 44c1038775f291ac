import { FormError } from '../../optimizer/reading.ts';
import { exits, type Io } from './io.ts';
import { oneLine, readJson } from './json-input.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';
import { drawScenario } from './schedule/chart.ts';
import { play } from './schedule/play.ts';
import { idOf, readScenario, type Scenario } from './schedule/scenario.ts';

const usage = 'usage: ocpp-edge schedule [--chart] [FILE|-]\n';

/**
 * `ocpp-edge schedule`: charging profiles in, composite schedules out. Takes one scenario or an array of them from FILE
 * or stdin; prints one line of JSON, or with `--chart` pictures for people. Resolves with the exit code: 0; 1 for input
 * that is no scenario, with one line on stderr; 2 for options that are not understood.
 */
export function runSchedule(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { chart: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    if (positionals.length > 1) throw misused(usage, 'more than one FILE');
    const scenarios = readScenarios(await readJson('schedule', positionals[0] ?? '-', io));
    if (values.chart) for (const scenario of scenarios) io.out(drawScenario(scenario, play(scenario)));
    else io.out(`${JSON.stringify(scenarios.map((scenario) => play(scenario).result))}\n`);
    return exits.done;
  });
}

function readScenarios(input: unknown): readonly Scenario[] {
  if (!Array.isArray(input)) return [scenarioOf(input, 'scenario')];
  return input.map((value: unknown, index) => scenarioOf(value, `scenario ${index + 1}`));
}

function scenarioOf(value: unknown, place: string): Scenario {
  try {
    return readScenario(value, '');
  } catch (thrown) {
    if (!(thrown instanceof FormError)) throw thrown;
    const id = idOf(value);
    const name = id === undefined ? place : `${place} (${oneLine(id).slice(0, 60)})`;
    throw new Refusal(`ocpp-edge schedule: ${name}: ${oneLine(thrown.message)}`, exits.failed, { cause: thrown });
  }
}
