import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { createCa } from '../../src/demo/certificates.ts';
import { programPath, run } from '../support/programs/program.ts';
import { startVsftpd } from '../support/programs/vsftpd.ts';
import { cutKinds } from '../support/transfer-cuts.ts';
import { loadAverage, lookAtMachine } from './machine.ts';
import { type Latencies, measureSite } from './transfers-site.ts';

/**
 * `npm run bench:transfers`: 1,000 cuts at random places, and 20 downloads of 200 MB at the same time beside vsftpd's in
 * the same run, with the memory of our process. Prints Markdown; fails only when a byte is wrong.
 */
const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '1000' },
    megabytes: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
  },
});
const clients = 20;
const imageBytes = Number(values.megabytes) * 1_000_000;
const mostSentAgainBytes = 1_000_000;

type Row = readonly string[];

function table(title: string, head: Row, rows: readonly Row[]): void {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  const lines = [`### ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

// ---------------------------------------------------------------------------------------------- cuts

async function measureCuts(): Promise<void> {
  const here = cutKinds.filter(({ programs }) => programs.every((name) => programPath(name) !== undefined));
  const each = Math.ceil(Number(values.cuts) / here.length);
  const rows: Row[] = [];
  for (const kind of here) {
    const { cuts, wrong, sentAgain } = await kind.run(each);
    if (wrong) process.exitCode = 1;
    rows.push([kind.name, String(cuts), wrong ? '**wrong bytes**' : '0', shownBytes(sentAgain / cuts)]);
  }
  const goal = ['goal', values.cuts, '0', `≤ ${shownBytes(mostSentAgainBytes)}`];
  table(
    'Cuts at random places of 8 MB',
    ['transfer', 'cuts', 'files with a wrong byte', 'sent again per cut'],
    [goal, ...rows],
  );
}

// ---------------------------------------------------------------------------------------------- downloads

type Course = { readonly url: string; readonly options: readonly string[]; readonly hash: string | undefined };

type Served = { readonly seconds: number; readonly failed: number; readonly cpuSeconds: number };

/** So many curls at the same time, each of which throws its file away, or hashes it. */
async function download({ url, options, hash }: Course, serverPid?: number): Promise<Served> {
  const startedMs = performance.now();
  const cpuBefore = cpuSecondsOf(serverPid);
  const all = await Promise.all(Array.from({ length: clients }, () => oneDownload(url, options, hash)));
  const seconds = (performance.now() - startedMs) / 1000;
  const failed = all.filter((right) => !right).length;
  return { seconds, failed, cpuSeconds: cpuSecondsOf(serverPid) - cpuBefore };
}

async function oneDownload(url: string, options: readonly string[], hash: string | undefined): Promise<boolean> {
  if (hash === undefined) return (await run('curl', ['-sS', '-o', '/dev/null', ...options, url])).exitCode === 0;
  const script = 'set -o pipefail; curl -sS "$@" | sha256sum';
  const { exitCode, stdout } = await run('bash', ['-c', script, 'curl', ...options, url]);
  return exitCode === 0 && stdout.startsWith(hash);
}

const ticksPerSecond = 100;

/** CPU of a process (proc(5): utime, stime). */
function cpuSecondsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 13).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

type DoorProcess = {
  readonly child: ChildProcess;
  readonly urls: Readonly<Record<string, string>>;
  readonly place: string;
};

async function startDoor(): Promise<DoorProcess> {
  const script = fileURLToPath(new URL('./children/file-door.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(imageBytes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the door ended with ${code}`)));
  });
  // A line of our own child.
  const { urls, place } = JSON.parse(line) as Omit<DoorProcess, 'child'>;
  return { child, urls, place };
}

/** The private memory of a process and its share of what it shares, in bytes. */
function memoryOf({ child }: DoorProcess): number {
  const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
}

/** The most memory while `work` runs. */
async function peakDuring<T>(door: DoorProcess, work: () => Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = memoryOf(door);
  const timer = setInterval(() => {
    peak = Math.max(peak, memoryOf(door));
  }, 50);
  try {
    return { result: await work(), peak };
  } finally {
    clearInterval(timer);
  }
}

type Match = {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
  readonly options: readonly string[];
};

