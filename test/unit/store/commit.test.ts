import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/gateway/store-port.ts';
import { GroupCommit } from '../../../src/store/commit.ts';
import { newFolder, removeFolder } from './data-folder.ts';

let folder = '';
let db: Database;
let happened: string[] = [];
let synced: number[] = [];
let refusal: string | undefined;
let commit: GroupCommit;

beforeEach(() => {
  folder = newFolder();
  db = new Sqlite(join(folder, 'test.db'));
  db.exec('create table rows (value integer primary key) strict');
  happened = [];
  synced = [];
  refusal = undefined;
  const failed = () => happened.push('failed') > 0;
  const undone = () => void happened.push('undone');
  commit = new GroupCommit(db, {
    refusal: () => refusal,
    committed: () => void happened.push('committed'),
    synced: (seconds) => void synced.push(seconds),
    undone,
    failed,
  });
});

afterEach(() => {
  db.close();
  removeFolder(folder);
});

const insert = (value: number) => () => db.prepare('insert into rows values (?)').run(value).lastInsertRowid;
const values = () => db.prepare('select value from rows order by value').pluck().all();

test('all writes of one turn share one commit', async () => {
  await Promise.all([1, 2, 3].map((value) => commit.write('grows', insert(value))));
  expect(happened).toEqual(['committed']);
  expect(synced).toEqual([expect.any(Number)]);
  expect(values()).toEqual([1, 2, 3]);
});

test('a promise resolves after the commit, never before', async () => {
  const order: string[] = [];
  const write = commit
    .write('grows', insert(1))
    .then(() => order.push(`resolved, in transaction: ${db.inTransaction}`));
  expect(values()).toEqual([]);
  await write;
  expect(order).toEqual(['resolved, in transaction: false']);
});

test('a unit that fails is undone alone; the others of its turn happen', async () => {
  const failing = () => {
    insert(2)();
    throw new Error('mine');
  };
  const results = await Promise.allSettled([
    commit.write('grows', insert(1)),
    commit.write('grows', failing),
    commit.write('grows', insert(1)),
    commit.read(values),
    commit.write('grows', insert(3)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { message: 'mine' } });
  expect(results[2]).toMatchObject({ reason: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' } });
  expect(results[3]).toMatchObject({ value: [1] });
  expect(values()).toEqual([1, 3]);
});

test('when the file refuses, what grows rejects, what drains is tried again, and reads see that nothing happened', async () => {
  let refusals = 1;
  const refusedOnce = () => {
    if (refusals-- > 0) throw new Sqlite.SqliteError('full', 'SQLITE_FULL');
    return insert(9)();
  };
  const results = await Promise.allSettled([
    commit.write('grows', insert(1)),
    commit.read(values),
    commit.write('drains', refusedOnce),
  ]);
  expect(results[0]).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
  expect(results[1]).toMatchObject({ status: 'fulfilled', value: [] });
  expect(results[2]).toMatchObject({ status: 'fulfilled' });
  expect(values()).toEqual([9]);
  expect(happened).toEqual(['undone', 'failed']);
});

test('while growing is refused, draining goes on', async () => {
  refusal = 'the disk is full';
  await expect(commit.write('grows', insert(1))).rejects.toThrow('the disk is full');
  await commit.write('drains', insert(2));
  expect(values()).toEqual([2]);
});

test('a read runs at once when nothing waits', async () => {
  let ran = false;
  const read = commit.read(() => {
    ran = true;
  });
  expect(ran).toBe(true);
  await read;
});
