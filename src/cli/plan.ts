import { noticesOf } from '../../optimizer/notices.ts';
import { plan } from '../../optimizer/plan.ts';
import { problemOf } from '../../optimizer/pose.ts';
import { readScenario } from '../../optimizer/scenario.ts';
import { ScenarioError } from '../../optimizer/scenario-form.ts';
import type { Scenario } from '../../optimizer/site.ts';
import { exits, type Io } from './io.ts';
import { oneLine, readJson } from './json-input.ts';
import { planChart } from './plan-chart.ts';
import { misused, Refusal, readArguments, tellRefusals } from './refusal.ts';

/** Of a terminal that does not say how wide it is. */
const defaultColumns = 100;
const usage = 'usage: ocpp-edge plan [--json|--chart] [FILE|-]\n';

/**
 * `ocpp-edge plan`: a site scenario in, a plan for each connector out. Prints one line of JSON, or with `--chart` a
 * picture for people; what the plan had to assume goes to stderr. Resolves with the exit code: 0; 1 for input that is
 * no scenario, with one line on stderr for each mistake; 2 for options that are not understood.
 */
export function runPlan(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { json: { type: 'boolean', default: false }, chart: { type: 'boolean', default: false } } as const;
    const { values, positionals } = readArguments({ args: [...args], options, allowPositionals: true }, usage);
    if (positionals.length > 1) throw misused(usage, 'more than one FILE');
    if (values.json && values.chart) throw misused(usage, '--json and --chart together');
    const scenario = scenarioOf(await readJson('plan', positionals[0] ?? '-', io), io);
    const problem = problemOf(scenario);
    for (const notice of noticesOf(problem)) io.err(`${oneLine(notice)}\n`);
    const result = await plan(scenario);
    const columns = Number(io.env['COLUMNS'] ?? defaultColumns) || defaultColumns;
    io.out(values.chart ? planChart(result, problem.importPerKwh, columns) : `${JSON.stringify(result)}\n`);
    return exits.done;
  });
}

function scenarioOf(value: unknown, io: Io): Scenario {
  try {
    return readScenario(value, Math.floor(io.now() / 1000));
  } catch (thrown) {
    if (!(thrown instanceof ScenarioError)) throw thrown;
    const lines = thrown.violations.map((violation) => `ocpp-edge plan: ${oneLine(violation)}\n`);
    throw new Refusal(lines.join(''), exits.failed, { cause: thrown });
  }
}
