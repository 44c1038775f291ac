import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

/**
 * Writes what is derived from the config's schema; with `--check` it writes nothing and fails when a file on disk is
 * not what would be written.
 */
function generate(check: boolean): void {
  const stale = generatedFiles().filter(
    ({ path, source }) => !existsSync(path) || readFileSync(path, 'utf8') !== source,
  );
  if (!check) {
    for (const { path, source } of stale) writeFileSync(path, source);
    return;
  }
  for (const { path } of stale) console.error(`${path} is not in step with src/config: npm run generate`);
  if (stale.length > 0) process.exitCode = 1;
}

generate(process.argv.includes('--check'));
