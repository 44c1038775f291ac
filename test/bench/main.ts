import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from './bench.ts';
import { build } from './build.ts';
import { loadAverage, lookAtMachine } from './machine.ts';
import { measureColdStart } from './measures/cold-start.ts';
import { measureConsoles } from './measures/consoles.ts';
import { measureCrowd } from './measures/crowd.ts';
import { measureInbound, measureManyInbound, measureVersions, startField } from './measures/inbound.ts';
import { measureLinks } from './measures/links.ts';
import { measureMalformed } from './measures/malformed.ts';
import { measureOutbound } from './measures/outbound.ts';
import { measureSlowDisk } from './measures/slow-disk.ts';
import { measureSolving } from './measures/solving.ts';
import { markdownOf, type Report } from './report.ts';
import type { Row } from './rows.ts';
import { full, quick, type Scale } from './scale.ts';

/*
 * `npm run bench`: what the gateway costs beside relays that do less. It fails when it cannot measure, never because of
 * what it measured. `--only links,solving` measures parts of it, in the scale that is asked for.
 */

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, full: { type: 'boolean' }, only: { type: 'string' }, out: { type: 'string' } },
});

/** What 50 to 500 chargers and the commands for them cost, all relays beside each other. */
async function measureField(bench: Bench, scale: Scale): Promise<readonly Row[]> {
  const field = await startField(bench);
  const inbound = await measureInbound(bench, field, scale);
  told('50 chargers');
  const versions = await measureVersions(bench, field.logOff, scale);
  told('OCPP 1.5');
  const outbound = await measureOutbound(bench, field.logOff, field.soap, scale);
  told('commands');
  const many = await measureManyInbound(bench, field, scale);
  told('500 chargers');
  const slowDisk = await measureSlowDisk(bench, field.durable, scale);
  told('a slow disk');
  await Promise.all(Object.values(field).map((relay) => bench.stop(relay)));
  return [...inbound, ...versions, ...many, ...outbound, ...slowDisk];
}

type Part = { readonly name: string; readonly measure: (bench: Bench, scale: Scale) => Promise<readonly Row[]> };

/** What a minute has room for. */
const quickParts: readonly Part[] = [
  { name: 'field', measure: measureField },
  { name: 'crowd', measure: measureCrowd },
  { name: 'cold-start', measure: measureColdStart },
];
const allParts: readonly Part[] = [
  ...quickParts,
  { name: 'links', measure: measureLinks },
  { name: 'solving', measure: measureSolving },
  { name: 'malformed', measure: measureMalformed },
  { name: 'consoles', measure: measureConsoles },
];

/** Throws for a name that no part has. */
function chosenParts(scale: Scale, only: string | undefined): readonly Part[] {
  if (only === undefined) return scale === full ? allParts : quickParts;
  return only.split(',').map((name) => {
    const part = allParts.find((one) => one.name === name);
    if (part === undefined) throw new Error(`--only knows ${allParts.map((one) => one.name).join(', ')}, not ${name}`);
    return part;
  });
}

async function measureParts(bench: Bench, scale: Scale, parts: readonly Part[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, measure } of parts) {
    // oxlint-disable-next-line no-await-in-loop -- one part at a time has the machine
    rows.push(...(await measure(bench, scale)));
    told(name);
  }
  return rows;
}

const beganMs = performance.now();

function told(what: string): void {
  process.stderr.write(`${Math.round((performance.now() - beganMs) / 1000)} s: measured ${what}\n`);
}

const scale = options.full === true ? full : quick;
const parts = chosenParts(scale, options.only);
const before = loadAverage();
const bench = await Bench.start(build());
try {
  const rows = await measureParts(bench, scale, parts);
  const skipped = bench.build.slowSync === undefined ? ['10 ms per sync: there is no gcc'] : [];
  const report: Report = {
    machine: lookAtMachine(),
    scale: `${scale === full ? '--full' : '--quick'}${options.only === undefined ? '' : ` --only ${options.only}`}`,
    loadAverage: { before, after: loadAverage() },
    rows,
    skipped,
  };
  const file = options.out ?? join(tmpdir(), `ocpp-edge-bench-${Date.now()}.json`);
  writeFileSync(file, JSON.stringify(report, null, 2));
  process.stdout.write(`${markdownOf(report)}\n${file}\n`);
} finally {
  await bench.close();
}
