import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DataFolderError } from './data-folder-error.ts';
import { sqliteCode } from './errors.ts';

export type ProcessLock = { release(): void };

/**
 * Holds the data folder for this process. The lock is SQLite's file lock on an otherwise empty file: the kernel lets go
 * of it when the process ends, however it ends, so that a lock can never be stale. The pid lies beside it only to be
 * named in the message. Throws DataFolderError at once when another process holds the folder.
 */
export function lockFolder(folder: string): ProcessLock {
  const lock = new Sqlite(join(folder, 'gateway.lock'), { timeout: 0 });
  const pidFile = join(folder, 'gateway.pid');
  try {
    lock.pragma('locking_mode = exclusive');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
    throw new DataFolderError(`${folder} is in use by another gateway (pid ${holderOf(pidFile)})`, { cause: error });
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => lock.close() };
}

function holderOf(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    // The other process is between its lock and its note: who it is stays unknown, that it is there does not.
    return 'unknown';
  }
}
