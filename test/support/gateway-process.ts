import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { root } from './build.ts';
import { freeFilePorts } from './edge.ts';

export type LogLine = { readonly level: string; readonly event: string; readonly [field: string]: unknown };

export type ProcessOptions = {
  readonly csmsUrl: string;
  /** Merged over the config's top level. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Merged over the section of the transfers. */
  readonly transfers?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
};

/**
 * The gateway as its users run it: the build, a config file, a data folder, a process of its own. It may be killed and
 * started again on the same port and folder.
 */
export class GatewayProcess {
  readonly folder: string;
  readonly soapUrl: string;
  readonly operatorUrl: string;
  readonly log: LogLine[] = [];
  readonly stderr: string[] = [];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  private constructor(folder: string, ports: readonly number[], env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.soapUrl = `http://127.0.0.1:${ports[0]}/ocpp`;
    this.operatorUrl = `http://127.0.0.1:${ports[1]}`;
    this.#env = { ...process.env, ...env };
  }

  /** Prepares folder, ports and config; nothing runs yet. */
  static async prepare({ csmsUrl, config = {}, transfers = {}, env = {} }: ProcessOptions): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'edge-'));
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
    const settings = {
      soap: {
        host: '127.0.0.1',
        port: ports[0],
        rateLimits: { perAddressPerS: 0, perChargerPerS: 0 },
      },
      csms: { url: csmsUrl, backoff: { minS: 1, maxS: 1 } },
      unknownChargers: 'accept',
      data: { folder: join(folder, 'data') },
      operator: { host: '127.0.0.1', port: ports[1] },
      // The same after a restart: chargers come back to their URLs.
      transfers: {
        ...freeFilePorts,
        http: { port: ports[2] },
        ftp: { port: ports[3], passive: { from: 0, to: 0 } },
        allowNetworks: ['127.0.0.0/8'],
        ...transfers,
      },
      log: { level: 'info' },
      ...config,
    };
    await writeFile(join(folder, 'gateway.yaml'), stringify(settings));
    return new GatewayProcess(folder, ports, env);
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when the gateway says that it has started; rejects with its stderr when it ends before. */
  async start(): Promise<void> {
    const child = this.spawn(['run', '-c', join(this.folder, 'gateway.yaml')]);
    this.#child = child;
    const started = this.#sees('gateway started', child);
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the gateway ended with ${String(code)}: ${this.stderr.join('')}`);
    });
    await Promise.race([started, ended]);
    ended.catch(() => undefined);
  }

  /** Any command of the build, beside the gateway. */
  spawn(args: readonly string[]): ChildProcess {
    const options = { cwd: this.folder, env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] as const };
    const child = spawn(process.execPath, [join(root, 'dist/src/cli.js'), ...args], options as never) as ChildProcess;
    child.stderr?.on('data', (text: Buffer) => this.stderr.push(text.toString()));
    return child;
  }

  /** Ends the process with a signal; resolves with its exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  #sees(event: string, child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      if (child.stdout === null) return;
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = JSON.parse(text) as LogLine;
        this.log.push(line);
        if (line.event === event) resolve();
      });
    });
  }
}

/** Below those that the kernel hands out: another test must not get it while the gateway is down. */
async function freePort(): Promise<number> {
  const port = 12_000 + Math.floor(Math.random() * 20_000);
  const server = createServer().listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}
