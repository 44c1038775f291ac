import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from './bench.ts';
import { build } from './build.ts';
import { loadAverage, lookAtMachine } from './machine.ts';
import { measureColdStart } from './measures/cold-start.ts';
import { measureCrowd } from './measures/crowd.ts';
import { measureInbound, measureManyInbound, measureVersions, startField } from './measures/inbound.ts';
import { measureOutbound } from './measures/outbound.ts';
import { measureSlowDisk } from './measures/slow-disk.ts';
import { markdownOf, type Report } from './report.ts';
import type { Row } from './rows.ts';
import { full, quick, type Scale } from './scale.ts';

/*
 * `npm run bench`: what the gateway costs beside relays that do less. It fails when it cannot measure, never because of
 * what it measured.
 */

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, full: { type: 'boolean' }, out: { type: 'string' } },
});

async function measureAll(bench: Bench, scale: Scale): Promise<readonly Row[]> {
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
  const crowd = await measureCrowd(bench, scale);
  told(`${scale.crowd} chargers`);
  const coldStart = await measureColdStart(bench, scale);
  told('cold starts');
  return [...inbound, ...versions, ...many, ...outbound, ...slowDisk, ...crowd, ...coldStart];
}

const beganMs = performance.now();

function told(what: string): void {
  process.stderr.write(`${Math.round((performance.now() - beganMs) / 1000)} s: measured ${what}\n`);
}

const scale = options.full === true ? full : quick;
const before = loadAverage();
const bench = await Bench.start(build());
try {
  const rows = await measureAll(bench, scale);
  const skipped = bench.build.slowSync === undefined ? ['10 ms per sync: there is no gcc'] : [];
  const report: Report = {
    machine: lookAtMachine(),
    scale: scale === full ? '--full' : '--quick',
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
