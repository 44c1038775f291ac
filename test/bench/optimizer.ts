import { loadAverage, lookAtMachine } from './machine.ts';
import { measureClosedLoop } from './optimizer-loop.ts';
import { measureAgreement, measureCompression, measurePlans, measureReferences } from './optimizer-measures.ts';
import { goalsTable } from './optimizer-report.ts';
import { measureWarmth } from './optimizer-warmth.ts';

/** Runs the goals of the optimizer one after the other and prints them as a table; `--quick`: fewer and smaller sites. */
async function main(isQuick: boolean): Promise<void> {
  const before = loadAverage();
  const rows = [
    ...(await measureReferences(isQuick)),
    ...(await measurePlans(isQuick)),
    ...(await measureAgreement(isQuick)),
    ...(await measureWarmth(isQuick)),
    ...(await measureCompression(isQuick)),
    ...(await measureClosedLoop(isQuick)),
  ];
  const { cores, cpu, node, commit, date } = lookAtMachine();
  const noise = `load average ${before.toFixed(1)} before, ${loadAverage().toFixed(1)} after`;
  process.stdout.write(`${date}, commit ${commit}: ${cores} × ${cpu}, node ${node}; ${noise}.\n\n${goalsTable(rows)}`);
}

await main(process.argv.includes('--quick'));
