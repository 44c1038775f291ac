import { readdirSync, statfsSync, statSync } from 'node:fs';
import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { effectiveValues } from '../config/effective.ts';
import { loadConfig } from '../config/load.ts';
import { describeMistake, describePath } from '../config/place.ts';
import { packageVersion } from '../main/package.ts';
import { maskValue } from '../masking/mask.ts';
import { maskText } from '../masking/mask-text.ts';
import { somebodyListens, socketPathIn } from '../operator/socket-file.ts';
import { runCheck } from './check.ts';
import { askGateway, fetchText } from './gateway-client.ts';
import type { Io } from './io.ts';
import type { ArchivedFile } from './tar.ts';

export type BundleParts = {
  readonly io: Io;
  /** Undefined: only the data folder was named. */
  readonly configFile: string | undefined;
  readonly folder: string;
};

type Part = { readonly name: string; readonly collect: () => Promise<string | undefined> };

/**
 * What somebody needs to know who cannot look at the gateway: nothing of it is a payload, an idTag or a secret. What could
 * not be had says why not in its place.
 */
export async function collectBundle({ io, configFile, folder }: BundleParts): Promise<readonly ArchivedFile[]> {
  const socketPath = socketPathIn(folder);
  const isRunning = await somebodyListens(socketPath);
  const parts = [
    { name: 'versions.json', collect: async () => written(versions(io.now(), isRunning)) },
    { name: 'folder.json', collect: async () => written(folderContents(folder)) },
    ...(configFile === undefined ? [] : configParts(configFile, io)),
    ...(isRunning ? runningParts(socketPath) : []),
  ];
  const files = await Promise.all(parts.map(collected));
  return [{ name: 'README.txt', text: readme }, ...files.flatMap((file) => file ?? [])];
}

const readme = `A support bundle of the OCPP edge gateway, written by \`ocpp-edge doctor\`.

It holds identities and network addresses of chargers, the URL of the CSMS, file names, and words of the log. It holds no
payload of a message, no idTag, no password, no key and no token: those are hidden before anything is written. Look through
it before you hand it on.
`;

async function collected({ name, collect }: Part): Promise<ArchivedFile | undefined> {
  try {
    const text = await collect();
    return text === undefined ? undefined : { name, text };
  } catch (thrown) {
    return { name: `${name}.failed.txt`, text: `${maskText(String(thrown))}\n` };
  }
}

const written = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const masked = (value: unknown): string => written(maskValue(value, { payloads: false }));

function versions(nowMs: number, isRunning: boolean): unknown {
  return {
    at: new Date(nowMs).toISOString(),
    version: packageVersion(),
    isRunning,
    node: process.versions,
    system: { platform: platform(), release: release(), arch: arch(), cpus: cpus().length },
    memoryBytes: { total: totalmem(), free: freemem() },
  };
}

/** Names and sizes, of the spool only how much is in it: its names are hashes. */
function folderContents(folder: string): unknown {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const files = readdirSync(folder).map((name) => {
    const { size, mtime, mode } = statSync(join(folder, name));
    return { name, bytes: size, modified: mtime.toISOString(), mode: (mode & 0o777).toString(8) };
  });
  return { folder, diskBytes: { total: blocks * bsize, free: bavail * bsize }, files };
}

/** The file itself stays out: somebody may have written a secret where a reference belongs. */
function configParts(file: string, io: Io): readonly Part[] {
  return [
    {
      name: 'config-file.json',
      collect: async () => {
        const loaded = loadConfig(file, io.env);
        if (loaded.kind === 'refused') return written({ file, mistakes: loaded.mistakes.map(describeMistake) });
        const values = effectiveValues(loaded.config, () => loaded.sources);
        return masked({
          file,
          values: values.map(({ path, value, source }) => ({ at: describePath(path), is: value, source })),
        });
      },
    },
    {
      name: 'check.txt',
      collect: async () => {
        let text = '';
        const add = (words: string) => {
          text += words;
        };
        const exit = await runCheck(['-c', file], { ...io, out: add, err: add });
        return maskText(`${text}exit code ${exit}; ports that a running gateway holds are told as taken\n`);
      },
    },
  ];
}

function runningParts(socketPath: string): readonly Part[] {
  const answered = (name: string, path: string) => ({
    name,
    collect: async () => {
      const { status, body } = await askGateway(socketPath, 'GET', path);
      // a gateway that keeps no such thing, or of an older release
      return status === 404 ? undefined : masked(body);
    },
  });
  return [
    answered('status.json', '/statusz'),
    answered('chargers.json', '/api/chargers'),
    answered('outbox.json', '/api/outbox'),
    answered('messages.json', '/api/messages?limit=50'),
    { name: 'config.json', collect: async () => written((await askGateway(socketPath, 'GET', '/api/config')).body) },
    { name: 'metrics.txt', collect: () => fetchText(socketPath, '/metrics') },
    { name: 'log.jsonl', collect: async () => linesOf((await askGateway(socketPath, 'GET', '/api/log')).body) },
  ];
}

function linesOf(body: unknown): string | undefined {
  const lines: unknown = typeof body === 'object' && body !== null && 'lines' in body ? body.lines : undefined;
  if (!Array.isArray(lines)) return undefined;
  // at level debug, payloads are in them
  const kept = lines.map(String).filter((line) => !line.startsWith('{"level":"debug"'));
  return kept.map((line) => `${line}\n`).join('');
}
