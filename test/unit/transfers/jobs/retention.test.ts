import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewTransfer, Transfer } from '../../../../src/transfers/jobs/ports.ts';
import { Retention } from '../../../../src/transfers/jobs/retention.ts';
import { FileSpool } from '../../../../src/transfers/spool/spool.ts';
import { MemoryTransfers } from '../../../bench/memory-transfers.ts';
import { someBytes } from '../../../support/file-door.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const dayMs = 86_400_000;

let folder: string;
let clock: VirtualClock;
let spool: FileSpool;
let store: MemoryTransfers;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  clock = new VirtualClock();
  const settings = { folder: join(folder, 'spool'), quotaBytes: 1e6, keepUploadsMs: dayMs };
  spool = await FileSpool.open(settings, { clock, log: quietLog() });
  store = new MemoryTransfers();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function spooled(length: number, holder: string) {
  const draft = await spool.draft(1e6);
  await draft.write(someBytes(length));
  return draft.commit(holder);
}

/** Diagnostics of a charger that ended just now. */
async function ended(length: number): Promise<Transfer> {
  const file = await spooled(length, 'door');
  const nowMs = clock.now();
  const common = { station: 'CP1', askedBy: 'operator', open: false, request: {}, tellings: 0, file } as const;
  const job: NewTransfer = { ...common, kind: 'diagnostics', state: 'kept', createdAtMs: nowMs, changedAtMs: nowMs };
  const recorded = await store.transfer(await store.addTransfer(job));
  spool.release(file.sha256, 'door');
  if (recorded === undefined) throw new Error('the job was not kept');
  return recorded.transfer;
}

const open = () => new Retention({ settings: { keepMs: 30 * dayMs }, store, spool, clock });
const isThere = ({ file }: Transfer) => spool.find(file?.sha256 ?? '') !== undefined;

test('diagnostics and what is known of their job stay for their days, and then go from the disk', async () => {
  const retention = open();
  const [first, second] = [await ended(100), await ended(200)];
  retention.keep(first);
  await clock.advance(10 * dayMs);
  retention.keep({ ...second, changedAtMs: clock.now() });
  await retention.prune();
  expect([isThere(first), isThere(second)]).toEqual([true, true]);
  await clock.advance(20 * dayMs + 1);
  await retention.prune();
  expect([isThere(first), isThere(second), await store.transfer(first.id)]).toEqual([false, true, undefined]);
  expect(spool.usage()).toMatchObject({ files: 1, bytes: 200 });
});

test('they are kept after a restart too, which forgets who holds a file', async () => {
  const job = await ended(100);
  const retention = open();
  await retention.load();
  await clock.advance(29 * dayMs);
  await retention.prune();
  expect(isThere(job)).toBe(true);
  await clock.advance(2 * dayMs);
  await retention.prune();
  expect(isThere(job)).toBe(false);
});

test('an image that a job holds stays, however old; one that nobody has asked for goes', async () => {
  const retention = open();
  const held = await spooled(300, 'job:7');
  const idle = await spooled(400, 'job:8');
  spool.release(idle.sha256, 'job:8');
  await clock.advance(31 * dayMs);
  await retention.prune();
  expect([spool.find(held.sha256)?.bytes, spool.find(idle.sha256)]).toEqual([300, undefined]);
});

test('it looks once an hour', async () => {
  const retention = open();
  await retention.prune();
  const idle = await spooled(400, 'job:8');
  spool.release(idle.sha256, 'job:8');
  clock.jump(31 * dayMs);
  await retention.prune();
  expect(spool.find(idle.sha256)).toBeDefined();
  await clock.advance(3_600_000);
  await retention.prune();
  expect(spool.find(idle.sha256)).toBeUndefined();
});
