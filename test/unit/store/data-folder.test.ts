import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/gateway/store-port.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { DataFolderError } from '../../../src/store/data-folder-error.ts';
import type { IdBlock } from '../../../src/store/provisional-ids.ts';
import { released } from '../../../src/store/migrations.ts';
import { accepted, kept, meterOf, startOf, station } from '../../contract/store-messages.ts';
import { newFolder, openIn, removeFolder } from './data-folder.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = newFolder();
  file = join(folder, 'gateway.db');
});
afterEach(() => removeFolder(folder));

const modeOf = (path: string) => statSync(path).mode & 0o777;

/** A closed data folder with `amount` waiting messages. */
async function written(amount: number): Promise<void> {
  const store = await openIn(folder);
  await Promise.all(Array.from({ length: amount }, () => kept(store, meterOf(undefined, 1))));
  await store.close();
}

describe('the data folder', () => {
  test('is made for this user only, and so is everything secret in it', async () => {
    const inner = join(folder, 'a', 'b');
    const store = await openIn(inner);
    await kept(store, meterOf(undefined, 1));
    expect(modeOf(inner)).toBe(0o700);
    for (const name of ['gateway.db', 'gateway.db-wal', 'gateway.db-shm', 'gateway.key']) {
      expect([name, modeOf(join(inner, name))]).toEqual([name, 0o600]);
    }
    await store.close();
  });

  test('a database file that was readable by others is closed to them', async () => {
    await written(1);
    chmodSync(file, 0o644);
    await (await openIn(folder)).close();
    expect(modeOf(file)).toBe(0o600);
  });

  test('commits are synchronous=FULL on a WAL, asked after statements ran', async () => {
    const db = await openDatabase(file);
    db.exec('create table probe (value integer) strict');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  test('every table is strict', async () => {
    await written(1);
    const db = new Sqlite(file, { readonly: true });
    const lax = db.prepare("select name from pragma_table_list where strict = 0 and name not like 'sqlite_%'").all();
    const strict = db.prepare('select name from pragma_table_list where strict = 1').all();
    expect(strict.length).toBeGreaterThan(10);
    expect(lax).toEqual([]);
    db.close();
  });

  test('closing folds the WAL into the file and refuses what comes later', async () => {
    const store = await openIn(folder);
    const last = kept(store, meterOf(undefined, 1));
    await store.close();
    await store.close();
    expect(await last).toBeGreaterThan(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
    await expect(store.peek(station)).rejects.toThrow(StoreUnavailable);
  });
});

describe('a broken file', () => {
  const corruptions = {
    'is no database': () => writeFileSync(file, 'not a database, but long enough to have a header'.repeat(100)),
    'has lost pages': () => truncateSync(file, statSync(file).size - 8192),
    'has pages overwritten': () => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0x55, 4096 * 3, 4096 * 30));
    },
  };

  test.each(Object.entries(corruptions))(
    'that %s is refused with advice, and left as it is',
    async (_name, corrupt) => {
      await written(300);
      corrupt();
      const before = readFileSync(file);
      await expect(openIn(folder)).rejects.toThrow(DataFolderError);
      await expect(openIn(folder)).rejects.toThrow(/is broken: .* backup .* `ocpp-edge restore`, which sets it aside/s);
      expect(readFileSync(file).equals(before)).toBe(true);
    },
  );
});

