import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runBackup } from '../../../src/cli/backup.ts';
import type { ServedJob } from '../../../src/timetable/ports.ts';
import { type Edge, type EdgeOptions, startTestEdge } from '../../support/edge.ts';
import { ballastBytes, listeningLog, newFolder, removeFolder } from '../store/data-folder.ts';
import { openStore } from '../../../src/store/open.ts';
import { listen } from './data-folder.ts';

/* `backup` on a running gateway, and what the gateway does by itself. */

let data = '';
let edge: Edge | undefined;
beforeEach(() => {
  data = newFolder();
});
afterEach(async () => {
  await edge?.remove();
  edge = undefined;
  removeFolder(data);
});

async function start(config: EdgeOptions['config'] = {}): Promise<Edge> {
  edge = await startTestEdge({ csmsUrl: 'ws://127.0.0.1:9/', config: { data: { folder: data }, ...config } });
  return edge;
}

async function backup(...args: readonly string[]) {
  const { io, said } = listen();
  return { exit: await runBackup([...args, '--data', data], io), ...said };
}

const copies = (folder = join(data, 'backups')) => readdirSync(folder);

/** How far an earlier run had come. */
async function served(job: ServedJob): Promise<void> {
  const store = await openStore({ folder: data, log: listeningLog(), ballastBytes });
  await store.saveServedJob(job);
  await store.close();
}

describe('ocpp-edge backup', () => {
  test('says where the copy is, how large, and how long it took', async () => {
    await start();
    const { exit, out, err } = await backup();
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(/^\d+ bytes in \S+\/backups\/gateway-[\dT.-]+Z\.db, in \d+ ms\n$/);
    const json = JSON.parse((await backup('--json')).out) as { backup: { path: string; bytes: number } };
    expect(json).toEqual({
      backup: {
        path: expect.any(String),
        bytes: expect.any(Number),
        durationMs: expect.any(Number),
        atMs: expect.any(Number),
      },
    });
    const db = new Sqlite(json.backup.path, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    expect(copies()).toHaveLength(2);
  });

  test('where it cannot be made: why not, exit 1, and the log has it', async () => {
    const folder = join(data, 'elsewhere');
    const { logged } = await start({ backup: { folder, enabled: false } });
    writeFileSync(folder, 'a file');
    const { exit, err } = await backup();
    expect([exit, err]).toEqual([1, expect.stringMatching(/^no backup: E(EXIST|NOTDIR)/)]);
    expect(logged).toContainEqual(expect.objectContaining({ level: 'error', event: 'backup failed' }));
    rmSync(folder);
    expect((await backup()).exit).toBe(0);
    expect(copies(folder)).toHaveLength(1);
  });

  test('without a gateway there is nobody to make one; arguments that mean nothing are told', async () => {
    expect(await backup()).toEqual({ exit: 1, out: '', err: `no gateway runs on ${data}\n` });
    expect(await backup('now')).toMatchObject({ exit: 2, err: expect.stringContaining('usage: ocpp-edge backup') });
  });
});

describe('by itself', () => {
  const nightly = { cron: '10 2 * * *', timezone: 'Europe/Berlin' };
  const made = () => edge?.logged.filter(({ event }) => event === 'backup made').length;

  test('the night that a gateway was down for is made up for at its start, once', async () => {
    await served({ job: 'backup', ...nightly, servedMs: Date.now() - 5 * 86_400_000 });
    const { logged } = await start({ backup: { ...nightly, keep: 1 } });
    await vi.waitFor(() => expect(logged.map(({ event }) => event)).toContain('scheduled job ended'), 10_000);
    expect(copies()).toHaveLength(1);
    await edge?.close();
    await start({ backup: { ...nightly, keep: 1 } });
    expect([made(), copies().length]).toEqual([0, 1]);
  });

  test('not when it is not wanted', async () => {
    await served({ job: 'backup', ...nightly, servedMs: Date.now() - 5 * 86_400_000 });
    await start({ backup: { ...nightly, enabled: false } });
    mkdirSync(join(data, 'backups'));
    expect([made(), copies()]).toEqual([0, []]);
  });
});
