import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { centralSystem, chargePoint } from '../../src/ocpp/model.generated.ts';
import { olderModels } from '../../src/ocpp-s/dialects/dialects.ts';
import { compileSoap, type Soap } from '../../src/ocpp-s/soap.ts';
import { readTree, type XmlDecoder } from '../../src/ocpp-s/xml/decoder.ts';
import { pullDecoder } from '../../src/ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../../src/ocpp-s/xml/reference.ts';
import { scanXml } from '../../src/ocpp-s/xml/scan.ts';
import { walkTree } from '../../src/ocpp-s/xml/tree-cursor.ts';
import { hostileBodies } from '../support/decoders/hostile.ts';
import { type ChargerAction, counterMark, requestEnvelope, transactionMark } from './wire/envelopes.ts';

/**
 * `npm run bench:decoder`: from bytes to payload, in CPU and in memory, by the fast decoder, by the same over a tree with
 * the front door before it, and by the reference decoder, each in a process of its own: what the readers' code has seen
 * of other decoders would slow it down. Then the worst bodies. Prints Markdown; asserts nothing.
 */
const models = [centralSystem, chargePoint, ...olderModels];

const overTree: XmlDecoder = {
  open: (xml) => {
    scanXml(xml);
    return walkTree(readTree(pullDecoder.open(xml)));
  },
};

const ways: Readonly<Record<string, XmlDecoder>> = { fast: pullDecoder, overTree, reference: referenceDecoder };

const speaker = { identity: 'DEPOT-07', callbackUrl: 'http://10.20.0.7:8081/ocpp/cp' };

/** The same message 64 times, each with another number. */
function bytesOf(action: ChargerAction): readonly Buffer[] {
  const xml = requestEnvelope(action, speaker).replaceAll(transactionMark, '1234567');
  return Array.from({ length: 64 }, (_, index) =>
    Buffer.from(xml.replaceAll(counterMark, String(100_000_000 + index))),
  );
}

function cpuUs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function decodeAll(soap: Soap, bytes: readonly Buffer[], times: number): void {
  for (let time = 0; time < times; time += 1) for (const each of bytes) soap.decode(each.toString('utf8'));
}

/** µs a message. */
function timeOf(soap: Soap, bytes: readonly Buffer[]): number {
  const perTurn = 60;
  const times = Array.from(
    { length: 9 },
    () => cpuUs(() => decodeAll(soap, bytes, perTurn)) / (perTurn * bytes.length),
  );
  return median(times.slice(2));
}

/** Bytes that one message leaves to the garbage collector; turns in which that came are left out. */
function allocated(soap: Soap, bytes: readonly Buffer[]): number {
  const sizes = Array.from({ length: 41 }, () => {
    const before = process.memoryUsage().heapUsed;
    decodeAll(soap, bytes, 1);
    return (process.memoryUsage().heapUsed - before) / bytes.length;
  });
  return median(sizes.filter((size) => size > 0));
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  process.stdout.write(`### ${title}\n\n${lines.join('\n')}\n\n`);
}

const actions: readonly ChargerAction[] = ['MeterValues', 'MeterValues of OCPP 1.5', 'Authorize', 'Heartbeat'];

type Cost = { readonly us: number; readonly bytes: number };

/** What each action costs one way. */
function costsOf(decoder: XmlDecoder): readonly Cost[] {
  const soap = compileSoap(models, decoder);
  return actions.map((action) => {
    const bytes = bytesOf(action);
    return { us: timeOf(soap, bytes), bytes: allocated(soap, bytes.slice(0, 8)) };
  });
}

/** The ways in turns, so that all meet the same machine; the median of the rounds. */
function measureWays(rounds: number): ReadonlyMap<string, readonly Cost[]> {
  const names = Object.keys(ways);
  const measured = Array.from({ length: rounds }, () => names.map((name) => inOwnProcess(name)));
  const medians = names.map((name, way) => {
    const costs = actions.map((_, action): Cost => {
      const found = measured.flatMap((round) => round[way]?.[action] ?? []);
      return { us: median(found.map(({ us }) => us)), bytes: median(found.map(({ bytes }) => bytes)) };
    });
    return [name, costs] as const;
  });
  return new Map(medians);
}

function inOwnProcess(way: string): readonly Cost[] {
  const file = fileURLToPath(import.meta.url);
  const said = execFileSync(process.execPath, [...process.execArgv, file, '--way', way], { encoding: 'utf8' });
  return JSON.parse(said) as readonly Cost[];
}

function messageRows(): readonly (readonly string[])[] {
  const measured = [...measureWays(3).values()];
  return actions.map((action, index) => {
    const costs = measured.flatMap((way) => way[index] ?? []);
    const fastUs = costs[0]?.us ?? 0;
    const times = costs.slice(1).map(({ us }) => `${us.toFixed(1)} (${(us / fastUs).toFixed(2)})`);
    const memory = costs.map(({ bytes }) => (bytes / 1024).toFixed(1)).join(' / ');
    return [action, String(bytesOf(action)[0]?.length), fastUs.toFixed(1), ...times, memory];
  });
}

function plainScan(xml: string): number {
  let sum = 0;
  for (let at = 0; at < xml.length; at += 1) sum += xml.charCodeAt(at);
  return sum;
}

function hostileRows(): readonly (readonly string[])[] {
  const [fast, reference] = [pullDecoder, referenceDecoder].map((decoder) => compileSoap(models, decoder));
  const leastMs = (times: number, work: () => unknown) =>
    Math.min(...Array.from({ length: times }, () => cpuUs(work))) / 1000;
  return hostileBodies.map(({ title, xml }) => {
    const scanMs = leastMs(20, () => plainScan(xml));
    const fastMs = leastMs(5, () => fast?.decode(xml));
    const referenceMs = leastMs(2, () => reference?.decode(xml));
    return [title, fastMs.toFixed(1), (fastMs / scanMs).toFixed(0), referenceMs.toFixed(0)];
  });
}

function report(): void {
  table(
    'Bytes to payload: CPU µs a message, and how often the fast decoder’s',
    ['message', 'bytes', 'fast', 'over a tree', 'reference', 'KB of memory'],
    messageRows(),
  );
  table('The worst 256 KB, least CPU of a few', ['body', 'fast: ms', 'plain scans', 'reference: ms'], hostileRows());
}

const { way } = parseArgs({ options: { way: { type: 'string' } } }).values;
const decoder = ways[way ?? ''];
if (decoder === undefined) report();
else process.stdout.write(JSON.stringify(costsOf(decoder)));
