import { describe, expect, test } from 'vitest';
import type { StationRecord, Store } from '../../src/gateway/store-port.ts';
import { campaignContract } from './store-campaigns.ts';
import { named } from '../unit/store/data-folder.ts';
import { deadLetterContract } from './store-dead-letters.ts';
import {
  begun,
  delivered,
  drained,
  kept,
  meterOf,
  startOf,
  started,
  station,
  statusOf,
  waiting,
} from './store-messages.ts';
import { modelContract } from './store-model.ts';
import { sessionContract } from './store-sessions.ts';
import { siteContract } from './store-sites.ts';
import { type OpenSubject, useStore } from './store-subject.ts';
import { timetableContract } from './store-timetable.ts';
import { transactionContract } from './store-transactions.ts';
import { transferContract } from './store-transfers.ts';

/** What every store must do, whatever it is made of; `histories` random ones are played. */
export function storeContract(name: string, open: OpenSubject, histories = 60): void {
  describe(`${name} keeps the store's contract`, () => {
    orderContract(open);
    repetitionContract(open);
    transactionContract(open);
    deadLetterContract(open);
    ownershipContract(open);
    memoryContract(open);
    siteContract(open);
    transferContract(open);
    campaignContract(open);
    timetableContract(open);
    sessionContract(open);
    modelContract(open, histories);
  });
}

function orderContract(open: OpenSubject): void {
  describe('order', () => {
    const opened = useStore(open);

    test('messages of a station leave in the order in which they came, lane by lane', async () => {
      const { store, epoch } = opened();
      const entries = [startOf(1), statusOf(1, 'Charging'), meterOf(undefined, 1), statusOf(2, 'Available')];
      const seqs = await Promise.all(entries.map((entry) => kept(store, entry)));
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      const [start, charging, meter, available] = seqs;
      expect(await headSeqs(store)).toEqual([start, charging]);
      await store.complete(start ?? 0, epoch, started('7'));
      expect(await headSeqs(store)).toEqual([meter, charging]);
      await store.complete(charging ?? 0, epoch, delivered);
      expect(await headSeqs(store)).toEqual([meter, available]);
    });

    test('a row keeps the payload as it came, byte for byte', async () => {
      const { store } = opened();
      const payload = { connectorId: 1, vendor: 'é\u0001"\\', big: 1.0e21, list: [], nested: { a: null } };
      await kept(store, meterOf(undefined, 1, { payload, atMs: 1_800_000_000_123, offline: true }));
      const { transaction: row } = await store.peek(station);
      expect(JSON.stringify(row?.payload)).toBe(JSON.stringify(payload));
      expect(row).toMatchObject({
        station,
        action: 'MeterValues',
        atMs: 1_800_000_000_123,
        offline: true,
        attempts: 0,
      });
    });

    test('a read sees the writes that were asked for before it, and not those after', async () => {
      const { store } = opened();
      const first = store.appendInbound(meterOf(undefined, 1));
      const between = store.counts();
      const second = store.appendInbound(meterOf(undefined, 1));
      await Promise.all([first, second]);
      expect((await between).waiting).toBe(1);
    });

    test('stations do not stand in each other’s way', async () => {
      const { store, epoch } = opened();
      const [one, other] = [
        await kept(store, statusOf(1, 'A')),
        await kept(store, statusOf(1, 'B', { station: 'CP 2' })),
      ];
      await store.complete(one, epoch, delivered);
      expect(await waiting(store)).toEqual([]);
      expect(await waiting(store, 'CP 2')).toEqual([other]);
      expect((await store.peek('CP 2')).notice?.payload).toMatchObject({ status: 'B' });
    });

    test('a backlog longer than what is kept at hand leaves in order, whenever it grew', async () => {
      const { store, epoch } = opened();
      const more = (amount: number) =>
        Promise.all(Array.from({ length: amount }, () => kept(store, meterOf(undefined, 1))));
      const seqs = [...(await more(12))];
      await store.peek(station);
      seqs.push(...(await more(12)));
      const sent = [...(await drained(store, epoch, 10))];
      seqs.push(...(await more(12)));
      sent.push(...(await drained(store, epoch)));
      expect(sent).toEqual(seqs);
    });

    test('completing a row that is gone changes nothing', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, statusOf(1, 'A'));
      await store.complete(seq, epoch, delivered);
      expect(await store.complete(seq, epoch, delivered)).toEqual(delivered);
      expect((await store.counts()).waiting).toBe(0);
    });

    test('a deferred row stays in its place with its attempts', async () => {
      const { store, epoch } = opened();
      const [first] = [await kept(store, meterOf(undefined, 1)), await kept(store, meterOf(undefined, 1))];
      await store.peek(station);
      await store.defer(first, epoch, 3, 99_000);
      expect((await store.peek(station)).transaction).toMatchObject({ seq: first, attempts: 3, notBeforeMs: 99_000 });
    });

    test('only the last status of a connector counts while it waits', async () => {
      const { store, epoch } = opened();
      const old = await kept(store, statusOf(1, 'Preparing'));
      const other = await kept(store, statusOf(2, 'Available'));
      await store.peek(station);
      const current = await kept(store, statusOf(1, 'Charging'));
      expect(await waiting(store)).toEqual([other, current]);
      // The pump may have been sending the replaced row: what is done with it must not touch the new one.
      await store.complete(old, epoch, delivered);
      await store.defer(old, epoch, 1, 1);
      await store.deadLetter(old, epoch, 'refused', 1);
      expect(await waiting(store)).toEqual([other, current]);
      expect((await store.counts()).dead).toBe(0);
    });

    test('counts tell how much waits, since when, and how many transactions run', async () => {
      const { store } = opened();
      expect(await store.counts()).toEqual({ waiting: 0, bytes: 0, oldestMs: undefined, dead: 0, openTransactions: 0 });
      await kept(store, startOf(1, { atMs: 111 }));
      await kept(store, statusOf(1, 'Charging', { atMs: 222, station: 'CP 2' }));
      const bytes = (await store.outbox({})).reduce(
        (sum, row) => sum + Buffer.byteLength(JSON.stringify(row.payload)),
        0,
      );
      expect(await store.counts()).toEqual({ waiting: 2, bytes, oldestMs: 111, dead: 0, openTransactions: 1 });
    });
  });
}

