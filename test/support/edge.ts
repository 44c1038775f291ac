import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { operationsOver } from '../../src/cli/gateway-client.ts';
import { readConfig } from '../../src/main/read-config.ts';
import type { ChargerRow } from '../../src/operator/views/chargers.ts';
import type { Log, Payload } from '../../src/gateway/ports.ts';
import { type RunningGateway, startEdge } from '../../src/main.ts';
import { socketPathIn } from '../../src/operator/socket-file.ts';

export type Logged = {
  readonly level: string;
  readonly event: string;
  readonly fields: Payload;
  readonly cause?: unknown;
};

export type Edge = RunningGateway & {
  readonly folder: string;
  readonly logged: readonly Logged[];
  /** What the operator sees of a charger. */
  view(identity: string): Promise<ChargerRow | undefined>;
  /** Ends it, and removes its folder. */
  remove(): Promise<void>;
};

export type EdgeOptions = {
  readonly csmsUrl: string;
  /** Merged over the config's top level. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Written beside the config file: certificates and the like, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The end of a log that the test keeps itself. */
  readonly lastLines?: () => readonly string[];
};

/** The whole gateway in this process, from a config file of its own, on free ports; no rate limits, every charger welcome. */
export async function startTestEdge({
  csmsUrl,
  config = {},
  files = {},
  env = {},
  lastLines = () => [],
}: EdgeOptions): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  const settings = {
    soap: openListener,
    csms: { url: csmsUrl, backoff: { minS: 1, maxS: 1 } },
    unknownChargers: 'accept',
    data: { folder: join(folder, 'data') },
    operator: { host: '127.0.0.1', port: 0 },
    transfers: freeFilePorts,
    ...config,
  };
  const allFiles = { ...files, 'gateway.yaml': stringify(settings) };
  await Promise.all(
    Object.entries(allFiles).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })),
  );
  const loaded = await readConfig(join(folder, 'gateway.yaml'), env);
  if (loaded.kind === 'refused') throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));
  const logged: Logged[] = [];
  const origin = { file: join(folder, 'gateway.yaml'), env, read: loaded };
  const gateway = await startEdge(loaded, { log: recordingLog(logged), origin, lastLines });
  const remove = async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  };
  const operations = operationsOver(socketPathIn(join(folder, 'data')));
  const view = async (identity: string) =>
    (await operations.chargers()).find((charger) => charger.identity === identity);
  return { ...gateway, folder, logged, view, remove };
}

/** The charger side on loopback; all test chargers share one address, so nothing is limited. */
export const openListener = {
  host: '127.0.0.1',
  port: 0,
  rateLimits: { perAddressPerS: 0, perChargerPerS: 0 },
} as const;

/** Files for chargers on free ports of the loopback. */
export const freeFilePorts = {
  host: '127.0.0.1',
  http: { port: 0 },
  ftp: { port: 0, passive: { from: 0, to: 0 } },
} as const;

function recordingLog(logged: Logged[]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Payload = {}, cause?: unknown): void => {
      logged.push({ level, event, fields, ...(cause === undefined ? {} : { cause }) });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
