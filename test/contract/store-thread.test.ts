import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/gateway/store-port.ts';
import { openStore } from '../../src/store/open.ts';
import { rememberHot } from '../../src/store/remembering.ts';
import { perform, verbsOver } from '../../src/store/verbs.ts';
import { ballastBytes, listeningLog, named, newFolder, openThreadIn, removeFolder } from '../unit/store/data-folder.ts';
import { storeContract } from './store-contract.ts';
import { accepted, begun, delivered, kept, meterOf, startOf, station, statusOf, stopOf } from './store-messages.ts';
import { inFolders, type TestedStore } from './store-subject.ts';

async function openWithFronts(folder: string): Promise<TestedStore> {
  const store = await openStore({ folder, log: listeningLog(), ballastBytes });
  return rememberHot(verbsOver((verb, input) => perform(store, verb, input)));
}

storeContract('SQLite with what is hot remembered', inFolders(openWithFronts));
// A thread takes a moment to start.
storeContract('SQLite in its own thread', inFolders(openThreadIn), 4);

describe('the thread of the store', () => {
  let folder = '';
  let store: Store;
  beforeEach(async () => {
    folder = newFolder();
    store = await openThreadIn(folder);
  });
  afterEach(async () => {
    await store.close();
    removeFolder(folder);
  });

  test('a peek sees whatever has been answered', async () => {
    const epoch = await store.claim('the test');
    const [first, second] = [await kept(store, statusOf(1, 'Charging')), await kept(store, statusOf(2, 'Available'))];
    const [before] = await Promise.all([store.peek(station), store.peek(station)]);
    expect(before.notice?.seq).toBe(first);
    await store.complete(first, epoch, delivered);
    expect((await store.peek(station)).notice?.seq).toBe(second);
    await store.defer(second, epoch, 3, 12_345);
    expect((await store.peek(station)).notice).toMatchObject({ seq: second, attempts: 3, notBeforeMs: 12_345 });
  });

  test('a remembered row shows its transaction as it is now', async () => {
    const start = await kept(store, startOf(1));
    await store.peek(station);
    const { transactionId } = await store.settleStart(start, accepted, 1);
    expect((await store.peek(station)).transaction).toMatchObject({ transaction: { chargerTxId: transactionId } });
    await kept(store, meterOf(transactionId, 1));
    expect((await store.peek(station)).transaction).toMatchObject({ seq: start, transaction: { nextSeqNo: 2 } });
  });

  test('open transactions follow their messages', async () => {
    const epoch = await store.claim('the test');
    const open = async () =>
      (await store.openTransactions(station)).map(({ csmsTxId, nextSeqNo }) => [csmsTxId, nextSeqNo]);
    expect(await open()).toEqual([]);
    await begun(store, epoch, 1, '5');
    await begun(store, epoch, 2, '6');
    expect(await open()).toEqual([
      ['5', 1],
      ['6', 1],
    ]);
    await kept(store, meterOf(6, 2));
    await kept(store, stopOf(5));
    expect(await open()).toEqual([['6', 2]]);
  });

  test('an error of our own arrives with its words and its stack', async () => {
    const refused = store.settleStart(987, accepted, 1);
    await expect(refused).rejects.toThrow('987 is not the number of a StartTransaction');
    await expect(refused).rejects.toHaveProperty('stack', expect.stringContaining('starts'));
  });

  test('what was asked for before the end is done, what comes after it is refused', async () => {
    const asked = store.appendInbound(meterOf(undefined, 1));
    const closed = store.close();
    const late = store.appendInbound(meterOf(undefined, 2));
    expect(await asked).toMatchObject({ kind: 'stored' });
    await expect(late).rejects.toMatchObject(named('StoreUnavailable'));
    await closed;
    await store.close();
    expect(await store.health()).toEqual({ writable: false, walBytes: 0 });
  });

  test('a folder that cannot be used is told of as without a thread', async () => {
    await expect(openThreadIn(folder)).rejects.toMatchObject(named('DataFolderError'));
    await store.close();
    const key = join(folder, 'gateway.key');
    const whole = readFileSync(key);
    writeFileSync(key, 'half a key');
    await expect(openThreadIn(folder)).rejects.toThrow('is not a key');
    writeFileSync(key, whole);
    store = await openThreadIn(folder);
  });
});
