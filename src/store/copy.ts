import { once } from 'node:events';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Copied } from '../timetable/ports.ts';
import { lackOfRoom } from './copy-room.ts';
import { sqliteCode } from './errors.ts';
import { startThread } from './own-thread.ts';

/**
 * Copies an open database into a new file at `path`: a few pages in each turn of the event loop, so that units of work go
 * on in between; their changes are in the copy. A thread of its own checks and syncs it before it gets its name.
 */
export async function copyDatabase(db: Database, path: string): Promise<Copied> {
  try {
    const lack = lackOfRoom(dirname(path), sizeOf(db));
    return lack === undefined ? await copied(db, path) : { kind: 'failed', reason: lack };
  } catch (thrown) {
    return { kind: 'failed', reason: db.open ? reasonOf(thrown) : 'the store was closed' };
  }
}

async function copied(db: Database, path: string): Promise<Copied> {
  const partial = `${path}.partial`;
  await createPrivate(partial);
  try {
    await db.backup(partial);
    const verdict = await sealed(partial);
    if (verdict !== 'ok') return { kind: 'failed', reason: `the copy is not sound: ${verdict}` };
    await rename(partial, path);
    await syncFolder(dirname(path));
    return { kind: 'made', bytes: (await stat(path)).size };
  } finally {
    await rm(partial, { force: true });
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

/** Makes a copy one file, sound and on disk; what is wrong with it, or `ok`. */
async function sealed(path: string): Promise<string> {
  const thread = startThread(new URL('./copy-worker.ts', import.meta.url), { workerData: path });
  const [verdict]: readonly unknown[] = await once(thread, 'message');
  return String(verdict);
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
  if (thrown instanceof Error && ('syscall' in thrown || sqliteCode(thrown) !== undefined)) return thrown.message;
  throw thrown;
}
