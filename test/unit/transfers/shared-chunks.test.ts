import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SharedChunks } from '../../../src/transfers/spool/shared-chunks.ts';
import { sha256, someBytes } from '../../support/file-door.ts';

const bytes = someBytes(40_000_000);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chunks-'));
  writeFileSync(join(folder, 'file'), bytes);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Reads the whole file through the chunks, each of which it holds across some turns of the event loop. */
async function readThrough(chunks: SharedChunks, name: string, content: Buffer, from: number): Promise<boolean> {
  const handle = await open(join(folder, name));
  try {
    for (let at = from; at < content.length; ) {
      const chunk = await chunks.take(handle, name, content.length, at);
      const end = chunk.offset + chunk.bytes.length;
      await new Promise((resolve) => setImmediate(resolve));
      if (!chunk.bytes.subarray(at - chunk.offset).equals(content.subarray(at, end))) return false;
      chunk.release();
      at = end;
    }
    return true;
  } finally {
    await handle.close();
  }
}

test('many readers of several files, each at a place of its own, read what is in them', async () => {
  const other = someBytes(1_234_567);
  writeFileSync(join(folder, 'other'), other);
  const chunks = new SharedChunks();
  const readers = Array.from({ length: 24 }, (_, index) => {
    const [name, content] = index % 4 === 0 ? (['other', other] as const) : (['file', bytes] as const);
    return readThrough(chunks, name, content, Math.floor((content.length / 24) * index));
  });
  expect(await Promise.all(readers)).toEqual(readers.map(() => true));
});

test('readers side by side read the disk once', async () => {
  const chunks = new SharedChunks();
  const handle = await open(join(folder, 'file'));
  const taken = await Promise.all(Array.from({ length: 20 }, () => chunks.take(handle, 'file', bytes.length, 600_000)));
  expect(new Set(taken.map((chunk) => chunk.bytes)).size).toBe(1);
  expect(sha256(taken[0]?.bytes ?? Buffer.alloc(0))).toBe(sha256(bytes.subarray(524_288, 1_048_576)));
  for (const chunk of taken) chunk.release();
  await handle.close();
});

test('a piece that cannot be read is not remembered', async () => {
  const chunks = new SharedChunks();
  const short = await open(join(folder, 'file'));
  await short.close();
  await expect(chunks.take(short, 'file', bytes.length, 0)).rejects.toThrow();
  expect(await readThrough(chunks, 'file', bytes, 39_000_000)).toBe(true);
  expect(await readThrough(chunks, 'file', bytes, 0)).toBe(true);
});
