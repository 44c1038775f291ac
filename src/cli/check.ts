import { parseArgs } from 'node:util';
import type { Environment } from '../config/contents.ts';
import { loadConfig } from '../config/load.ts';
import { describeMistake, describePath, type Mistake } from '../config/place.ts';
import { defaultConfigFile } from './config-file.ts';
import { checkSurroundings } from './surroundings.ts';

/** Where a command writes. */
export type Output = { write(text: string): unknown };

const USAGE = 'usage: ocpp-edge check [-c FILE] [--json]\n';

/**
 * `ocpp-edge check`: the config, all that it refers to, and the surroundings it needs. Resolves with the exit code: 0,
 * or 2 with every mistake on stdout as `file:line:column path: message` (`--json`: as one array). Warnings go to
 * stderr and do not fail.
 */
export async function runCheck(
  args: readonly string[],
  env: Environment,
  stdout: Output,
  stderr: Output,
): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    stderr.write(`${options}\n${USAGE}`);
    return 2;
  }
  const { mistakes, warnings } = await findMistakes(options.file, env);
  for (const warning of warnings) stderr.write(`warning: ${describeMistake(warning)}\n`);
  if (options.json) stdout.write(`${JSON.stringify(mistakes.map(plainMistake))}\n`);
  else if (mistakes.length === 0) stdout.write(`${options.file}: no mistakes\n`);
  else stdout.write(mistakes.map((mistake) => `${describeMistake(mistake)}\n`).join(''));
  return mistakes.length === 0 ? 0 : 2;
}

type Options = { readonly file: string; readonly json: boolean };

function readOptions(args: readonly string[]): Options | string {
  try {
    const options = { config: { type: 'string', short: 'c' }, json: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { file: values.config ?? defaultConfigFile(), json: values.json ?? false };
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

type Verdict = { readonly mistakes: readonly Mistake[]; readonly warnings: readonly Mistake[] };

async function findMistakes(file: string, env: Environment): Promise<Verdict> {
  const result = loadConfig(file, env);
  if (result.kind === 'refused') return { mistakes: result.mistakes, warnings: [] };
  return { mistakes: await checkSurroundings(result), warnings: result.warnings };
}

/** A mistake as JSON: `{file, line, column, path, message}`, or `{env, path, message}`. */
function plainMistake({ place, path, message }: Mistake) {
  const where =
    place.kind === 'env' ? { env: place.name } : { file: place.file, line: place.line, column: place.column };
  return { ...where, path: describePath(path), message };
}
