import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Store, StoreUnavailable } from '../../../src/gateway/store-port.ts';
import { delivered, drained, kept, meterOf, waiting } from '../../contract/store-messages.ts';
import { openBallast } from '../../../src/store/ballast.ts';
import { openDatabase, spareBytes } from '../../../src/store/database.ts';
import { openDiskGuard } from '../../../src/store/disk-guard.ts';
import { openRooms } from '../../../src/store/rooms.ts';
import { openSecrets } from '../../../src/store/secrets.ts';
import { SqliteStore } from '../../../src/store/sqlite-store.ts';
import { ballastBytes, listeningLog, newFolder, openIn, removeFolder } from './data-folder.ts';

const mebibyte = 1024 * 1024;
const large = { vendorId: 'x'.repeat(20_000) };
const largeMeter = meterOf(undefined, 1, { payload: large });

/** Appends until the store refuses; returns the acknowledged numbers. */
async function fill(store: Store): Promise<readonly number[]> {
  const acknowledged: number[] = [];
  for (;;) {
    const burst = await Promise.allSettled([1, 2, 3, 4].map(() => kept(store, largeMeter)));
    acknowledged.push(...burst.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
    const refused = burst.find((result) => result.status === 'rejected');
    if (refused === undefined) continue;
    expect(refused.reason).toBeInstanceOf(StoreUnavailable);
    return acknowledged;
  }
}

function expectSound(folder: string): void {
  const db = new Sqlite(join(folder, 'gateway.db'), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
}

describe('disk full (F4)', () => {
  let folder = '';
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));

  test('a full database acknowledges nothing, keeps what it has, drains, and accepts again', async () => {
    const db = await openDatabase(join(folder, 'gateway.db'));
    db.pragma('max_page_count = 400');
    const rooms = openRooms(db, openSecrets(join(folder, 'gateway.key'), false), { from: 1, to: 9 });
    const ballast = openBallast(join(folder, 'gateway.ballast'), ballastBytes);
    const log = listeningLog();
    const disk = { path: db.name, ballast, spareBytes: () => spareBytes(db) };
    const store = new SqliteStore(db, rooms, openDiskGuard(disk, { elapsed: () => 0 }, log), () => undefined);
    const epoch = await store.claim('the test');
    const acknowledged = await fill(store);
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(log.events).toContain('commit failed');
    expect((await store.health()).writable).toBe(false);
    expect(await waiting(store)).toEqual(acknowledged);
    // Of one turn: what drains is done, what grows is refused.
    const [first = 0, ...rest] = acknowledged;
    const turn = await Promise.allSettled([
      store.complete(first, epoch, delivered),
      ...Array.from({ length: 12 }, () => kept(store, largeMeter)),
    ]);
    expect(turn[0]?.status).toBe('fulfilled');
    expect(turn.slice(1).every(({ status }) => status === 'rejected')).toBe(true);
    expect(await drained(store, epoch)).toEqual(rest);
    await kept(store, largeMeter);
    expect((await store.health()).writable).toBe(true);
    await store.close();
    expectSound(folder);
  });

  test('a full file system: the ballast goes, draining works, and room brings it back', async ({ skip }) => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder]).status === 0;
    skip(!mounted, 'mounting a tmpfs is refused here');
    const ballastFile = join(folder, 'gateway.ballast');
    const filler = join(folder, 'filler');
    let elapsedMs = 0;
    const log = listeningLog();
    let store: Store | undefined;
    try {
      writeFileSync(filler, Buffer.alloc(18 * mebibyte));
      store = await openIn(folder, { log, ballastBytes: 8 * mebibyte, clock: { elapsed: () => elapsedMs } });
      const epoch = await store.claim('the test');
      const acknowledged = await fill(store);
      expect(existsSync(ballastFile)).toBe(false);
      expect(await waiting(store)).toEqual(acknowledged);
      expect((await store.health()).writable).toBe(false);
      const [first = 0, ...rest] = acknowledged;
      await store.complete(first, epoch, delivered);
      elapsedMs += 5000;
      await expect(kept(store, largeMeter)).rejects.toThrow(StoreUnavailable);
      rmSync(filler);
      elapsedMs += 5000;
      await kept(store, meterOf(undefined, 1, { station: 'CP 2' }));
      expect(existsSync(ballastFile)).toBe(true);
      expect(log.events).toContain('disk space came back');
      expect(await drained(store, epoch)).toEqual(rest);
      expect((await store.health()).writable).toBe(true);
      await store.close();
      expectSound(folder);
    } finally {
      await store?.close();
      expect(spawnSync('umount', [folder]).status).toBe(0);
    }
  });

  test('a file that filled its own disk accepts again after draining, in the room inside the file', async ({
    skip,
  }) => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder]).status === 0;
    skip(!mounted, 'mounting a tmpfs is refused here');
    let elapsedMs = 0;
    let store: Store | undefined;
    try {
      store = await openIn(folder, { ballastBytes: 8 * mebibyte, clock: { elapsed: () => elapsedMs } });
      const epoch = await store.claim('the test');
      const acknowledged = await fill(store);
      expect(await drained(store, epoch)).toEqual(acknowledged);
      expect(statfsSync(folder).bavail * statfsSync(folder).bsize).toBeLessThan(16 * mebibyte);
      elapsedMs += 5000;
      await kept(store, largeMeter);
    } finally {
      await store?.close();
      expect(spawnSync('umount', [folder]).status).toBe(0);
    }
  });
});

test('a database file that was removed is not written to any more', async () => {
  const folder = newFolder();
  let elapsedMs = 0;
  const store = await openIn(folder, { clock: { elapsed: () => elapsedMs } });
  try {
    await kept(store, meterOf(undefined, 1));
    rmSync(join(folder, 'gateway.db'));
    elapsedMs += 2000;
    await expect(kept(store, meterOf(undefined, 1))).rejects.toThrow('removed');
    expect((await store.health()).writable).toBe(false);
  } finally {
    await store.close();
    removeFolder(folder);
  }
});