describe('migrations', () => {
  const next = [...released, 'create table added (id integer primary key) strict;'];

  test('an older file that holds something is copied, then brought forward', async () => {
    await written(3);
    const db = await openDatabase(file, next);
    expect(db.pragma('user_version', { simple: true })).toBe(next.length);
    expect(db.prepare('select count(*) from outbox').pluck().get()).toBe(3);
    expect(db.prepare('select count(*) from added').pluck().get()).toBe(0);
    db.close();
    const copy = `${file}.before-schema-${next.length}`;
    expect(modeOf(copy)).toBe(0o600);
    const old = new Sqlite(copy, { readonly: true });
    expect(old.pragma('user_version', { simple: true })).toBe(released.length);
    expect(old.prepare('select count(*) from outbox').pluck().get()).toBe(3);
    old.close();
  });

  test('transactions that were kept before are found by when they began', async () => {
    const older = await openDatabase(file, released.slice(0, 6));
    older.exec("insert into identities (id, identity) values (1, 'CP 1')");
    const insert = older.prepare(
      `insert into transactions (station, start_seq, connector, id_tag, started_at, meter_start, next_seq_no, last_at_ms)
       values (1, ?, 1, 'TAG', ?, 0, 1, 5000)`,
    );
    const began = ['2026-03-01T12:00:00Z', '2026-03-01T13:00:00.5+01:00', 'yesterday'];
    began.forEach((startedAt, index) => insert.run(index + 1, startedAt));
    older.close();
    const db = await openDatabase(file, released);
    const noonMs = Date.parse('2026-03-01T12:00:00Z');
    const startedMs = db.prepare('select started_ms from transactions order by id').pluck().all();
    expect(startedMs).toEqual([noonMs, noonMs, 5000]);
    db.close();
  });

  test('a new file needs no copy', async () => {
    (await openDatabase(file, next)).close();
    expect(readdirSync(folder)).toEqual(['gateway.db']);
  });

  test('a step that fails is undone as a whole and leaves the older schema', async () => {
    await written(1);
    const failing = [...released, 'create table half (id integer) strict; insert into nowhere values (1);'];
    await expect(openDatabase(file, failing)).rejects.toThrow('nowhere');
    const db = await openDatabase(file);
    expect(db.pragma('user_version', { simple: true })).toBe(released.length);
    expect(db.prepare("select 1 from sqlite_schema where name = 'half'").get()).toBeUndefined();
    db.close();
  });

  test('a file of a newer release is refused with the way back, and left as it is', async () => {
    await written(1);
    (await openDatabase(file, next)).close();
    const before = readFileSync(file);
    await expect(openIn(folder)).rejects.toThrow(
      `has schema ${next.length}, this release knows up to ${released.length}: start the newer release`,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('secrets', () => {
  const secret = 'canary-0123456789abcdef';
  const filesHold = (text: string) =>
    readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));

  test('no file of the folder holds a setting in clear', async () => {
    const store = await openIn(folder);
    await store.saveSetting(station, 'AuthorizationKey', secret);
    expect(filesHold('AuthorizationKey')).not.toEqual([]);
    expect(filesHold(secret)).toEqual([]);
    await store.close();
    expect(filesHold(secret)).toEqual([]);
    const again = await openIn(folder);
    expect(await again.settings(station)).toEqual({ AuthorizationKey: secret });
    await again.close();
  });

  test('without its key a folder with settings is not opened, and no new key is made', async () => {
    const store = await openIn(folder);
    await store.saveSetting(station, 'AuthorizationKey', secret);
    await store.close();
    rmSync(join(folder, 'gateway.key'));
    await expect(openIn(folder)).rejects.toThrow(/gateway.key is missing/);
    expect(existsSync(join(folder, 'gateway.key'))).toBe(false);
  });

  test('a sealed setting cannot be moved to another station', async () => {
    const store = await openIn(folder);
    await store.saveSetting(station, 'AuthorizationKey', secret);
    await store.saveSetting('CP 2', 'AuthorizationKey', 'other');
    await store.close();
    const db = new Sqlite(file);
    db.exec('update settings set sealed = (select sealed from settings where station = 1) where station = 2');
    db.close();
    const again = await openIn(folder);
    await expect(again.settings('CP 2')).rejects.toThrow();
    expect(await again.settings(station)).toEqual({ AuthorizationKey: secret });
    await again.close();
  });
});

describe('provisional transaction ids', () => {
  const settle = async (provisionalIds: IdBlock | undefined, times: number) => {
    const store = await openIn(folder, { provisionalIds });
    try {
      const told: number[] = [];
      for (let time = 0; time < times; time++) {
        told.push((await store.settleStart(await kept(store, startOf(1)), accepted, 1)).transactionId);
      }
      return told;
    } finally {
      await store.close();
    }
  };

  test('a block is used up, never begun anew, and going back to an earlier block goes on there', async () => {
    expect(await settle({ from: 10, to: 12 }, 2)).toEqual([10, 11]);
    expect(await settle({ from: 20, to: 29 }, 1)).toEqual([20]);
    expect(await settle({ from: 10, to: 12 }, 1)).toEqual([12]);
    await expect(settle({ from: 10, to: 12 }, 1)).rejects.toThrow(StoreUnavailable);
    expect(await settle({ from: 10, to: 14 }, 1)).toEqual([13]);
  });

  test('without a block the one before is used on, and a block of which none was given binds nobody', async () => {
    expect(await settle(undefined, 0)).toEqual([]);
    expect(await settle({ from: 1_950_000_000, to: 1_950_000_009 }, 1)).toEqual([1_950_000_000]);
    expect(await settle(undefined, 1)).toEqual([1_950_000_001]);
  });

  test('a block that overlaps another one used before is refused', async () => {
    await settle({ from: 10, to: 20 }, 1);
    await expect(openIn(folder, { provisionalIds: { from: 5, to: 10 } })).rejects.toThrow(/overlap 10 to 20/);
    await expect(openIn(folder, { provisionalIds: { from: 20, to: 30 } })).rejects.toThrow(DataFolderError);
  });
});