function repetitionContract(open: OpenSubject): void {
  describe('repetitions of a charger', () => {
    const opened = useStore(open);

    test('a message with a known natural key is not kept again and gets the stored answer', async () => {
      const { store } = opened();
      const entry = meterOf(undefined, 1, { dedupeKey: 'meter 1', answer: { stored: true } });
      const seq = await kept(store, entry);
      expect(await store.appendInbound({ ...entry, answer: {} })).toEqual({
        kind: 'duplicate',
        seq,
        answer: { stored: true },
      });
      expect(await waiting(store)).toEqual([seq]);
    });

    test('it is still recognised after it was delivered', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, startOf(1, { dedupeKey: 'start 1' }));
      await store.complete(seq, epoch, started('77'));
      expect(await store.appendInbound(startOf(1, { dedupeKey: 'start 1' }))).toEqual({
        kind: 'duplicate',
        seq,
        answer: { transactionId: 77, idTagInfo: { status: 'Accepted' } },
      });
      expect(await store.openTransactions(station)).toHaveLength(1);
    });

    test('an undecided StartTransaction has no answer yet', async () => {
      const { store } = opened();
      const seq = await kept(store, startOf(1, { dedupeKey: 'start 1' }));
      expect(await store.appendInbound(startOf(1, { dedupeKey: 'start 1' }))).toEqual({
        kind: 'duplicate',
        seq,
        answer: undefined,
      });
    });

    test('two equal messages of one turn are one message', async () => {
      const { store } = opened();
      const both = [1, 2].map(() => store.appendInbound(meterOf(undefined, 1, { dedupeKey: 'same' })));
      expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['stored', 'duplicate']);
    });

    test('the same key of another station, and messages without key, are new', async () => {
      const { store } = opened();
      await kept(store, meterOf(undefined, 1, { dedupeKey: 'k' }));
      await kept(store, meterOf(undefined, 1, { dedupeKey: 'k', station: 'CP 2' }));
      await kept(store, meterOf(undefined, 1));
      await kept(store, meterOf(undefined, 1));
      expect((await store.counts()).waiting).toBe(4);
    });

    test('pruning forgets old receipts only, and no message', async () => {
      const { store } = opened();
      await kept(store, meterOf(undefined, 1, { dedupeKey: 'old', atMs: 10 }));
      await kept(store, meterOf(undefined, 1, { dedupeKey: 'new', atMs: 30 }));
      await store.prune(20);
      expect((await store.appendInbound(meterOf(undefined, 1, { dedupeKey: 'new' }))).kind).toBe('duplicate');
      expect((await store.appendInbound(meterOf(undefined, 1, { dedupeKey: 'old' }))).kind).toBe('stored');
      expect((await store.counts()).waiting).toBe(3);
    });
  });
}

