import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Draft } from '../../../src/transfers/spool/draft.ts';
import { FileSpool } from '../../../src/transfers/spool/spool.ts';
import { sha256, someBytes } from '../../support/file-door.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let folder: string;
const clock = new VirtualClock();
const log = quietLog();

const open = (quotaBytes = 1_000_000) =>
  FileSpool.open({ folder: join(folder, 'spool'), quotaBytes, keepUploadsMs: 60_000 }, { clock, log });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function put(spool: FileSpool, bytes: Buffer, holder = 'test') {
  const draft = await spool.draft(1e9);
  await draft.write(bytes);
  return draft.commit(holder);
}

const leftovers = (kind: 'fetching' | 'incoming') => readdirSync(join(folder, 'spool', kind));

describe('a file in the spool', () => {
  test('lies under its hash, and nothing is left of its draft', async () => {
    const spool = await open();
    const bytes = someBytes(100_000);
    const file = await put(spool, bytes);
    expect(file).toEqual({ sha256: sha256(bytes), bytes: 100_000 });
    expect(readFileSync(spool.pathOf(file.sha256) ?? '')).toEqual(bytes);
    expect(leftovers('fetching')).toEqual([]);
    expect(spool.usage()).toEqual({ files: 1, bytes: 100_000, quotaBytes: 1_000_000 });
  });

  test('is there once, however many drafts of it are committed at the same time', async () => {
    const spool = await open();
    const bytes = someBytes(10_000);
    await Promise.all(Array.from({ length: 8 }, (_, index) => put(spool, bytes, `holder ${index}`)));
    expect(spool.usage()).toMatchObject({ files: 1, bytes: 10_000 });
    expect(leftovers('fetching')).toEqual([]);
  });

  test('is found again after a restart; cut fetches are not', async () => {
    const before = await open();
    const file = await put(before, someBytes(5_000));
    const draft = await before.draft(1e6);
    await draft.write(someBytes(700));
    const after = await open();
    expect(after.find(file.sha256)).toEqual(file);
    expect(after.usage().bytes).toBe(5_000);
    expect(leftovers('fetching')).toEqual([]);
    await draft.close();
  });

  test('is not what a symbolic link in its place points to', async () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'root:x:0:0');
    const spool = await open();
    const { sha256: hash } = await put(spool, someBytes(10));
    const path = spool.pathOf(hash) ?? '';
    rmSync(path);
    symlinkSync(secret, path);
    await expect(spool.read(hash)).rejects.toThrow(/ELOOP/);
    expect((await open()).find(hash)).toBeUndefined();
  });

  test('of a foreign name is left alone', async () => {
    await open();
    mkdirSync(join(folder, 'spool', 'sha256', 'no'));
    writeFileSync(join(folder, 'spool', 'sha256', 'no', 'notes.txt'), 'mine');
    expect((await open()).usage()).toMatchObject({ files: 0, bytes: 0 });
  });
});

describe('what nobody has used for long', () => {
  test('goes, unless somebody holds it; the others stay', async () => {
    const spool = await open();
    const files = [
      await put(spool, someBytes(100)),
      await put(spool, someBytes(200)),
      await put(spool, someBytes(300)),
    ];
    const [old, held, used] = files.map(({ sha256: name }) => name);
    await clock.advance(10_000);
    for (const name of [old, used]) spool.release(name ?? '', 'test');
    await (await spool.read(used ?? '')).close();
    await spool.prune(clock.now() - 5_000);
    expect(files.map(({ sha256: name }) => spool.find(name)?.sha256)).toEqual([undefined, held, used]);
    expect(spool.usage()).toMatchObject({ files: 2, bytes: 500 });
    expect(existsSync(join(folder, 'spool', 'sha256', (old ?? '').slice(0, 2), old ?? ''))).toBe(false);
  });
});

