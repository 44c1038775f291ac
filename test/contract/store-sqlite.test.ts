import { describe, expect, test } from 'vitest';
import { StaleEpoch } from '../../src/gateway/store-port.ts';
import { openIn } from '../unit/store/data-folder.ts';
import { storeContract } from './store-contract.ts';
import {
  accepted,
  begun,
  buried,
  delivered,
  kept,
  meterOf,
  startOf,
  started,
  station,
  statusOf,
  stopOf,
  waiting,
} from './store-messages.ts';
import { inFolders, useStore } from './store-subject.ts';

const open = inFolders(openIn);

storeContract('SQLite', open);

describe('SQLite remembers across restarts', () => {
  const opened = useStore(open);
  const restarted = async () => {
    const { reopen } = opened().subject;
    if (reopen === undefined) throw new Error('this store cannot be opened again');
    const store = await reopen();
    return { store, epoch: await store.claim('after the restart') };
  };

  test('what waits, with its attempts, and what is dead', async () => {
    const { store, epoch } = opened();
    const seqs = [await kept(store, meterOf(undefined, 1)), await kept(store, meterOf(undefined, 1))];
    const dead = await kept(store, statusOf(1, 'Charging'));
    await store.defer(seqs[0] ?? 0, epoch, 4, 12_345);
    await store.deadLetter(dead, epoch, 'refused', 1);
    const { store: after } = await restarted();
    expect(await waiting(after)).toEqual(seqs);
    expect((await after.peek(station)).transaction).toMatchObject({ attempts: 4, notBeforeMs: 12_345 });
    expect(await buried(after)).toEqual([dead]);
  });

  test('numbers go on: what comes later is never before what waits', async () => {
    const { store, epoch } = opened();
    const last = await kept(store, meterOf(undefined, 1));
    await store.complete(last, epoch, delivered);
    const { store: after } = await restarted();
    expect(await kept(after, meterOf(undefined, 1))).toBeGreaterThan(last);
  });

  test('numbers go on after a turn that had to be done again', async () => {
    const { store, epoch } = opened();
    const turn = [store.appendInbound(meterOf(undefined, 1)), store.complete(1, epoch + 1, delivered)];
    const [appended] = await Promise.allSettled(turn);
    const { store: after } = await restarted();
    const [waits = 0] = await waiting(after);
    expect(appended).toMatchObject({ value: { seq: waits } });
    expect(await kept(after, meterOf(undefined, 1))).toBeGreaterThan(waits);
  });

  test('ids of offline transactions, in both directions (F13)', async () => {
    const { store } = opened();
    const start = await kept(store, startOf(1, { dedupeKey: 's' }));
    const { transactionId } = await store.settleStart(start, accepted, 1);
    const meter = await kept(store, meterOf(transactionId, 1));
    const { store: after, epoch } = await restarted();
    const stop = await kept(after, stopOf(transactionId));
    await after.complete(start, epoch, started('42'));
    const { store: again, epoch: later } = await restarted();
    expect((await again.peek(station)).transaction).toMatchObject({ seq: meter, transaction: { csmsTxId: '42' } });
    await again.complete(meter, later, delivered);
    const row = (await again.peek(station)).transaction;
    expect(row).toMatchObject({ seq: stop, txSeqNo: 2, transaction: { csmsTxId: '42', chargerTxId: transactionId } });
    expect(await again.appendInbound(startOf(1, { dedupeKey: 's' }))).toMatchObject({ answer: { transactionId } });
  });

  test('an undecided start can still be settled, with an id that was never given', async () => {
    const { store } = opened();
    const { transactionId } = await store.settleStart(await kept(store, startOf(1)), accepted, 1);
    const undecided = await kept(store, startOf(2));
    const { store: after } = await restarted();
    expect((await after.settleStart(undecided, accepted, 1)).transactionId).toBe(transactionId + 1);
  });

  test('a dead transaction, to which later messages still belong', async () => {
    const { store, epoch } = opened();
    const start = await kept(store, startOf(1));
    const { transactionId } = await store.settleStart(start, accepted, 1);
    await store.deadLetter(start, epoch, 'refused', 1);
    const { store: after } = await restarted();
    const late = await kept(after, stopOf(transactionId));
    expect(await buried(after)).toEqual([start, late]);
    expect(await after.retryDead(late)).toBe(2);
  });

  test('the epoch of the process before is over at once', async () => {
    const { store, epoch } = opened();
    const seq = await kept(store, meterOf(undefined, 1));
    const { reopen } = opened().subject;
    const after = await reopen?.();
    await expect(after?.complete(seq, epoch, delivered)).rejects.toThrow(StaleEpoch);
    expect(await after?.claim('the test')).toBeGreaterThan(epoch);
  });

  test('stations, settings, local lists and running transactions', async () => {
    const { store, epoch } = opened();
    await begun(store, epoch, 1, '5');
    await store.saveSetting(station, 'AuthorizationKey', 'hush');
    await store.saveLocalList(station, { version: 2, entries: [] });
    await store.cacheAuthorization(station, 'TAG', accepted, undefined);
    const { store: after } = await restarted();
    expect(await after.settings(station)).toEqual({ AuthorizationKey: 'hush' });
    expect(await after.localList(station)).toEqual({ version: 2, entries: [] });
    expect(await after.cachedAuthorization(station, 'tag', 1)).toEqual(accepted);
    expect(await after.openTransactions(station)).toMatchObject([{ csmsTxId: '5' }]);
  });
});
