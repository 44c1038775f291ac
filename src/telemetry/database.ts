import { chmodSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { sqliteCode } from '../store/errors.ts';

/**
 * Messages lie in chunks: the texts of those that came within two seconds, compressed together, which makes them a tenth.
 * A chunk and its messages, which ascend with it, are forgotten together, the oldest first. `request_at` counts bytes of the inflated chunk; the
 * answer lies behind the request.
 */
const schema = `
create table chunks (
  id integer primary key,
  last_message integer not null,
  newest_ms integer not null,
  texts blob not null
) strict;

create table messages (
  id integer primary key,
  at_ms integer not null,
  charger text not null collate nocase,
  side text not null,
  direction text not null,
  action text not null,
  outcome text not null,
  latency_ms real,
  seq integer,
  chunk integer not null,
  request_at integer not null,
  request_bytes integer not null,
  answer_bytes integer
) strict;
create index messages_of_charger on messages (charger, id);
create index messages_at on messages (at_ms);
create index messages_by_seq on messages (seq) where seq is not null;

create table site_minutes (
  site text not null,
  at_ms integer not null,
  point text not null,
  primary key (site, at_ms)
) strict, without rowid;
`;
const schemaVersion = 1;

/** The file holds something else than this release writes; it is set aside like a broken one. */
class OtherSchema extends Error {
  override readonly name = 'OtherSchema';
}

/**
 * Opens the telemetry of a data folder, or begins it. What a power failure takes is the last seconds, never the file: WAL
 * is consistent with synchronous=NORMAL too.
 */
export function openTelemetryFile(path: string): Database {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new Sqlite(path, { timeout: 5000 });
  try {
    db.pragma('auto_vacuum = incremental');
    db.pragma('journal_mode = wal');
    db.pragma('synchronous = normal');
    db.pragma('journal_size_limit = 8388608');
    // KB: what is written is seldom read; better-sqlite3's own 16 MB would be used up all the same.
    db.pragma('cache_size = -1000');
    db.pragma('trusted_schema = off');
    db.pragma('cell_size_check = on');
    furnish(db);
    return db;
  } catch (error) {
    db.close();
    throw sqliteCode(error) === 'SQLITE_ERROR'
      ? new OtherSchema(`${path} holds other tables`, { cause: error })
      : error;
  }
}

function furnish(db: Database): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version === schemaVersion) return;
  if (version !== 0) throw new OtherSchema(`${db.name} has schema ${version}, not ${schemaVersion}`);
  db.transaction(() => {
    db.exec(schema);
    db.pragma(`user_version = ${schemaVersion}`);
  })();
}

/** True when only another file helps. */
export function isUnusable(thrown: unknown): boolean {
  return thrown instanceof OtherSchema || /^SQLITE_(?:CORRUPT|NOTADB)/.test(sqliteCode(thrown) ?? '');
}

/** Puts the file out of the way, in the place of the one that was set aside before. */
export function setAside(path: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  renameSync(path, `${path}.broken`);
}

/** Bytes in use: what was forgotten leaves room that new messages take. */
export function usedBytes(db: Database): number {
  const pages = numberOf(db, 'page_count') - numberOf(db, 'freelist_count');
  return pages * numberOf(db, 'page_size');
}

/** Gives a little of much unused room back to the disk; false: there is not much. */
export function giveBack(db: Database): boolean {
  const free = numberOf(db, 'freelist_count');
  if (free < 1000 || free * 4 < numberOf(db, 'page_count')) return false;
  db.pragma('incremental_vacuum(500)');
  return true;
}

const numberOf = (db: Database, name: string): number => Number(db.pragma(name, { simple: true }));
