import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];

/** Where a program of this machine lies; undefined when it is not installed. */
export function programPath(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => isExecutable(path));
}

/** Skips a test, with a word why, when one of the programs is not installed. */
export function needs(skip: (condition: boolean, note: string) => void, ...names: readonly string[]): void {
  const lacking = names.filter((name) => programPath(name) === undefined);
  skip(lacking.length > 0, `${lacking.join(', ')} not installed`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type Outcome = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

const longestRunMs = 60_000;

/** Runs a program to its end; never rejects. */
export function run(name: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { timeout: longestRunMs, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } };
    execFile(programPath(name) ?? name, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** A server program that was started for a test. */
export type RunningProgram = {
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
};

/** Starts a server program in the foreground; resolves when somebody answers at its port. */
export async function startProgram(
  name: string,
  args: readonly string[],
  host: string,
  port: number,
): Promise<RunningProgram> {
  const child = spawn(programPath(name) ?? name, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', (error) => (output += String(error)));
  while (!(await answers(host, port))) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${name} did not start: ${output}`);
  }
  return { stop: () => stop(child, exited) };
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  await exited;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setImmediate(() => resolve(false)));
  });
}

/** A port that is free now. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
