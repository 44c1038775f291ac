import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { kept, meterOf, waiting } from '../contract/store-messages.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { listeningLog } from '../unit/store/data-folder.ts';

/* The build, killed in the middle of a backup, and put back from one as docs/operating.md has it. */

const nightly = { cron: '10 2 * * *', timezone: 'UTC' };
const patience = { timeout: 20_000, interval: 5 };

let gateway: GatewayProcess;
let seqs: readonly number[] = [];

beforeEach(async () => {
  gateway = await GatewayProcess.prepare({ csmsUrl: 'ws://127.0.0.1:9/', config: { backup: nightly } });
  const store = await openStore({ folder: gateway.dataFolder, log: listeningLog() });
  const large = meterOf(undefined, 1, { payload: { vendorId: 'x'.repeat(100_000) } });
  seqs = await Promise.all(Array.from({ length: 200 }, () => kept(store, large)));
  await store.saveServedJob({ job: 'backup', ...nightly, servedMs: Date.now() - 3 * 86_400_000 });
  await store.close();
});
afterEach(() => gateway.remove());

const saw = (event: string) =>
  vi.waitFor(() => expect(gateway.log.map((line) => line.event)).toContain(event), patience);
const backups = () => readdirSync(join(gateway.dataFolder, 'backups')).toSorted();

test('SIGKILL in a backup: the next start makes it, nothing half stays, and it brings a lost outbox back', async () => {
  await gateway.start();
  await saw('scheduled job began');
  await gateway.end('SIGKILL');
  expect(gateway.log.map((line) => line.event)).not.toContain('scheduled job ended');
  await gateway.start();
  await saw('scheduled job ended');
  const names = backups();
  expect(names.filter((name) => !name.endsWith('.db'))).toEqual([]);
  expect(gateway.log.filter(({ event }) => event === 'backup made').length).toBeGreaterThan(0);
  expect(await gateway.end('SIGTERM')).toBe(0);
  const file = join(gateway.dataFolder, 'gateway.db');
  for (const lost of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(lost)) renameSync(lost, `${lost}.aside`);
  copyFileSync(join(gateway.dataFolder, 'backups', names.at(-1) ?? ''), file);
  gateway.log.length = 0;
  await gateway.start();
  expect(gateway.log.map(({ level }) => level)).not.toContain('error');
  await gateway.end('SIGTERM');
  const store = await openStore({ folder: gateway.dataFolder, log: listeningLog() });
  expect(await waiting(store)).toEqual(seqs);
  await store.close();
});
