import { describe, expect, test } from 'vitest';
import { type OpenSubject, useStore } from './store-subject.ts';
import {
  accepted,
  begun,
  buried,
  delivered,
  kept,
  keptAs,
  meterOf,
  startOf,
  started,
  station,
  stopOf,
  waiting,
} from './store-messages.ts';

const reason = 'FormationViolation: no';

/** Messages that the CSMS will not take, and everything that depends on them. */
export function deadLetterContract(open: OpenSubject): void {
  describe('dead letters', () => {
    const opened = useStore(open);

    /** An offline transaction on connector 1 with two more messages, between messages that do not belong to it. */
    const offlineSession = async () => {
      const { store, epoch } = opened();
      const before = await kept(store, meterOf(undefined, 2));
      const start = await kept(store, startOf(1, { dedupeKey: 's' }));
      const { transactionId } = await store.settleStart(start, accepted, 1);
      const meter = await kept(store, meterOf(transactionId, 1));
      const other = await kept(store, meterOf(undefined, 2));
      const stop = await kept(store, stopOf(transactionId));
      return { store, epoch, transactionId, before, start, meter, other, stop };
    };

    test('a single message goes alone, and the next follows', async () => {
      const { store, epoch } = opened();
      await begun(store, epoch, 1, '5');
      const [bad, good] = [await kept(store, meterOf(5, 1)), await kept(store, stopOf(5))];
      await store.deadLetter(bad, epoch, reason, 9);
      expect(await buried(store)).toEqual([bad]);
      expect((await store.peek(station)).transaction).toMatchObject({ seq: good, transaction: { state: 'stopped' } });
      expect(await store.outbox({ dead: true })).toMatchObject([{ seq: bad, deadReason: reason, txSeqNo: 1 }]);
      expect((await store.counts()).dead).toBe(1);
    });

    test('a StartTransaction takes the rows of its transaction with it, those to come included', async () => {
      const { store, epoch, transactionId, before, start, meter, other, stop } = await offlineSession();
      await store.peek(station);
      await store.deadLetter(start, epoch, reason, 9);
      const late = await keptAs(store, meterOf(transactionId, 1));
      expect(late.transaction?.state).toBe('dead');
      expect(await buried(store)).toEqual([start, meter, stop, late.seq]);
      expect(await waiting(store)).toEqual([before, other]);
      expect((await store.peek(station)).transaction?.seq).toBe(before);
      expect((await store.counts()).openTransactions).toBe(0);
    });

    test('the charger is still answered when its undecided StartTransaction died', async () => {
      const { store, epoch } = opened();
      const start = await kept(store, startOf(1));
      await store.deadLetter(start, epoch, reason, 9);
      expect(await store.settleStart(start, accepted, 10)).toMatchObject({ toldBefore: false });
      expect((await store.outbox({ dead: true }))[0]?.transaction).toMatchObject({ state: 'dead', offline: true });
    });

    test('the repetition of a dead message is still a repetition', async () => {
      const { store, epoch, transactionId, start } = await offlineSession();
      await store.deadLetter(start, epoch, reason, 9);
      expect(await store.appendInbound(startOf(1, { dedupeKey: 's' }))).toEqual({
        kind: 'duplicate',
        seq: start,
        answer: { transactionId, idTagInfo: accepted },
      });
    });

    test.each(['start', 'meter', 'stop'] as const)(
      'retry by its %s puts the group back in its old order',
      async (named) => {
        const session = await offlineSession();
        const { store, epoch, start, meter, other, stop, before, transactionId } = session;
        await store.defer(start, epoch, 5, 99);
        await store.deadLetter(start, epoch, reason, 9);
        const late = await kept(store, meterOf(transactionId, 1));
        await store.peek(station);
        expect(await store.retryDead(session[named])).toBe(4);
        expect(await waiting(store)).toEqual([before, start, meter, other, stop, late]);
        expect(await buried(store)).toEqual([]);
        await store.complete(before, epoch, delivered);
        const head = (await store.peek(station)).transaction;
        expect(head).toMatchObject({ seq: start, attempts: 0, notBeforeMs: 0, deadReason: undefined });
        expect(head?.transaction?.state).toBe('stopped');
        await store.complete(start, epoch, started('7'));
        expect((await store.peek(station)).transaction).toMatchObject({ seq: meter, transaction: { csmsTxId: '7' } });
      },
    );

    test('a retried transaction that still runs is open again', async () => {
      const { store, epoch } = opened();
      const start = await kept(store, startOf(1));
      await store.deadLetter(start, epoch, reason, 9);
      expect(await store.openTransactions(station)).toEqual([]);
      await store.retryDead(start);
      expect(await store.openTransactions(station)).toHaveLength(1);
      expect((await keptAs(store, meterOf(undefined, 1))).transaction?.state).toBe('open');
    });

    test('a single message is put back before what came after it', async () => {
      const { store, epoch } = opened();
      const [first, second] = [await kept(store, meterOf(undefined, 1)), await kept(store, meterOf(undefined, 1))];
      await store.deadLetter(first, epoch, reason, 9);
      expect((await store.peek(station)).transaction?.seq).toBe(second);
      expect(await store.retryDead(first)).toBe(1);
      expect((await store.peek(station)).transaction?.seq).toBe(first);
    });

    test('drop removes the group for good; what still comes can only be dropped', async () => {
      const { store, epoch, transactionId, before, start, meter, other } = await offlineSession();
      await store.deadLetter(start, epoch, reason, 9);
      expect(await store.dropDead(meter)).toBe(3);
      const late = await kept(store, meterOf(transactionId, 1));
      expect(await buried(store)).toEqual([late]);
      // Without its StartTransaction it would wait for an id for ever, and everything behind it.
      expect(await store.retryDead(late)).toBe(0);
      expect(await store.dropDead(late)).toBe(1);
      expect(await store.outbox({})).toHaveLength(2);
      expect(await waiting(store)).toEqual([before, other]);
    });

    test('retry and drop of what is no dead letter do nothing', async () => {
      const { store } = opened();
      const seq = await kept(store, meterOf(undefined, 1));
      expect(await store.retryDead(seq)).toBe(0);
      expect(await store.dropDead(seq)).toBe(0);
      expect(await store.retryDead(4711)).toBe(0);
      expect(await waiting(store)).toEqual([seq]);
    });

    test('the operator sees waiting and dead letters, of all stations or of one', async () => {
      const { store, epoch } = opened();
      const seqs = await Promise.all(
        ['CP 2', station, 'CP 2'].map((of) => kept(store, meterOf(undefined, 1, { station: of }))),
      );
      await store.deadLetter(seqs[0] ?? 0, epoch, reason, 9);
      const seen = async (filter: { station?: string; dead?: boolean }) =>
        (await store.outbox(filter)).map(({ seq }) => seq);
      expect(await seen({})).toEqual(seqs);
      expect(await seen({ station: 'CP 2' })).toEqual([seqs[0], seqs[2]]);
      expect(await seen({ dead: false })).toEqual([seqs[1], seqs[2]]);
      expect(await seen({ station, dead: true })).toEqual([]);
      expect(await seen({ station: 'never seen' })).toEqual([]);
    });
  });
}
