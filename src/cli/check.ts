import type { Environment } from '../config/contents.ts';
import { describeMistake, describePath, type Mistake } from '../config/place.ts';
import { readConfig } from '../main/read-config.ts';
import { defaultConfigFile } from './config-file.ts';
import { exits, type Io } from './io.ts';
import { readArguments, tellRefusals } from './refusal.ts';
import { checkSurroundings } from './surroundings.ts';

const usage = 'usage: ocpp-edge check [-c FILE] [--json]\n';

/**
 * `ocpp-edge check`: the config, all that it refers to, and the surroundings it needs. Resolves with the exit code: 0,
 * or 2 with every mistake on stdout as `file:line:column path: message` (`--json`: as one array). Warnings go to
 * stderr and do not fail.
 */
export function runCheck(args: readonly string[], io: Io): Promise<number> {
  return tellRefusals(io, async () => {
    const options = { config: { type: 'string', short: 'c' }, json: { type: 'boolean', default: false } } as const;
    const { values } = readArguments({ args: [...args], options }, usage);
    return check(values.config ?? defaultConfigFile(), values.json, io);
  });
}

async function check(file: string, json: boolean, io: Io): Promise<number> {
  const { mistakes, warnings } = await findMistakes(file, io.env);
  for (const warning of warnings) io.err(`warning: ${describeMistake(warning)}\n`);
  if (json) io.out(`${JSON.stringify(mistakes.map(plainMistake))}\n`);
  else if (mistakes.length === 0) io.out(`${file}: no mistakes\n`);
  else io.out(mistakes.map((mistake) => `${describeMistake(mistake)}\n`).join(''));
  return mistakes.length === 0 ? exits.done : exits.usage;
}

type Verdict = { readonly mistakes: readonly Mistake[]; readonly warnings: readonly Mistake[] };

async function findMistakes(file: string, env: Environment): Promise<Verdict> {
  const result = readConfig(file, env);
  if (result.kind === 'refused') return { mistakes: result.mistakes, warnings: [] };
  return { mistakes: await checkSurroundings(result), warnings: result.warnings };
}

/** A mistake as JSON: `{file, line, column, path, message}`, or `{env, path, message}`. */
function plainMistake({ place, path, message }: Mistake) {
  const where =
    place.kind === 'env' ? { env: place.name } : { file: place.file, line: place.line, column: place.column };
  return { ...where, path: describePath(path), message };
}
