import { describe, expect, test } from 'vitest';
import { type OpenSubject, useStore } from './store-subject.ts';
import {
  accepted,
  begun,
  delivered,
  kept,
  keptAs,
  meterOf,
  startOf,
  started,
  station,
  stopOf,
} from './store-messages.ts';

const firstProvisional = 1_900_000_000;

/** Transactions and their two ids. */
export function transactionContract(open: OpenSubject): void {
  startContract(open);
  idContract(open);
  belongingContract(open);
}

function startContract(open: OpenSubject): void {
  describe('the answer of a StartTransaction', () => {
    const opened = useStore(open);

    test('the CSMS’s id passes through when it is known in time', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, startOf(1, { idTag: 'ABC' }));
      const completed = await store.complete(seq, epoch, started('42', { status: 'Accepted', parentIdTag: 'P' }));
      expect(completed).toMatchObject({
        kind: 'started',
        answer: { transactionId: 42, idTagInfo: { status: 'Accepted', parentIdTag: 'P' }, toldBefore: false },
        transaction: { connector: 1, idTag: 'ABC', chargerTxId: 42, csmsTxId: '42', state: 'open', offline: false },
      });
      expect((await store.peek(station)).transaction).toBeUndefined();
    });

    test('settled before completed: the provisional id stays, the CSMS’s id is mapped to it', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, startOf(1));
      const settled = await store.settleStart(seq, accepted, 1500);
      expect(settled).toEqual({ transactionId: firstProvisional, idTagInfo: accepted, toldBefore: false });
      expect((await store.peek(station)).transaction).toMatchObject({ offline: true, transaction: { offline: true } });
      const completed = await store.complete(seq, epoch, started('42', { status: 'Blocked' }));
      expect(completed).toMatchObject({
        answer: { transactionId: firstProvisional, idTagInfo: accepted, toldBefore: true },
        transaction: { chargerTxId: firstProvisional, csmsTxId: '42', offline: true },
      });
    });

    test('completed before settled: the settling gets the CSMS’s answer', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, startOf(1));
      await store.complete(seq, epoch, started('42'));
      expect(await store.settleStart(seq, { status: 'Invalid' }, 1500)).toEqual({
        transactionId: 42,
        idTagInfo: accepted,
        toldBefore: false,
      });
    });

    test('both in one turn: whoever asked first decides', async () => {
      const { store, epoch } = opened();
      const [first, second] = [await kept(store, startOf(1)), await kept(store, startOf(2))];
      const [settled, , , late] = await Promise.all([
        store.settleStart(first, accepted, 1),
        store.complete(first, epoch, started('42')),
        store.complete(second, epoch, started('43')),
        store.settleStart(second, accepted, 1),
      ]);
      expect(settled.transactionId).toBe(firstProvisional);
      expect(late.transactionId).toBe(43);
    });

    test('a settled start is settled once, and repeated to the charger as it was', async () => {
      const { store } = opened();
      const seq = await kept(store, startOf(1, { dedupeKey: 's' }));
      const settled = await store.settleStart(seq, accepted, 1);
      expect(await store.settleStart(seq, { status: 'Invalid' }, 2)).toEqual({ ...settled, toldBefore: true });
      expect(await store.appendInbound(startOf(1, { dedupeKey: 's' }))).toEqual({
        kind: 'duplicate',
        seq,
        answer: { transactionId: firstProvisional, idTagInfo: accepted },
      });
    });

    test('completing a start twice gives the same answer and no second id', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, startOf(1));
      const once = await store.complete(seq, epoch, started('42'));
      expect(await store.complete(seq, epoch, started('99'))).toEqual(once);
    });

    test('a message that is no StartTransaction cannot be settled or started', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, meterOf(undefined, 1));
      await expect(store.settleStart(seq, accepted, 1)).rejects.toThrow('StartTransaction');
      await expect(store.complete(seq, epoch, started('1'))).rejects.toThrow('StartTransaction');
      expect((await store.peek(station)).transaction?.seq).toBe(seq);
    });

    test('a late refusal is noted', async () => {
      const { store, epoch } = opened();
      const { id } = await begun(store, epoch, 1, '5');
      await store.markLateRefusal(id);
      expect(await store.openTransactions(station)).toMatchObject([{ id, lateRefusal: true }]);
    });
  });
}

