import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { sqliteCode } from './errors.ts';

/*
 * The thread that a copy of the database goes through: it reads all of it, which on a slow disk takes seconds. It is told
 * a path, says `ok` or what is wrong there, and ends.
 */

function seal(path: string): string {
  const db = new Sqlite(path);
  try {
    // without a WAL, so that the copy is one file
    db.pragma('journal_mode = delete');
    const verdict = String(db.pragma('quick_check(1)', { simple: true }));
    if (verdict !== 'ok') return verdict;
  } catch (error) {
    const code = sqliteCode(error);
    if (code === undefined) throw error;
    return code;
  } finally {
    db.close();
  }
  sync(path);
  return 'ok';
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

parentPort?.postMessage(seal(String(workerData)), []);
