import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backups } from '../../../src/timetable/backups.ts';
import type { Copied } from '../../../src/timetable/ports.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'backups-'));
});
afterEach(() => rmSync(root, { recursive: true }));

class Stage {
  readonly clock = new VirtualClock('2026-03-01T02:10:00Z');
  readonly folder = join(root, 'data', 'backups');
  readonly newest: string[] = [];
  readonly logged: string[] = [];
  copies = 0;
  /** What copying to a path comes to. */
  copy: (path: string) => Promise<Copied> = async (path) => {
    writeFileSync(path, 'copy');
    return { kind: 'made', bytes: 4 };
  };

  open(keep = 3): Promise<Backups> {
    const note = (event: string) => void this.logged.push(event);
    return Backups.open({
      store: {
        copyTo: (path) => {
          this.copies += 1;
          return this.copy(path);
        },
      },
      settings: { folder: this.folder, keep },
      clock: this.clock,
      log: { debug: note, info: note, warn: note, error: note },
      meters: { newestBackup: (atMs) => void this.newest.push(new Date(atMs).toISOString().slice(0, 10)) },
    });
  }

  names(): readonly string[] {
    return readdirSync(this.folder).toSorted();
  }
}

const named = (day: string) => `gateway-2026-03-${day}T02-10-00.000Z.db`;

test('a backup is a file named by its time, in a folder for this user only', async () => {
  const stage = new Stage();
  const backups = await stage.open();
  expect(backups.state()).toEqual({ kind: 'none' });
  const path = join(stage.folder, named('01'));
  const atMs = Date.parse('2026-03-01T02:10:00Z');
  const made = { kind: 'made', backup: { path, bytes: 4, durationMs: 0, atMs } };
  expect(await backups.make()).toEqual(made);
  expect([backups.state(), stage.names(), stage.newest]).toEqual([made, [named('01')], ['2026-03-01']]);
  expect(statSync(stage.folder).mode & 0o777).toBe(0o700);
});

test('the newest stay, and an old one goes only behind a new good one', async () => {
  const stage = new Stage();
  const backups = await stage.open();
  for (let night = 0; night < 4; night += 1) {
    await backups.make();
    await stage.clock.advance(86_400_000);
  }
  expect(stage.names()).toEqual(['02', '03', '04'].map(named));
  stage.copy = async () => ({ kind: 'failed', reason: 'the disk is full' });
  expect(await backups.make()).toMatchObject({ kind: 'failed', reason: 'the disk is full' });
  expect([stage.names(), stage.newest.at(-1)]).toEqual([['02', '03', '04'].map(named), '2026-03-04']);
  expect(stage.logged.at(-1)).toBe('backup failed');
});

test('what is no backup of ours is left alone; what a crash cut is removed', async () => {
  const stage = new Stage();
  mkdirSync(stage.folder, { recursive: true });
  const others = ['gateway.db', 'gateway-2026.db', 'notes.txt'];
  for (const name of [...others, `${named('01')}.partial`, `${named('01')}.partial-journal`]) {
    writeFileSync(join(stage.folder, name), '');
  }
  await stage.clock.advance(86_400_000);
  await (await stage.open(1)).make();
  expect(stage.names()).toEqual([...others, named('02')].toSorted());
});

test('one that a wrong clock has dated years ahead does not outlive the good one', async () => {
  const stage = new Stage();
  mkdirSync(stage.folder, { recursive: true });
  writeFileSync(join(stage.folder, 'gateway-2036-01-01T00-00-00.000Z.db'), '');
  await (await stage.open(1)).make();
  expect(stage.names()).toEqual([named('01')]);
});

test('whoever asks while one is made waits for that one', async () => {
  const stage = new Stage();
  let end: (copied: Copied) => void = () => undefined;
  stage.copy = () => new Promise((resolve) => (end = resolve));
  const backups = await stage.open();
  const first = backups.make();
  expect(backups.begin()).toMatchObject({ kind: 'running' });
  await stage.clock.advance(5_000);
  await vi.waitUntil(() => stage.copies === 1, { interval: 5, timeout: 30_000 });
  end({ kind: 'made', bytes: 9 });
  expect(await first).toMatchObject({ kind: 'made', backup: { bytes: 9, durationMs: 5_000 } });
  expect(stage.copies).toBe(1);
});

test('the newest of an earlier run is known at the start', async () => {
  const stage = new Stage();
  await (await stage.open()).make();
  await stage.open();
  expect(stage.newest).toEqual(['2026-03-01', '2026-03-01']);
});

test('a folder that cannot be made: failed in words', async () => {
  const stage = new Stage();
  writeFileSync(dirname(stage.folder), 'a file');
  const backups = await stage.open();
  expect(await backups.make()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('ENOTDIR') });
  expect([stage.copies, existsSync(join(root, basename(stage.folder)))]).toEqual([0, false]);
});

test('our own bug is no answer: it is thrown, and whoever asks after it hears that it failed', async () => {
  const stage = new Stage();
  stage.copy = () => Promise.reject(new TypeError('a bug'));
  const backups = await stage.open();
  await expect(backups.make()).rejects.toThrow('a bug');
  expect(backups.state()).toMatchObject({ kind: 'failed', reason: 'a bug' });
});
