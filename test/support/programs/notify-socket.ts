import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A unix datagram socket such as systemd listens on; needs python3, since Node has none. */
export type NotifySocket = {
  /** For NOTIFY_SOCKET. */
  readonly path: string;
  /** What was said, in order; without the barriers that systemd-notify waits at. */
  readonly said: readonly string[];
  close(): Promise<void>;
};

export async function openNotifySocket(): Promise<NotifySocket> {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  const path = join(folder, 'socket');
  const program = fileURLToPath(new URL('notify-socket.py', import.meta.url));
  const child = spawn('python3', [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const said: string[] = [];
  await Promise.race([once(lines, 'line'), exited.then(() => Promise.reject(new Error('python3 ended')))]);
  lines.on('line', (line) => {
    if (line !== 'BARRIER=1') said.push(line);
  });
  const close = async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  };
  return { path, said, close };
}
