import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../support/build.ts';
import { kept, meterOf, waiting } from '../contract/store-messages.ts';
import { newFolder, openIn, removeFolder } from '../unit/store/data-folder.ts';

/* The build's `restore`, killed at moments from its first step to its last. */

const kills = 10;
const large = meterOf(undefined, 1, { payload: { vendorId: 'x'.repeat(100_000) } });

let data = '';
let copy = '';
beforeEach(async () => {
  data = newFolder();
  copy = join(data, 'copy.db');
  const store = await openIn(data);
  for (let nth = 0; nth < 60; nth += 1) await kept(store, large);
  await store.copyTo(copy);
  await store.close();
});
afterEach(() => removeFolder(data));

const restore = (): ChildProcess =>
  spawn(process.execPath, [join(root, 'dist/src/cli.js'), 'restore', copy, '--data', data], { stdio: 'ignore' });

/** Resolves once the restore has begun with its work: starting Node is not what is to be cut. */
async function begun(child: ChildProcess): Promise<void> {
  while (child.exitCode === null && !readdirSync(data).includes('gateway.db.restoring')) await pause(1);
}

/** The old database has one message more than the copy. */
async function grow(): Promise<void> {
  const store = await openIn(data);
  if ((await waiting(store)).length === 60) await kept(store, large);
  await store.close();
}

test(`SIGKILL at ${kills} moments: the old database or the new one, sound, and a restore after it succeeds`, async () => {
  for (let kill = 0; kill < kills; kill += 1) {
    await grow();
    const child = restore();
    const ended = once(child, 'exit');
    await begun(child);
    await pause(kill * 6);
    child.kill('SIGKILL');
    await ended;
    const db = new Sqlite(join(data, 'gateway.db'));
    const count = Number(db.prepare('select count(*) from outbox').pluck().get());
    // a restore that came to its end leaves what the copy has
    expect([count, db.pragma('integrity_check', { simple: true })]).toEqual([expect.toBeOneOf([60, 61]), 'ok']);
    db.close();
    for (const name of readdirSync(data)) if (name.includes('.aside-')) rmSync(join(data, name));
  }
  expect(await once(restore(), 'exit')).toEqual([0, null]);
  const store = await openIn(data);
  expect(await waiting(store)).toHaveLength(60);
  await store.close();
  expect(readdirSync(data).filter((name) => name.includes('restoring'))).toEqual([]);
}, 60_000);
