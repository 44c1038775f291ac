import { describeMistake, describePath, type Mistake } from '../config/place.ts';
import { readCampaigns } from '../config/campaigns.ts';
import { readConfig } from '../main/read-config.ts';
import { defaultConfigFile } from './config-file.ts';
import { exits, type Io } from './io.ts';
import { readArguments, tellRefusals } from './refusal.ts';
import { checkPrices, sitesReport } from './sites-report.ts';
import { checkSurroundings } from './surroundings.ts';

const usage = 'usage: ocpp-edge check [-c FILE] [--json]\n';

/**
 * `ocpp-edge check`: the config, all that it refers to, and the surroundings it needs. Resolves with the exit code: 0,
 * with the effective limits of each site, or 2 with every mistake on stdout as `file:line:column path: message`
 * (`--json`: nothing but the mistakes, as one array). Warnings go to stderr and do not fail.
 */
export function runCheck(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { config: { type: 'string', short: 'c' }, json: { type: 'boolean', default: false } } as const;
    const { values } = readArguments({ args: [...args], options }, usage);
    return check(values.config ?? defaultConfigFile(), values.json, io);
  });
}

async function check(file: string, json: boolean, io: Io): Promise<number> {
  const { mistakes, warnings, limits } = await findMistakes(file, io);
  for (const warning of warnings) io.err(`warning: ${describeMistake(warning)}\n`);
  if (json) io.out(`${JSON.stringify(mistakes.map(plainMistake))}\n`);
  else if (mistakes.length === 0) io.out(`${file}: no mistakes\n${limits}`);
  else io.out(mistakes.map((mistake) => `${describeMistake(mistake)}\n`).join(''));
  return mistakes.length === 0 ? exits.done : exits.usage;
}

type Verdict = {
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
  /** What the files of the sites come to, for people. */
  readonly limits: string;
};

async function findMistakes(file: string, { env, now }: Io): Promise<Verdict> {
  const result = await readConfig(file, env);
  if (result.kind === 'refused') return { mistakes: result.mistakes, warnings: [], limits: '' };
  const prices = checkPrices(result);
  return {
    mistakes: [...prices.mistakes, ...readCampaigns(result.config).mistakes, ...(await checkSurroundings(result))],
    warnings: [...result.warnings, ...prices.warnings],
    limits: sitesReport(result, prices.bySite, now()),
  };
}

/** A mistake as JSON: `{file, line, column, path, message}`, or `{env, path, message}`. */
function plainMistake({ place, path, message }: Mistake) {
  const where =
    place.kind === 'env' ? { env: place.name } : { file: place.file, line: place.line, column: place.column };
  return { ...where, path: describePath(path), message };
}
