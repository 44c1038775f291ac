import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { DataFolderError } from './data-folder-error.ts';
import { sqliteCode } from './errors.ts';
import { migrate, type Migrations, released, schemaOf } from './migrations.ts';

/** `synchronous = FULL` in SQLite's own numbering. */
const full = 2;

/**
 * Opens the gateway's database, creates or migrates it, and makes sure that a commit means "on disk". Throws
 * DataFolderError when the file is broken or of a newer release; a broken file is never changed.
 */
export async function openDatabase(path: string, migrations: Migrations = released): Promise<Database> {
  createPrivate(path);
  const db = new Sqlite(path, { timeout: 5000 });
  try {
    configure(db);
    checkIntegrity(db);
    await copyBeforeMigrating(db, migrations);
    migrate(db, migrations);
    assertDurable(db);
    return db;
  } catch (error) {
    db.close();
    throw explain(path, error);
  }
}

/** SQLite gives its journal files the mode of the database file. */
function createPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function configure(db: Database): void {
  db.pragma('journal_mode = wal');
  db.pragma('synchronous = full');
  db.pragma('foreign_keys = on');
  db.pragma('journal_size_limit = 67108864');
  db.pragma('wal_autocheckpoint = 1000');
  db.pragma('trusted_schema = off');
  db.pragma('cell_size_check = on');
}

function checkIntegrity(db: Database): void {
  const verdict = String(db.pragma('quick_check(1)', { simple: true }));
  if (verdict !== 'ok') throw broken(db.name, verdict);
}

/**
 * better-sqlite3 is compiled with a default of synchronous=NORMAL for WAL, which becomes visible only after the first
 * access: hence this is asked after statements have run, not where the pragma is set.
 */
function assertDurable(db: Database): void {
  const synchronous = Number(db.pragma('synchronous', { simple: true }));
  const journal = String(db.pragma('journal_mode', { simple: true }));
  if (synchronous === full && journal === 'wal') return;
  throw new DataFolderError(`${db.name} cannot be written durably (synchronous ${synchronous}, journal ${journal})`);
}

/** A complete copy next to the file, once per schema; `backup` reads through SQLite, so the WAL is in it. */
async function copyBeforeMigrating(db: Database, migrations: Migrations): Promise<void> {
  const schema = schemaOf(db, migrations);
  const copy = `${db.name}.before-schema-${migrations.length}`;
  if (schema === 0 || schema === migrations.length || existsSync(copy)) return;
  await db.backup(copy);
  chmodSync(copy, 0o600);
}

/** Room inside the file that deleted rows left and new rows will take. */
export function spareBytes(db: Database): number {
  return Number(db.pragma('freelist_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
}

function explain(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT') === true) return broken(path, code, error);
  return error;
}

function broken(path: string, detail: string, cause?: unknown): DataFolderError {
  const size = existsSync(path) ? statSync(path).size : 0;
  return new DataFolderError(
    `${path} (${size} bytes) is broken: ${detail}. Nothing was changed. Put the newest good backup in its place ` +
      'with `ocpp-edge restore`, which sets it aside (keep it: it holds undelivered messages), and start again',
    { cause },
  );
}