function idContract(open: OpenSubject): void {
  describe('ids of transactions (F14)', () => {
    const opened = useStore(open);

    test.each(['0', '-1', '9999999999', '2147483648', '1950000000', '007', 'abc', ''])(
      'a charger cannot be told %j: it gets a provisional id, mapped both ways',
      async (csmsTxId) => {
        const { store, epoch } = opened();
        const transaction = await begun(store, epoch, 1, csmsTxId);
        expect(transaction).toMatchObject({ chargerTxId: firstProvisional, csmsTxId, offline: false });
        expect((await store.transactionOfCsms(station, csmsTxId))?.id).toBe(transaction.id);
        expect((await store.transactionOfCharger(station, firstProvisional))?.csmsTxId).toBe(csmsTxId);
      },
    );

    test('the largest 32-bit id passes through', async () => {
      const { store, epoch } = opened();
      expect((await begun(store, epoch, 1, '2147483647')).chargerTxId).toBe(2_147_483_647);
    });

    test('an id that names another open transaction of the station is replaced for the charger', async () => {
      const { store, epoch } = opened();
      const first = await begun(store, epoch, 1, '5');
      const second = await begun(store, epoch, 2, '5');
      expect([first.chargerTxId, second.chargerTxId]).toEqual([5, firstProvisional]);
      const meters = [await keptAs(store, meterOf(5, 1)), await keptAs(store, meterOf(firstProvisional, 2))];
      expect(meters.map(({ transaction }) => transaction?.id)).toEqual([first.id, second.id]);
      expect((await store.transactionOfCsms(station, '5'))?.id).toBe(second.id);
    });

    test('an id may come again once the transaction has ended, and on another station at any time', async () => {
      const { store, epoch } = opened();
      await begun(store, epoch, 1, '5');
      await kept(store, stopOf(5));
      const again = await begun(store, epoch, 1, '5');
      expect(again.chargerTxId).toBe(5);
      expect((await store.transactionOfCharger(station, 5))?.id).toBe(again.id);
      const seq = await kept(store, startOf(1, { station: 'CP 2' }));
      expect(await store.complete(seq, epoch, started('5'))).toMatchObject({ answer: { transactionId: 5 } });
    });

    test('interleaved offline transactions get descending ids and keep their own', async () => {
      const { store, epoch } = opened();
      const starts = [await kept(store, startOf(1)), await kept(store, startOf(2))];
      const [one, two] = [
        await store.settleStart(starts[0] ?? 0, accepted, 1),
        await store.settleStart(starts[1] ?? 0, accepted, 1),
      ];
      const rest = [meterOf(one.transactionId, 1), meterOf(two.transactionId, 2), stopOf(one.transactionId)];
      for (const entry of [...rest, stopOf(two.transactionId)]) await kept(store, entry);
      const sent: (string | undefined)[] = [];
      for (const csmsTxId of ['9', '8']) {
        const row = (await store.peek(station)).transaction;
        expect(row?.action).toBe('StartTransaction');
        await store.complete(row?.seq ?? 0, epoch, started(csmsTxId));
      }
      for (let row = (await store.peek(station)).transaction; row !== undefined; ) {
        sent.push(`${row.action} ${row.transaction?.csmsTxId} ${row.txSeqNo}`);
        await store.complete(row.seq, epoch, delivered);
        row = (await store.peek(station)).transaction;
      }
      expect(sent).toEqual(['MeterValues 9 1', 'MeterValues 8 1', 'StopTransaction 9 2', 'StopTransaction 8 2']);
    });

    test('provisional ids are never given twice', async () => {
      const { store } = opened();
      const seqs = await Promise.all([1, 2, 3, 4].map((connector) => kept(store, startOf(connector))));
      const settled = await Promise.all(seqs.map((seq) => store.settleStart(seq, accepted, 1)));
      expect(settled.map(({ transactionId }) => transactionId - firstProvisional)).toEqual([0, 1, 2, 3]);
    });
  });
}

