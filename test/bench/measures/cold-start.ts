import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import type { Bench } from '../bench.ts';
import { sharedNowMs } from '../control/asks.ts';
import { type Row, rowAtMost, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';

/** From the start of the process to its listeners, against a process that only imports the same packages. */
export async function measureColdStart(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const packages = packagesOf(parts.map((file) => bench.build.source(file)));
  const imports = packages.map((name) => `await import(${JSON.stringify(name)});`).join('');
  const bare = ['--input-type=module', '-e', `${imports}console.log('gateway started')`];
  const run = [bench.build.source('cli.js'), 'run', '-c', bench.writeConfig('cold-start')];
  const measured: { bare: number[]; run: number[] } = { bare: [], run: [] };
  for (let round = -1; round < scale.coldStarts; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one process at a time has the machine
    const [bareMs, runMs] = [await startMs(bare), await startMs(run)];
    // The first start of each reads from the disk what the others find in memory, and makes the database.
    if (round >= 0) measured.bare.push(bareMs);
    if (round >= 0) measured.run.push(runMs);
  }
  return [
    rowAtMost(
      { measure: 'cold start to listening', unit: '× importing the packages' },
      { first: 1.5, final: 1.2 },
      ratios(measured.run, measured.bare),
    ),
    rowOf({ measure: 'cold start of the gateway', unit: 'ms' }, measured.run),
    rowOf({ measure: `node -e that imports ${packages.join(', ')}`, unit: 'ms' }, measured.bare),
  ];
}

/** Ms until the process says that it has started; it is then ended. */
async function startMs(args: readonly string[]): Promise<number> {
  const startedMs = sharedNowMs();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let said = '';
  for await (const text of child.stdout) {
    said += String(text);
    if (said.includes('gateway started')) break;
  }
  const tookMs = sharedNowMs() - startedMs;
  child.kill('SIGTERM');
  await ended;
  if (!said.includes('gateway started')) throw new Error(`${args.join(' ')} did not start: ${said}`);
  return tookMs;
}

/** What `run` loads: its own file, the gateway while the store opens, and the store's thread. */
const parts = ['cli/run.js', 'main.js', 'store/worker.js'];

/** The packages that compiled files import when they are loaded, by themselves and through the files that they import. */
function packagesOf(entries: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gm)) {
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (!name.startsWith('node:') && !builtinModules.includes(name)) packages.add(name);
    }
  };
  entries.forEach(visit);
  return [...packages].toSorted();
}
