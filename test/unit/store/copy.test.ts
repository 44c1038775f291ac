import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { delivered, drained, kept, meterOf, waiting } from '../../contract/store-messages.ts';
import { newFolder, openIn, openThreadIn, removeFolder } from './data-folder.ts';

const large = meterOf(undefined, 1, { payload: { vendorId: 'x'.repeat(20_000) } });

let folder = '';
let copy = '';
beforeEach(() => {
  folder = newFolder();
  copy = join(folder, 'copy.db');
});
afterEach(() => removeFolder(folder));

const leftovers = () => readdirSync(folder).filter((name) => name.startsWith('copy.db'));

describe('a copy of the store', () => {
  test('holds what was kept until it was asked for, while writing goes on, and is one sound file', async () => {
    const store = await openThreadIn(folder);
    const before = await Promise.all(Array.from({ length: 300 }, () => kept(store, large)));
    const state = { isOver: false };
    const copied = store.copyTo(copy).finally(() => (state.isOver = true));
    const during: number[] = [];
    while (!state.isOver) during.push(await kept(store, meterOf(undefined, 1)));
    expect(await copied).toEqual({ kind: 'made', bytes: statSync(copy).size });
    expect(during.length).toBeGreaterThan(3);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(leftovers()).toEqual(['copy.db']);
    const db = new Sqlite(copy, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('journal_mode', { simple: true })).toBe('delete');
    const seqs = db.prepare<[], number>('select seq from outbox order by seq').pluck().all();
    expect(seqs.slice(0, before.length)).toEqual(before);
    db.close();
    await store.close();
  });

  test('put in the place of a lost database it is the store again: its outbox is delivered in order', async () => {
    const store = await openThreadIn(folder);
    const epoch = await store.claim('the test');
    const seqs = [];
    for (let turn = 0; turn < 5; turn += 1) seqs.push(await kept(store, meterOf(undefined, 1)));
    await store.complete(seqs[0] ?? 0, epoch, delivered);
    await store.saveSetting('CP 1', 'AuthorizationKey', 'a secret that the key file opens');
    await store.copyTo(copy);
    await kept(store, meterOf(undefined, 1));
    await store.close();
    // as docs/operating.md has it: the old files aside together, the copy in their place, start
    for (const name of ['gateway.db', 'gateway.db-wal', 'gateway.db-shm']) {
      if (existsSync(join(folder, name))) renameSync(join(folder, name), join(folder, `${name}.aside`));
    }
    copyFileSync(copy, join(folder, 'gateway.db'));
    const restored = await openThreadIn(folder);
    expect(await waiting(restored)).toEqual(seqs.slice(1));
    expect(await restored.settings('CP 1')).toEqual({ AuthorizationKey: 'a secret that the key file opens' });
    expect(await drained(restored, await restored.claim('after'))).toEqual(seqs.slice(1));
    expect(await kept(restored, meterOf(undefined, 1))).toBeGreaterThan(seqs.at(-1) ?? 0);
    await restored.close();
  });

  test('a folder that is not there, or no folder: failed in words, and nothing is left', async () => {
    const store = await openIn(folder);
    const into = (...names: readonly string[]) => store.copyTo(join(folder, ...names));
    expect(await into('none', 'copy.db')).toMatchObject({ kind: 'failed', reason: expect.stringContaining('ENOENT') });
    expect(await into('gateway.db', 'copy.db')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ENOTDIR'),
    });
    await store.close();
  });

  test('onto a disk that has too little room: not begun, told in numbers, and nothing is left', async ({ skip }) => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', small]).status === 0;
    skip(!mounted, 'mounting a tmpfs is refused here');
    const store = await openIn(folder);
    try {
      expect(await store.copyTo(join(small, 'copy.db'))).toEqual({
        kind: 'failed',
        reason: expect.stringMatching(/^\S+\/small has \d+ bytes free: a copy takes \d+, and 67108864 must be left/),
      });
      expect(readdirSync(small)).toEqual([]);
    } finally {
      await store.close();
      expect(spawnSync('umount', [small]).status).toBe(0);
    }
  });

  test('of a database that is damaged on the disk: failed, and no name is given', async () => {
    const filling = await openIn(folder);
    // more than SQLite remembers of it
    const huge = meterOf(undefined, 1, { payload: { vendorId: 'x'.repeat(500_000) } });
    await Promise.all(Array.from({ length: 60 }, () => kept(filling, huge)));
    await filling.close();
    const store = await openIn(folder);
    damage(join(folder, 'gateway.db'));
    expect(await store.copyTo(copy)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/sound|CORRUPT|malformed/),
    });
    expect(leftovers()).toEqual([]);
    await store.close().catch(() => undefined);
  });

  test('a store that is closed meanwhile: failed, and the folder is let go of', async () => {
    const store = await openIn(folder);
    await Promise.all(Array.from({ length: 300 }, () => kept(store, large)));
    const copied = store.copyTo(copy);
    await store.close();
    expect(await copied).toEqual({ kind: 'failed', reason: 'the store was closed' });
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(folder, 'gateway.db-wal'))).toBe(false);
    await (await openIn(folder)).close();
  });
});

/** Overwrites pages in the middle, as a bad card would. */
function damage(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (let page = 40; page * 4096 < size; page += 7) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
  closeSync(file);
}