function belongingContract(open: OpenSubject): void {
  describe('which transaction a message belongs to', () => {
    const opened = useStore(open);

    test('the one with its id; a stop ends it', async () => {
      const { store, epoch } = opened();
      const { id } = await begun(store, epoch, 1, '5');
      expect((await keptAs(store, meterOf(5, 1))).transaction).toMatchObject({ id, state: 'open', nextSeqNo: 2 });
      expect((await keptAs(store, stopOf(5))).transaction).toMatchObject({ id, state: 'stopped', nextSeqNo: 3 });
      expect(await store.openTransactions(station)).toEqual([]);
      expect((await keptAs(store, meterOf(5, 1))).transaction).toMatchObject({ id, state: 'stopped', nextSeqNo: 4 });
    });

    test.each([undefined, 0, -1, 12_345])('id %s: the only open transaction of the connector', async (chargerTxId) => {
      const { store, epoch } = opened();
      const { id } = await begun(store, epoch, 1, '5');
      await begun(store, epoch, 2, '6');
      expect((await keptAs(store, meterOf(chargerTxId, 1))).transaction?.id).toBe(id);
      expect((await keptAs(store, meterOf(chargerTxId, 3))).transaction).toBeUndefined();
    });

    test('of two open transactions on one connector none is guessed', async () => {
      const { store, epoch } = opened();
      await begun(store, epoch, 1, '5');
      await begun(store, epoch, 1, '6');
      const { transaction, seq } = await keptAs(store, meterOf(undefined, 1));
      expect(transaction).toBeUndefined();
      expect((await store.peek(station)).transaction).toMatchObject({
        seq,
        transaction: undefined,
        txSeqNo: undefined,
      });
    });

    test('a stop with an unknown id ends nothing, and is kept', async () => {
      const { store, epoch } = opened();
      await begun(store, epoch, 1, '5');
      const { transaction, seq } = await keptAs(store, stopOf(4711));
      expect(transaction).toBeUndefined();
      expect((await store.peek(station)).transaction?.seq).toBe(seq);
      expect(await store.openTransactions(station)).toHaveLength(1);
    });

    test('a message before the decision belongs to the undecided transaction of its connector', async () => {
      const { store, epoch } = opened();
      const { seq, transaction } = await keptAs(store, startOf(1));
      expect(transaction).toMatchObject({ chargerTxId: undefined, csmsTxId: undefined, nextSeqNo: 1 });
      await kept(store, meterOf(undefined, 1));
      await store.complete(seq, epoch, started('5'));
      expect((await store.peek(station)).transaction).toMatchObject({ transaction: { csmsTxId: '5' }, txSeqNo: 1 });
    });

    test('what a start said is kept for later', async () => {
      const { store } = opened();
      const effect = { kind: 'start', connector: 3, idTag: 'T', startedAt: '2026-03-01T12:00:00+02:00' } as const;
      const ids = { meterStart: 7, reservationId: 8, remoteStartId: 9 };
      const { transaction } = await keptAs(store, startOf(3, { transaction: { ...effect, ...ids } }));
      const { kind: _kind, ...said } = effect;
      expect(transaction).toMatchObject({ ...said, ...ids, station, lateRefusal: false });
    });

    test('ended transactions are forgotten once nothing waits for them', async () => {
      const { store, epoch } = opened();
      await begun(store, epoch, 1, '5');
      const stop = await kept(store, stopOf(5));
      await store.prune(1_000_000);
      expect(await store.transactionOfCharger(station, 5)).toBeDefined();
      await store.complete(stop, epoch, delivered);
      await store.prune(2000);
      expect(await store.transactionOfCharger(station, 5)).toBeDefined();
      await store.prune(1_000_000);
      expect(await store.transactionOfCharger(station, 5)).toBeUndefined();
    });

    test('running transactions are never forgotten', async () => {
      const { store, epoch } = opened();
      await begun(store, epoch, 1, '5');
      await store.prune(1_000_000);
      expect(await store.openTransactions(station)).toHaveLength(1);
    });
  });
}
