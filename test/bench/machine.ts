import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/main/package.ts';

/** What the numbers were measured on. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Of the folder that the data of the gateways lies in. */
  readonly fileSystem: string;
  readonly commit: string;
  readonly date: string;
};

const packages = ['soap', 'ws', 'fast-xml-parser', 'better-sqlite3', 'ajv', 'pino'];

/** Looks at the machine. */
export function lookAtMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    packages: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    fileSystem: said('stat', ['-f', '-c', '%T', tmpdir()]),
    commit: said('git', ['-C', packageRoot, 'rev-parse', '--short', 'HEAD']),
    date: new Date().toISOString(),
  };
}

/** Processes that wanted to run over the last minute, ours included. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}

function versionOf(name: string): string {
  const text = readFileSync(join(packageRoot, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function said(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // Only for the heading of the table: where there is no such command, it says so.
    return 'unknown';
  }
}
