import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMistake } from '../config/place.ts';
import { seatAudience } from '../demo/audience.ts';
import { drawEnd } from '../demo/picture.ts';
import { isClean, playStory, type StartGateway } from '../demo/story.ts';
import { startEdge } from '../main.ts';
import { packageRoot } from '../main/package.ts';
import { readConfig } from '../main/read-config.ts';
import { createLog } from '../operator/log.ts';
import { socketPathIn } from '../operator/socket-file.ts';
import { exits, type Io } from './io.ts';

type DemoOptions = { readonly durationS: number | undefined; readonly json: boolean };

const leastS = 15;
const drainMs = 30_000;
const usage = `usage: ocpp-edge demo [--for SECONDS] [--json]   (at least ${leastS} seconds; without --for until Ctrl-C)`;

/**
 * `ocpp-edge demo`: the gateway between simulated chargers of all sorts and a small CSMS, with an outage, and the ledger
 * at the end. Resolves with the exit code: 0 clean, 1 not, 2 for arguments that make no sense.
 */
export async function runDemo(args: readonly string[], io: Io): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') {
    io.err(`${options}\n${usage}\n`);
    return exits.usage;
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'ocpp-edge-demo-'));
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of endSignals) process.once(signal, interrupt);
  try {
    return await play(options, io, dataFolder, interrupted.signal);
  } finally {
    for (const signal of endSignals) process.off(signal, interrupt);
    await rm(dataFolder, { recursive: true, force: true });
  }
}

const endSignals = ['SIGINT', 'SIGTERM'] as const;

async function play(options: DemoOptions, io: Io, dataFolder: string, signal: AbortSignal): Promise<number> {
  const { durationS, json } = options;
  const write = json ? io.err : io.out;
  const terminal = !json && process.stdout.isTTY ? process.stdout : undefined;
  const audience = seatAudience({ write, terminal, durationS });
  const startGateway = edgeStarter({ env: io.env, onLog: (line) => audience.onEvent(`gateway: ${readable(line)}`) });
  try {
    const wsdlFolder = join(packageRoot, 'wsdl');
    const end = await playStory({ startGateway, dataFolder, signal, durationS, drainMs, audience, wsdlFolder });
    audience.close();
    write(`${drawEnd(end).join('\n')}\n`);
    const { ledger, sorts, transfers, site } = end;
    if (json) io.out(`${JSON.stringify({ ledger, sorts, transfers, site })}\n`);
    return isClean(end) ? exits.done : exits.failed;
  } finally {
    audience.close();
  }
}

/** A number of seconds and a flag, or the reason why they are refused. */
function parseOptions(args: readonly string[]): DemoOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { for: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const durationS = values.for === undefined ? undefined : Number(values.for);
    if (durationS !== undefined && !(durationS >= leastS && Number.isFinite(durationS))) {
      return `--for ${values.for}: a number of seconds, at least ${leastS}, is needed`;
    }
    return { durationS, json: values.json };
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

export type EdgeSurroundings = { readonly env: Io['env']; readonly onLog: (line: string) => void };

/** A line of the gateway's log in a few words. */
function readable(line: string): string {
  const { level, event, station, reason, error } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const cause = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : reason;
  return [level, event, station, cause].filter((word) => typeof word === 'string').join(' · ');
}

/** The gateway of this package with `config/demo.yaml`, pointed at the demo's CSMS and folder. */
export function edgeStarter({ env, onLog }: EdgeSurroundings): StartGateway {
  return async ({ csmsUrl, dataFolder, caFile }) => {
    const overrides = {
      OCPP_EDGE__CSMS__URL: csmsUrl,
      OCPP_EDGE__DATA__FOLDER: dataFolder,
      OCPP_EDGE__TRANSFERS__CA_FILE: caFile,
    };
    const source = { file: join(packageRoot, 'config', 'demo.yaml'), env: { ...env, ...overrides } };
    const loaded = await readConfig(source.file, source.env);
    if (loaded.kind === 'refused') throw new Error(loaded.mistakes.map(describeMistake).join('\n'));
    const log = createLog({ level: loaded.config.log.level, destination: { write: onLog } });
    const { jsonUrl, ...edge } = await startEdge(loaded, { log, origin: { ...source, read: loaded } });
    if (jsonUrl === undefined) throw new Error('config/demo.yaml has no port for chargers with OCPP-J');
    return { ...edge, jsonUrl, operatorSocket: socketPathIn(dataFolder) };
  };
}
