import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newFolder, openIn, removeFolder } from './data-folder.ts';
import { startWriter } from './store-process.ts';

const kills = 8;

describe('what was acknowledged is on disk', () => {
  let folder = '';
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));

  test(`SIGKILL amid group commits, ${kills} times: nothing acknowledged is lost, nothing comes back`, async () => {
    const kept = new Set<number>();
    const gone = new Set<number>();
    for (let round = 0; round < kills; round++) {
      const writer = startWriter(folder, 'append');
      const amount = 40 + round * 37;
      try {
        await writer.line(() => writer.lines().length > amount);
      } finally {
        await writer.kill();
      }
      const numbers = (word: string) =>
        writer.lines().flatMap((line) => (line.startsWith(word) ? [Number(line.slice(word.length))] : []));
      const acknowledged = numbers('kept ');
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(acknowledged.filter((seq) => kept.has(seq))).toEqual([]);
      acknowledged.forEach((seq) => kept.add(seq));
      numbers('gone ').forEach((seq) => gone.add(seq));
    }
    const store = await openIn(folder);
    const waiting = new Set((await store.outbox({})).map(({ seq }) => seq));
    await store.close();
    expect([...kept].filter((seq) => !gone.has(seq) && !waiting.has(seq))).toEqual([]);
    // A row whose completion was asked for but not answered may still wait: one per station and kill at most.
    expect([...gone].filter((seq) => waiting.has(seq)).length).toBeLessThanOrEqual(kills * 8);
    // A row that was written but not yet acknowledged may wait too: the same bound.
    expect([...waiting].filter((seq) => !kept.has(seq)).length).toBeLessThanOrEqual(kills * 8);
  }, 60_000);

  test('the sync of the WAL comes before the acknowledgement (F3)', async ({ skip }) => {
    const trace = join(folder, 'trace');
    const strace = ['strace', '-f', '-y', '-e', 'trace=pwrite64,write,fdatasync,fsync', '-o', trace];
    const usable = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
    skip(!usable, 'strace is not here, or may not trace');
    const writer = startWriter(join(folder, 'data'), 'append', strace);
    try {
      await writer.line(() => writer.lines().length > 60);
    } finally {
      // strace ends with the process that it traces.
      const traced = Number(readFileSync(join(folder, 'data', 'gateway.pid'), 'utf8'));
      process.kill(traced, 'SIGKILL');
      await writer.kill();
    }
    expect(acknowledgementsBeforeSync(readFileSync(trace, 'utf8'))).toEqual({ seen: true, early: [] });
  }, 60_000);
});

/** Reads strace's lines: after a write to the WAL, a sync of it must come before the next `kept`. */
function acknowledgementsBeforeSync(trace: string): { readonly seen: boolean; readonly early: readonly string[] } {
  const early: string[] = [];
  let unsynced = false;
  let seen = false;
  for (const line of trace.split('\n')) {
    if (/pwrite64\(\d+<[^>]*gateway\.db-wal>/.test(line)) unsynced = true;
    if (/f(?:data)?sync\(\d+<[^>]*gateway\.db-wal>\)\s+= 0/.test(line)) unsynced = false;
    if (!/write\(1<[^>]*>, "kept /.test(line)) continue;
    seen = true;
    if (unsynced) early.push(line);
  }
  return { seen, early };
}
