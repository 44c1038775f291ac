import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { holdsCampaigns } from './campaigns.ts';
import { lackOfRoom } from './copy-room.ts';
import { DataFolderError } from './data-folder-error.ts';
import { sqliteCode } from './errors.ts';
import { released, schemaOf } from './migrations.ts';
import { lockFolder } from './process-lock.ts';
import { openSecrets } from './secrets.ts';
import { holdsSettings } from './settings.ts';
import { holdsTransfers } from './transfers.ts';

/** What was put in place of the database. */
export type Restored = {
  /** Where the database that was there is now; undefined: there was none. */
  readonly aside: string | undefined;
  readonly bytes: number;
  readonly schema: number;
  readonly waiting: number;
  readonly dead: number;
  /** When the newest of its chargers spoke, ms since the epoch: about when the copy was made. */
  readonly lastSeenMs: number | undefined;
  /** `carried`: transaction ids given since the copy will not be given again; `unknown`: the database could not be asked. */
  readonly ids: 'carried' | 'unknown' | 'none';
};

/**
 * Puts a copy of the database in the place of the one in a data folder, which is set aside. However it ends, by SIGKILL
 * too, the folder has the one or the other, whole. Throws DataFolderError when a gateway has the folder, or the copy
 * cannot be used; nothing was changed then.
 */
export async function restoreDatabase(folder: string, copy: string, atMs: number): Promise<Restored> {
  if (!existsSync(copy)) throw new DataFolderError(`${copy} does not exist`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  const draft = join(folder, 'gateway.db.restoring');
  try {
    removeWhole(draft);
    const present = join(folder, 'gateway.db');
    const lack = lackOfRoom(folder, sizeOf(copy) + sizeOf(present));
    if (lack !== undefined) throw new DataFolderError(lack);
    await copyInto(draft, copy);
    return putInPlace(folder, draft, atMs);
  } finally {
    removeWhole(draft);
    lock.release();
  }
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** Through SQLite: what a `-wal` beside the copy holds belongs to it. */
async function copyInto(draft: string, copy: string): Promise<void> {
  closeSync(openSync(draft, 'wx', 0o600));
  const source = new Sqlite(copy, { readonly: true, fileMustExist: true });
  try {
    assertOurs(source);
    await source.backup(draft);
  } catch (error) {
    throw sqliteCode(error) === undefined ? error : unusable(copy, error);
  } finally {
    source.close();
  }
}

function assertOurs(db: Database): void {
  if (schemaOf(db, released) === 0) throw new DataFolderError(`${db.name} is no copy of a gateway's database`);
  const verdict = String(db.pragma('integrity_check(1)', { simple: true }));
  if (verdict !== 'ok') throw new DataFolderError(`${db.name} is not sound: ${verdict}. Nothing was changed`);
}

const unusable = (path: string, cause: unknown) =>
  new DataFolderError(`${path} is no sound database: ${String(cause)}. Nothing was changed`, { cause });

function putInPlace(folder: string, draft: string, atMs: number): Restored {
  const file = join(folder, 'gateway.db');
  const found = look(draft, join(folder, 'gateway.key'));
  const aside = existsSync(file) ? setAside(file, atMs) : undefined;
  const blocks = aside === undefined ? undefined : blocksOf(file);
  carryOver(draft, blocks ?? []);
  // beside another database, a log of this one would be taken for its own
  for (const part of ['-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  syncPath(folder);
  renameSync(draft, file);
  syncPath(folder);
  const ids = blocks === undefined ? 'unknown' : 'carried';
  return { ...found, aside, bytes: sizeOf(file), ids: aside === undefined ? 'none' : ids };
}

/** What is in the draft. Throws DataFolderError when the key to it is missing. */
function look(draft: string, keyFile: string) {
  const db = new Sqlite(draft);
  try {
    db.pragma('journal_mode = delete');
    openSecrets(keyFile, holdsSealed(db));
    const count = (table: string) => Number(db.prepare(`select count(*) from ${table}`).pluck().get());
    const seen = db.prepare<[], number | null>('select max(last_seen_ms) from stations').pluck().get();
    const schema = schemaOf(db, released);
    return { schema, waiting: count('outbox'), dead: count('dead_letters'), lastSeenMs: seen ?? undefined };
  } finally {
    db.close();
  }
}

type Block = { readonly first_id: number; readonly last_id: number; readonly next_id: number };

/**
 * Which transaction ids the database that goes has given; undefined if it cannot be read. On the way its log comes into
 * its file, so that the file alone is the whole database; of a broken one only what was set aside counts.
 */
function blocksOf(file: string): readonly Block[] | undefined {
  let db: Database | undefined;
  try {
    db = new Sqlite(file);
    const blocks = db.prepare<[], Block>('select first_id, last_id, next_id from provisional_blocks').all();
    db.pragma('journal_mode = delete');
    return blocks;
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    return undefined;
  } finally {
    db?.close();
  }
}

/** Ids that were given since the copy are not given again. The draft is on disk, in one file, afterwards. */
function carryOver(draft: string, blocks: readonly Block[]): void {
  const db = new Sqlite(draft);
  try {
    const carry = db.prepare<[Block]>(
      `insert into provisional_blocks (first_id, last_id, next_id) values (@first_id, @last_id, @next_id)
       on conflict do update set last_id = max(last_id, excluded.last_id), next_id = max(next_id, excluded.next_id)`,
    );
    for (const block of blocks) carry.run(block);
  } finally {
    db.close();
  }
  syncPath(draft);
}

/** Tables that a copy of an older release does not have hold nothing. */
function holdsSealed(db: Database): boolean {
  const schema = schemaOf(db, released);
  return holdsSettings(db) || (schema >= 4 && holdsTransfers(db)) || (schema >= 5 && holdsCampaigns(db));
}

/** A copy, since there may be no moment without a database; one that was cut short is called otherwise. */
function setAside(file: string, atMs: number): string {
  const aside = `${file}.aside-${new Date(atMs).toISOString().replaceAll(':', '-')}`;
  for (const part of ['-wal', '']) {
    if (!existsSync(`${file}${part}`)) continue;
    const partial = `${aside}${part}.partial`;
    copyFileSync(`${file}${part}`, partial, constants.COPYFILE_FICLONE);
    syncPath(partial);
    renameSync(partial, `${aside}${part}`);
  }
  return aside;
}

function removeWhole(path: string): void {
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${part}`, { force: true });
}

function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