async function measureDownloads(): Promise<void> {
  const tls = createCa('bench far CA').issue({ commonName: 'vsftpd', hosts: ['127.0.0.1'] });
  const [door, plain, secure] = [await startDoor(), await startVsftpd(), await startVsftpd({ tls })];
  for (const { folder } of [plain, secure]) {
    copyFileSync(door.place, join(folder, 'image.bin'));
    chmodSync(join(folder, 'image.bin'), 0o644);
  }
  const theirs = (port: number) => `ftp://127.0.0.1:${port}/pub/image.bin`;
  const security = ['--ssl-reqd', '--insecure'];
  const ours = (scheme: string) => (door.urls[scheme] ?? '').replace('ftps:', 'ftp:');
  const matches: readonly Match[] = [
    { name: 'FTP', ours: ours('ftp'), theirs: theirs(plain.port), options: [] },
    { name: 'HTTP, against its FTP', ours: ours('http'), theirs: theirs(plain.port), options: [] },
    { name: 'FTPS', ours: ours('ftps'), theirs: theirs(secure.port), options: security },
  ];
  const idle = memoryOf(door);
  const rows: Row[] = [];
  for (const match of matches) {
    rows.push(await measureMatch(match, door, idle, undefined));
    rows.push(
      await measureMatch({ ...match, name: `${match.name}, hashed by the clients` }, door, idle, basename(door.place)),
    );
  }
  table(
    `${clients} × ${values.megabytes} MB at the same time, medians of ${values.rounds} rounds in turns`,
    ['by', 'ours', 'vsftpd', 'ours : vsftpd', 'our CPU s per GB', 'failed', `memory above idle (${shownBytes(idle)})`],
    [['goal', '', '', '≥ 0.9', '', '0', '≤ 60 MB'], ...rows],
  );
  await Promise.all([plain.stop(), secure.stop()]);
  await reportSite(door.place);
  door.child.stdin?.end();
  await new Promise((resolve) => door.child.once('exit', resolve));
}

async function reportSite(place: string): Promise<void> {
  const { wanShare, cuts, failed, seconds, idle, busy } = await measureSite(place, clients);
  if (failed > 0) process.exitCode = 1;
  const shown = ({ p50Ms, p99Ms, maxMs, count }: Latencies) =>
    [p50Ms, p99Ms, maxMs].map((ms) => `${ms.toFixed(1)} ms`).concat(String(count));
  table(
    `SOAP Heartbeats while ${clients} chargers fetch ${values.megabytes} MB by FTP from the same gateway (${seconds.toFixed(1)} s, ${failed} failed)`,
    ['', 'p50', 'p99', 'max', 'Heartbeats'],
    [
      ['goal', '', '≤ 50 ms', '', ''],
      ['idle', ...shown(idle)],
      ['while files are served', ...shown(busy)],
    ],
  );
  table(
    'Bytes from the location of the CSMS, over a line of a gigabit that is reset',
    ['image for', 'WAN cuts', 'over its size'],
    [
      ['goal', '', '≤ 1.01'],
      [`${clients} chargers`, String(cuts), wanShare.toFixed(4)],
    ],
  );
}

async function measureMatch(
  { name, ours, theirs, options }: Match,
  door: DoorProcess,
  idle: number,
  hash: string | undefined,
): Promise<Row> {
  const [own, other]: [Served[], Served[]] = [[], []];
  let most = 0;
  for (let round = 0; round < Number(values.rounds); round += 1) {
    other.push(await download({ url: theirs, options, hash }));
    const { result, peak } = await peakDuring(door, () => download({ url: ours, options, hash }, door.child.pid));
    own.push(result);
    most = Math.max(most, peak);
  }
  const [a, b] = [median(own, 'seconds'), median(other, 'seconds')];
  if (other.some((served) => served.failed > 0)) throw new Error(`downloads from vsftpd failed: ${theirs}`);
  const failed = own.reduce((sum, served) => sum + served.failed, 0);
  if (failed > 0) process.exitCode = 1;
  const cpuPerGb = ((median(own, 'cpuSeconds') * 1e9) / (clients * imageBytes)).toFixed(2);
  return [
    name,
    shownRate(a),
    shownRate(b),
    `**${(b / a).toFixed(2)}**`,
    cpuPerGb,
    String(failed),
    shownBytes(most - idle),
  ];
}

function median(served: readonly Served[], what: 'seconds' | 'cpuSeconds'): number {
  const values = served.map((each) => each[what]).toSorted((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

function shownRate(seconds: number): string {
  return `${((clients * imageBytes) / seconds / 1e9).toFixed(2)} GB/s (${seconds.toFixed(2)} s)`;
}

function shownBytes(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}

const { date, commit, cores, cpu, node } = lookAtMachine();
const loadBefore = loadAverage();
if (Number(values.cuts) > 0) await measureCuts();
if (programPath('vsftpd') === undefined || programPath('curl') === undefined) {
  process.stdout.write('Downloads left out: vsftpd or curl is not installed.\n');
} else if (imageBytes > 0) await measureDownloads();
process.stdout.write(
  `${date}, commit ${commit}: ${cores} × ${cpu}, node ${node}; load average ${loadBefore.toFixed(1)} before.\n`,
);