describe('the quota', () => {
  test('makes the file give way that was not used for longest and that nobody holds', async () => {
    const spool = await open(30_000);
    const held = await put(spool, someBytes(10_000), 'job');
    await clock.advance(1_000);
    const old = await put(spool, someBytes(10_000), 'x');
    await clock.advance(1_000);
    const young = await put(spool, someBytes(10_000), 'x');
    spool.release(old.sha256, 'x');
    spool.release(young.sha256, 'x');
    await clock.advance(1_000);
    const handle = await spool.read(old.sha256);
    await handle.close();
    const place = spool.pathOf(young.sha256) ?? '';
    await put(spool, someBytes(5_000));
    expect([held, old, young].map(({ sha256: hash }) => spool.find(hash) !== undefined)).toEqual([true, true, false]);
    expect(existsSync(place)).toBe(false);
    expect(spool.usage().bytes).toBe(25_000);
  });

  test('remembers across a restart what was used', async () => {
    const before = await open();
    const old = await put(before, someBytes(1_000));
    const young = await put(before, someBytes(1_000));
    utimesSync(before.pathOf(old.sha256) ?? '', 2_000, 2_000);
    utimesSync(before.pathOf(young.sha256) ?? '', 1_000, 1_000);
    const spool = await open(2_500);
    await put(spool, someBytes(1_000));
    expect(spool.find(old.sha256)).toBeDefined();
    expect(spool.find(young.sha256)).toBeUndefined();
  });

  test('refuses what does not fit beside what is held, and gives the bytes back', async () => {
    const spool = await open(10_000);
    const held = await put(spool, someBytes(8_000));
    const draft = await spool.draft(1e6);
    await draft.write(someBytes(1_500));
    await expect(draft.write(someBytes(600))).rejects.toMatchObject({ code: 'SpoolFull', permanent: false });
    expect(draft.bytes).toBe(1_500);
    await draft.discard();
    expect(spool.usage().bytes).toBe(8_000);
    spool.release(held.sha256, 'test');
    await put(spool, someBytes(10_000));
    expect(spool.usage()).toMatchObject({ files: 1, bytes: 10_000 });
  });

  test('counts uploads that lie there from before; those that nobody came for go', async () => {
    const before = await open();
    const kept = await before.upload('young', 1e6);
    await kept.write(someBytes(300));
    await kept.close();
    const late = await before.upload('old', 1e6);
    await late.write(someBytes(300));
    await late.close();
    const past = clock.now() / 1000 - 3_600;
    utimesSync(join(folder, 'spool', 'incoming', 'young'), clock.now() / 1000, clock.now() / 1000);
    utimesSync(join(folder, 'spool', 'incoming', 'old'), past, past);
    const spool = await open();
    expect(leftovers('incoming')).toEqual(['young']);
    expect(spool.usage().bytes).toBe(300);
    const again = await spool.upload('young', 1e6);
    expect(again.bytes).toBe(300);
    await again.discard();
    expect(spool.usage().bytes).toBe(0);
  });
});

describe('a draft', () => {
  test('takes no byte beyond its cap', async () => {
    const spool = await open();
    const draft = await spool.draft(1_000);
    await draft.write(someBytes(1_000));
    await expect(draft.write(someBytes(1))).rejects.toMatchObject({ code: 'TooLarge', permanent: true });
    await draft.discard();
  });

  test('hashes what is in the file, whatever was rewound', async () => {
    const spool = await open(1e9);
    const step = fc.oneof(
      fc.record({ write: fc.uint8Array({ maxLength: 200 }) }),
      fc.record({ rewind: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const draft = await spool.draft(1e6);
        let expected: Buffer = Buffer.alloc(0);
        for (const step of steps) expected = await apply(draft, expected, step);
        expect(await draft.sha256()).toBe(sha256(expected));
        expect(draft.bytes).toBe(expected.length);
        const { sha256: hash } = await draft.commit('test');
        expect(readFileSync(spool.pathOf(hash) ?? '')).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('is readable by nobody else', async () => {
    const spool = await open();
    const { sha256: hash } = await put(spool, someBytes(10));
    expect(lstatSync(spool.pathOf(hash) ?? '').mode & 0o077).toBe(0);
  });
});

async function apply(draft: Draft, bytes: Buffer, step: { write: Uint8Array } | { rewind: number }): Promise<Buffer> {
  if ('write' in step) {
    await draft.write(step.write);
    return Buffer.concat([bytes, step.write]);
  }
  const offset = Math.floor(step.rewind * bytes.length);
  await draft.rewind(offset);
  return bytes.subarray(0, offset);
}
