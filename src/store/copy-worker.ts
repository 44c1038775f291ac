import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { sqliteCode } from './errors.ts';

/*
 * The thread that copies the database: it is told from where to where, says `ok` or what is wrong, and is ended.
 */

export type CopyOrder = { readonly from: string; readonly to: string };

/** 4 MiB: between two steps the thread can be ended. */
const pagesAtOnce = 1024;

/** One state of the database, however much is written meanwhile: a reader of a WAL holds up no writer. */
async function copy({ from, to }: CopyOrder): Promise<void> {
  const source = new Sqlite(from, { readonly: true });
  try {
    source.exec('begin');
    source.prepare('select count(*) from sqlite_schema').get();
    await source.backup(to, { progress: () => pagesAtOnce });
  } finally {
    source.close();
  }
}

function check(path: string): string {
  const db = new Sqlite(path);
  try {
    // without a WAL, so that the copy is one file
    db.pragma('journal_mode = delete');
    return String(db.pragma('quick_check(1)', { simple: true }));
  } finally {
    db.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

async function verdictOn(order: CopyOrder): Promise<string> {
  try {
    await copy(order);
    const verdict = check(order.to);
    if (verdict !== 'ok') return `the copy is not sound: ${verdict}`;
    sync(order.to);
    return verdict;
  } catch (error) {
    // a full disk, a damaged database: for the operator
    const code = sqliteCode(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    return `${error.message} (${code})`;
  }
}

parentPort?.postMessage(await verdictOn(workerData as CopyOrder), []);
