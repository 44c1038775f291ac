import { once } from 'node:events';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Copied } from '../timetable/ports.ts';
import { lackOfRoom } from './copy-room.ts';
import type { CopyOrder } from './copy-worker.ts';
import { startThread } from '../threads/own-thread.ts';

/**
 * Copies an open database, as it is now, into a new file at `path`. All of the work is done by a thread of its own: at the
 * end of it stands a sync, which on a slow disk would hold up each commit. `closing` ends it before its time.
 */
export async function copyDatabase(db: Database, path: string, closing: AbortSignal): Promise<Copied> {
  try {
    const lack = lackOfRoom(dirname(path), sizeOf(db));
    return lack === undefined ? await copied(db.name, path, closing) : { kind: 'failed', reason: lack };
  } catch (thrown) {
    return { kind: 'failed', reason: closing.aborted ? 'the store was closed' : reasonOf(thrown) };
  }
}

async function copied(from: string, path: string, closing: AbortSignal): Promise<Copied> {
  const partial = `${path}.partial`;
  await createPrivate(partial);
  try {
    const verdict = await verdictOn({ from, to: partial }, closing);
    if (verdict !== 'ok') return { kind: 'failed', reason: verdict };
    await rename(partial, path);
    await syncFolder(dirname(path));
    return { kind: 'made', bytes: (await stat(path)).size };
  } finally {
    await rm(partial, { force: true });
    await rm(`${partial}-journal`, { force: true });
  }
}

function sizeOf(db: Database): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
}

/** SQLite fills a file that is there, whatever its mode. */
async function createPrivate(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.close();
}

/** `ok` when the copy is whole, sound and on disk; else what is wrong with it. */
async function verdictOn(order: CopyOrder, closing: AbortSignal): Promise<string> {
  const thread = startThread(new URL('./copy-worker.ts', import.meta.url), { workerData: order });
  try {
    const [verdict]: readonly unknown[] = await once(thread, 'message', { signal: closing });
    return String(verdict);
  } finally {
    await thread.terminate();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const file = await open(folder);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** In words, where the disk is to blame; anything else is thrown on. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error && 'syscall' in thrown) return thrown.message;
  throw thrown;
}