function ownershipContract(open: OpenSubject): void {
  describe('ownership', () => {
    const opened = useStore(open);

    test('an epoch is constant for one holder and grows for the next', async () => {
      const { store, epoch } = opened();
      expect(await store.claim('the test')).toBe(epoch);
      expect(await store.claim('somebody else')).toBeGreaterThan(epoch);
    });

    test('writes of the pump with an epoch that has passed change nothing', async () => {
      const { store, epoch } = opened();
      const seq = await kept(store, meterOf(undefined, 1));
      await store.claim('somebody else');
      await expect(store.complete(seq, epoch, delivered)).rejects.toMatchObject(named('StaleEpoch'));
      await expect(store.defer(seq, epoch, 1, 1)).rejects.toMatchObject(named('StaleEpoch'));
      await expect(store.deadLetter(seq, epoch, 'no', 1)).rejects.toMatchObject(named('StaleEpoch'));
      expect((await store.peek(station)).transaction).toMatchObject({ seq, attempts: 0 });
    });

    test('a failing call takes nothing else of its turn with it, and leaves no trace', async () => {
      const { store, epoch } = opened();
      const { id } = await begun(store, epoch, 1, '5');
      await Promise.all([store.peek(station), store.counts()]);
      const before = store.appendInbound(meterOf(5, 1));
      const stale = store.complete(1, epoch + 1, delivered);
      const notAStart = store.settleStart(4711, {}, 1);
      const after = store.appendInbound(meterOf(5, 1));
      const results = await Promise.allSettled([before, stale, notAStart, after]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      const rows = await store.outbox({ station });
      expect(rows.map(({ txSeqNo }) => txSeqNo)).toEqual([1, 2]);
      expect((await store.counts()).waiting).toBe(2);
      expect(await store.openTransactions(station)).toMatchObject([{ id, nextSeqNo: 3 }]);
      expect(await drained(store, epoch)).toEqual(rows.map(({ seq }) => seq));
    });

    test('a closed store refuses', async () => {
      const { store } = opened();
      await store.close();
      await expect(store.appendInbound(meterOf(undefined, 1))).rejects.toMatchObject(named('StoreUnavailable'));
      expect((await store.health()).writable).toBe(false);
    });
  });
}

function memoryContract(open: OpenSubject): void {
  describe('stations, settings and authorizations', () => {
    const opened = useStore(open);
    const record: StationRecord = {
      identity: station,
      standing: 'accepted',
      csmsIdentity: 'CSMS/1',
      csmsProtocol: 'ocpp1.6',
      wire: 'ocpp1.6-soap',
      source: undefined,
      callback: 'http://10.0.0.1:8080/',
      firstSeenMs: 1,
      lastSeenMs: 1_800_000_000_000,
      boot: { payload: { vendor: 'V' }, atMs: 5, csms: undefined, told: 'Pending', unheard: true },
      connectors: 2,
    };

    test('a station is saved, replaced, and found as it was saved', async () => {
      const { store } = opened();
      await store.saveStation(record);
      expect(await store.stations()).toEqual([record]);
      const heard = { ...record, source: '10.0.0.1', boot: undefined, standing: 'blocked' as const };
      await store.saveStation(heard);
      await store.saveStation({ ...record, identity: 'CP 2' });
      expect(await store.stations()).toEqual([heard, { ...record, identity: 'CP 2' }]);
    });

    test('settings are kept per station and key', async () => {
      const { store } = opened();
      await store.saveSetting(station, 'AuthorizationKey', 'old');
      await store.saveSetting(station, 'AuthorizationKey', 'né\u0000w');
      await store.saveSetting(station, 'CpoName', '');
      await store.saveSetting('CP 2', 'AuthorizationKey', 'other');
      expect(await store.settings(station)).toEqual({ AuthorizationKey: 'né\u0000w', CpoName: '' });
      expect(await store.settings('never seen')).toEqual({});
    });

    test('idTags match without case (CiString) until their time is over', async () => {
      const { store } = opened();
      await store.cacheAuthorization(station, 'aBc', { status: 'Blocked' }, undefined);
      await store.cacheAuthorization(station, 'ABC', { status: 'Accepted' }, 1000);
      expect(await store.cachedAuthorization(station, 'abc', 999)).toEqual({ status: 'Accepted' });
      expect(await store.cachedAuthorization(station, 'abc', 1000)).toBeUndefined();
      expect(await store.cachedAuthorization('CP 2', 'abc', 999)).toBeUndefined();
    });

    test('ClearCache forgets the cache of one station, not its local list', async () => {
      const { store } = opened();
      const list = { version: 3, entries: [{ idTag: 'X', idTagInfo: { status: 'Accepted' } }] };
      await store.saveLocalList(station, list);
      await store.cacheAuthorization(station, 'X', { status: 'Accepted' }, undefined);
      await store.cacheAuthorization('CP 2', 'X', { status: 'Accepted' }, undefined);
      await store.clearAuthorizations(station);
      expect(await store.cachedAuthorization(station, 'X', 0)).toBeUndefined();
      expect(await store.cachedAuthorization('CP 2', 'X', 0)).toEqual({ status: 'Accepted' });
      expect(await store.localList(station)).toEqual(list);
      expect(await store.localList('CP 2')).toBeUndefined();
    });
  });
}

async function headSeqs(store: Store): Promise<readonly (number | undefined)[]> {
  const { transaction, notice } = await store.peek(station);
  return [transaction?.seq, notice?.seq];
}
