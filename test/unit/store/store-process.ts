import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const writer = fileURLToPath(new URL('./store-writer.ts', import.meta.url));

/** A second process on a data folder; see `store-writer.ts` for what it prints. */
export type StoreProcess = {
  readonly child: ChildProcess;
  /** Complete lines so far. */
  lines(): readonly string[];
  /** Resolves when a line for which `matches` holds has come; rejects if the process ends first. */
  line(matches: (line: string) => boolean): Promise<string>;
  /** Ends it with SIGKILL and resolves when it is gone and all of its output is read. */
  kill(): Promise<void>;
};

/** Starts the writer; `before` may put another program in front, such as strace. */
export function startWriter(folder: string, mode: 'append' | 'hold', before: readonly string[] = []): StoreProcess {
  const node = [process.execPath, '--import', 'tsx', writer, folder, mode];
  const child = spawn('/usr/bin/env', [...before, ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const lines = () => text.split('\n').slice(0, -1);
  const line = async (matches: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const found = lines().find(matches);
      if (found !== undefined) return found;
      const ended = await Promise.race([once(child.stdout, 'data').then(() => false), closed.then(() => true)]);
      if (ended && !lines().some(matches)) throw new Error(`the writer ended; it had said: ${text}`);
    }
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  return { child, lines, line, kill };
}
