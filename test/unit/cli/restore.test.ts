import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runRestore } from '../../../src/cli/restore.ts';
import { restoreDatabase } from '../../../src/store/restore.ts';
import { kept, keptAs, meterOf, startOf, waiting } from '../../contract/store-messages.ts';
import { newFolder, openIn, removeFolder } from '../store/data-folder.ts';
import { listen } from './data-folder.ts';

let data = '';
let copy = '';
let early: readonly number[] = [];
beforeEach(async () => {
  data = newFolder();
  copy = join(data, 'copy.db');
  const store = await openIn(data);
  early = [await kept(store, meterOf(undefined, 1))];
  await copyTo(copy);
  await kept(store, meterOf(undefined, 2));
  await store.close();
});
afterEach(() => removeFolder(data));

/** As a backup has it, without the thread that a backup takes. */
async function copyTo(path: string): Promise<void> {
  const db = new Sqlite(join(data, 'gateway.db'), { readonly: true });
  await db.backup(path);
  db.close();
}

async function restore(...args: readonly string[]) {
  const { io, said } = listen();
  return { exit: await runRestore([...args, '--data', data], io), ...said };
}

async function outbox(): Promise<readonly number[]> {
  const store = await openIn(data);
  const seqs = await waiting(store);
  await store.close();
  return seqs;
}

const asides = () => readdirSync(data).filter((name) => name.includes('.aside-'));

test('the copy is the database, the one that was there lies beside it, whole', async () => {
  const { exit, out, err } = await restore(copy);
  expect([exit, err]).toEqual([0, '']);
  expect(out).toContain('It holds 1 messages for the CSMS and 0 dead letters.');
  expect(await outbox()).toEqual(early);
  const [aside = ''] = asides();
  expect(out).toContain(join(data, aside));
  const db = new Sqlite(join(data, aside), { readonly: true });
  expect(db.prepare('select count(*) from outbox').pluck().get()).toBe(2);
  db.close();
  expect(readdirSync(data).filter((name) => /restoring|partial|^gateway\.db-/.test(name))).toEqual([]);
});

test('transaction ids that were given since the copy are not given again', async () => {
  const first = await givenId();
  expect((await restore(copy)).out).toContain('the counter was taken over');
  expect(await givenId()).toBe(first + 1);
});

/** A transaction begins while the CSMS is away: the id that its charger hears. */
async function givenId(): Promise<number> {
  const store = await openIn(data);
  const begun = await keptAs(store, startOf(3));
  const { transactionId } = await store.settleStart(begun.seq, { status: 'Accepted' }, 0);
  await store.close();
  return transactionId;
}

test('a gateway on the folder, a copy that is none, or broken, or newer: why not, and nothing is changed', async () => {
  const before = readFileSync(join(data, 'gateway.db'));
  const broken = join(data, 'broken.db');
  copyFileSync(copy, broken);
  truncateSync(broken, 8192);
  const foreign = join(data, 'foreign.db');
  new Sqlite(foreign).exec('create table t (a)').close();
  const newer = join(data, 'newer.db');
  copyFileSync(copy, newer);
  const db = new Sqlite(newer);
  db.pragma('user_version = 999');
  db.close();
  writeFileSync(join(data, 'text.db'), 'no database, whatever its name says');
  const refusals = [
    [broken, /broken\.db is no(t| ) ?sound/],
    [foreign, /no copy of a gateway/],
    [newer, /has schema 999, this release knows/],
    [join(data, 'text.db'), /text\.db is no sound database/],
    [join(data, 'nowhere.db'), /does not exist/],
  ] as const;
  for (const [file, words] of refusals)
    expect(await restore(file)).toMatchObject({ exit: 1, err: expect.stringMatching(words) });
  expect(readFileSync(join(data, 'gateway.db')).equals(before)).toBe(true);
  const store = await openIn(data);
  expect(await restore(copy)).toMatchObject({ exit: 1, err: expect.stringContaining('in use by another gateway') });
  await store.close();
  expect(await restore()).toMatchObject({ exit: 2, err: expect.stringContaining('usage: ocpp-edge restore') });
  expect(asides()).toEqual([]);
});

test('a database that is broken is set aside as it is, and ids are told to be in doubt', async () => {
  writeFileSync(join(data, 'gateway.db'), 'broken');
  writeFileSync(join(data, 'gateway.db-wal'), 'its log');
  const { aside = '', ids } = await restoreDatabase(data, copy, 0);
  expect([ids, readFileSync(aside, 'utf8'), readFileSync(`${aside}-wal`, 'utf8')]).toEqual([
    'unknown',
    'broken',
    'its log',
  ]);
  expect(await outbox()).toEqual(early);
});

test('on a new disk there is nothing to set aside; the key that a copy needs must be there', async () => {
  const store = await openIn(data);
  await store.saveSetting('CP1', 'AuthorizationKey', 'AB'.repeat(16));
  const sealed = join(data, 'sealed.db');
  await copyTo(sealed);
  await store.close();
  const fresh = join(data, 'fresh');
  await expect(restoreDatabase(fresh, sealed, 0)).rejects.toThrow(/gateway\.key is missing/);
  expect(existsSync(join(fresh, 'gateway.db'))).toBe(false);
  copyFileSync(join(data, 'gateway.key'), join(fresh, 'gateway.key'));
  expect(await restoreDatabase(fresh, sealed, 0)).toMatchObject({ aside: undefined, ids: 'none', waiting: 2 });
  rmSync(fresh, { recursive: true });
});
