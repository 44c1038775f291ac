import type { Payload } from '../../src/gateway/ports.ts';
import {
  type Appended,
  type Completed,
  type Heads,
  type InboundEntry,
  type Lane,
  type LocalList,
  type MessageCounts,
  type OutboxCounts,
  type OutboxRow,
  type Outcome,
  type SessionFilter,
  type SessionRecord,
  StaleEpoch,
  type StartAnswer,
  type StationRecord,
  StoreUnavailable,
  type TransactionEffect,
  type TransactionRecord,
} from '../../src/gateway/store-port.ts';
import type { EveryStore } from '../../src/main/own-store.ts';
import type { Copied, ServedJob } from '../../src/timetable/ports.ts';
import { copyOf, recordOf, type Row, shown, type Transaction } from './memory-rows.ts';
import { MemoryStates } from './memory-states.ts';
import { countsByStation, sessionsAmong, stop } from './memory-views.ts';

type Receipt = { readonly seq: number; readonly atMs: number; readonly answer: Payload | undefined };
type Authorization = { readonly idTagInfo: Payload; readonly untilMs: number | undefined };

const startIsDead = 'its StartTransaction is a dead letter';
const provisional = { from: 1_900_000_000, to: 2_000_000_000 };
const bySeq = (one: { readonly seq: number }, other: { readonly seq: number }) => one.seq - other.seq;

/** The store's port without a disk: what the bench calls "log off". Keeps all promises of the port but the lasting ones. */
export class MemoryStore extends MemoryStates implements EveryStore {
  readonly #stations = new Map<string, StationRecord>();
  readonly #servedJobs = new Map<string, ServedJob>();
  readonly #settings = new Map<string, Record<string, string>>();
  readonly #lanes: Readonly<Record<Lane, Map<string, Row[]>>> = { transaction: new Map(), notice: new Map() };
  /**
   * The lane that each waiting row stands in. Not the row: a map that is emptied as fast as it is filled is copied all the
   * time, and V8 keeps alive what its old copies hold until the next full collection.
   */
  readonly #places = new Map<number, Row[]>();
  readonly #dead = new Map<number, Row>();
  readonly #receipts = new Map<string, Receipt>();
  readonly #transactions = new Map<string, Transaction[]>();
  readonly #starts = new Map<number, Transaction>();
  readonly #lists = new Map<string, LocalList>();
  readonly #authorizations = new Map<string, Map<string, Authorization>>();
  #owner = { holder: '', epoch: 0 };
  #lastSeq = 0;
  #lastTransaction = 0;
  #nextProvisional = provisional.from;
  #closed = false;

  async claim(holder: string): Promise<number> {
    this.#assertOpen();
    if (this.#owner.holder !== holder) this.#owner = { holder, epoch: this.#owner.epoch + 1 };
    return this.#owner.epoch;
  }

  async servedJobs(): Promise<readonly ServedJob[]> {
    return [...this.#servedJobs.values()];
  }

  async saveServedJob(served: ServedJob): Promise<void> {
    this.#servedJobs.set(served.job, served);
  }

  async copyTo(): Promise<Copied> {
    return { kind: 'failed', reason: 'nothing of this store is on disk' };
  }

  async stations(): Promise<readonly StationRecord[]> {
    return [...this.#stations.values()];
  }

  async saveStation(station: StationRecord): Promise<void> {
    this.#stations.set(station.identity, station);
  }

  async settings(station: string): Promise<Readonly<Record<string, string>>> {
    return { ...this.#settings.get(station) };
  }

  async saveSetting(station: string, key: string, value: string): Promise<void> {
    this.#settings.set(station, { ...this.#settings.get(station), [key]: value });
  }

  async appendInbound(entry: InboundEntry): Promise<Appended> {
    this.#assertOpen();
    const key = entry.dedupeKey === undefined ? undefined : `${entry.station} ${entry.dedupeKey}`;
    const receipt = key === undefined ? undefined : this.#receipts.get(key);
    if (receipt !== undefined) return { kind: 'duplicate', seq: receipt.seq, answer: this.#answerOf(receipt) };
    const seq = ++this.#lastSeq;
    if (key !== undefined) this.#receipts.set(key, { seq, atMs: entry.atMs, answer: entry.answer });
    if (entry.replaceKey !== undefined) this.#supersede(entry.station, entry.replaceKey);
    const tx = entry.transaction && this.#touch(seq, entry, entry.transaction);
    this.#keep(seq, entry, tx);
    return { kind: 'stored', seq, transaction: tx && recordOf(tx) };
  }

  async settleStart(seq: number, idTagInfo: Payload): Promise<StartAnswer> {
    const tx = this.#startedBy(seq);
    if (tx.chargerTxId !== undefined && tx.told !== undefined) {
      return { transactionId: tx.chargerTxId, idTagInfo: tx.told, toldBefore: tx.offline };
    }
    Object.assign(tx, { chargerTxId: this.#provisionalId(), told: idTagInfo, offline: true });
    const row = this.#row(seq);
    if (row !== undefined) row.offline = true;
    return { transactionId: tx.chargerTxId ?? 0, idTagInfo, toldBefore: false };
  }

  async peek(station: string): Promise<Heads> {
    const head = (lane: Lane) => {
      const row = this.#lanes[lane].get(station)?.[0];
      return row && shown(row);
    };
    return { transaction: head('transaction'), notice: head('notice') };
  }

  async complete(seq: number, epoch: number, outcome: Outcome): Promise<Completed> {
    this.#check(epoch);
    switch (outcome.kind) {
      case 'delivered':
        this.#remove(seq);
        return outcome;
      case 'started':
        return this.#completeStart(seq, outcome.csmsTxId, outcome.idTagInfo);
    }
  }

  async defer(seq: number, epoch: number, attempts: number, notBeforeMs: number): Promise<void> {
    this.#check(epoch);
    const row = this.#row(seq);
    if (row !== undefined) Object.assign(row, { attempts, notBeforeMs });
  }

  async deadLetter(seq: number, epoch: number, reason: string, _atMs: number): Promise<void> {
    this.#check(epoch);
    const row = this.#row(seq);
    if (row === undefined) return;
    this.#bury(row, reason);
    if (row.tx === undefined || row.txSeqNo !== 0) return;
    row.tx.dead = true;
    const dependents = this.#rows().filter(({ tx }) => tx === row.tx);
    dependents.forEach((dependent) => this.#bury(dependent, startIsDead));
  }

  async transactionOfCharger(station: string, chargerTxId: number): Promise<TransactionRecord | undefined> {
    return copyOf(this.#newest(station, (tx) => tx.chargerTxId === chargerTxId));
  }

  async transactionOfCsms(station: string, csmsTxId: string): Promise<TransactionRecord | undefined> {
    return copyOf(this.#newest(station, (tx) => tx.csmsTxId === csmsTxId));
  }

  async openTransactions(station: string): Promise<readonly TransactionRecord[]> {
    return this.#open(station).map(recordOf);
  }

  async markLateRefusal(transaction: number): Promise<void> {
    const found = [...this.#transactions.values()].flat().find(({ id }) => id === transaction);
    if (found !== undefined) found.lateRefusal = true;
  }

  async localList(station: string): Promise<LocalList | undefined> {
    return this.#lists.get(station);
  }

  async saveLocalList(station: string, list: LocalList): Promise<void> {
    this.#lists.set(station, list);
  }

  async cacheAuthorization(station: string, idTag: string, idTagInfo: Payload, untilMs: number | undefined) {
    const tags = this.#authorizations.get(station) ?? new Map<string, Authorization>();
    this.#authorizations.set(station, tags.set(idTag.toLowerCase(), { idTagInfo, untilMs }));
  }

  async cachedAuthorization(station: string, idTag: string, nowMs: number): Promise<Payload | undefined> {
    const cached = this.#authorizations.get(station)?.get(idTag.toLowerCase());
    return cached !== undefined && (cached.untilMs ?? Infinity) > nowMs ? cached.idTagInfo : undefined;
  }

  async clearAuthorizations(station: string): Promise<void> {
    this.#authorizations.delete(station);
  }

  async outbox(filter: { readonly station?: string; readonly dead?: boolean }): Promise<readonly OutboxRow[]> {
    const waiting = filter.dead === true ? [] : this.#rows();
    const dead = filter.dead === false ? [] : [...this.#dead.values()];
    const ofStation = (row: Row) => filter.station === undefined || row.station === filter.station;
    return [...waiting, ...dead].filter(ofStation).toSorted(bySeq).map(shown);
  }

  async retryDead(seq: number): Promise<number> {
    const group = this.#groupOf(seq);
    const tx = group[0]?.tx;
    if (tx?.dead === true && !group.some(({ txSeqNo }) => txSeqNo === 0)) return 0;
    if (tx !== undefined) tx.dead = false;
    for (const row of group) {
      this.#dead.delete(row.seq);
      this.#enqueue({ ...row, attempts: 0, notBeforeMs: 0, deadReason: undefined });
    }
    return group.length;
  }

  async dropDead(seq: number): Promise<number> {
    const group = this.#groupOf(seq);
    group.forEach((row) => this.#dead.delete(row.seq));
    return group.length;
  }

  async counts(): Promise<OutboxCounts> {
    const oldest = this.#rows().toSorted(bySeq)[0];
    const openTransactions = [...this.#transactions.keys()].reduce((sum, key) => sum + this.#open(key).length, 0);
    const bytes = this.#rows().reduce((sum, { payload }) => sum + Buffer.byteLength(JSON.stringify(payload)), 0);
    return { waiting: this.#places.size, bytes, oldestMs: oldest?.atMs, dead: this.#dead.size, openTransactions };
  }

  async openTransactionCounts(): Promise<ReadonlyMap<string, number>> {
    const counts = [...this.#transactions.keys()].map((key) => [key, this.#open(key).length] as const);
    return new Map(counts.filter(([, open]) => open > 0));
  }

  async messageCounts(): Promise<ReadonlyMap<string, MessageCounts>> {
    return countsByStation(this.#rows(), [...this.#dead.values()]);
  }

  async sessions(filter: SessionFilter): Promise<readonly SessionRecord[]> {
    return sessionsAmong([...this.#transactions.values()].flat(), filter);
  }

  async prune(beforeMs: number): Promise<void> {
    for (const [key, { atMs }] of this.#receipts) if (atMs < beforeMs) this.#receipts.delete(key);
    const needed = new Set([...this.#rows(), ...this.#dead.values()].map(({ tx }) => tx));
    const stays = (tx: Transaction) => recordOf(tx).state === 'open' || tx.lastAtMs >= beforeMs || needed.has(tx);
    for (const [station, transactions] of this.#transactions) {
      this.#transactions.set(station, transactions.filter(stays));
    }
  }

  async health(): Promise<{ readonly writable: boolean; readonly walBytes: number }> {
    return { writable: !this.#closed, walBytes: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #keep(seq: number, entry: InboundEntry, tx: Transaction | undefined): void {
    const { station, action, payload, lane, atMs, offline, replaceKey } = entry;
    const txSeqNo = tx === undefined ? undefined : tx.nextSeqNo - 1;
    const fresh = { attempts: 0, notBeforeMs: 0, deadReason: undefined };
    const row: Row = { seq, station, action, payload, lane, atMs, offline, replaceKey, tx, txSeqNo, ...fresh };
    if (tx?.dead === true) this.#bury(row, startIsDead);
    else this.#enqueue(row);
  }

  #touch(seq: number, entry: InboundEntry, effect: TransactionEffect): Transaction | undefined {
    const tx = effect.kind === 'start' ? this.#start(seq, entry, effect) : this.#find(entry.station, effect);
    if (tx === undefined) return undefined;
    tx.nextSeqNo++;
    tx.lastAtMs = entry.atMs;
    if (effect.kind === 'stop') stop(tx, effect);
    return tx;
  }

  #start(
    startSeq: number,
    { station, atMs }: InboundEntry,
    effect: TransactionEffect & { kind: 'start' },
  ): Transaction {
    const { connector, idTag, startedAt, meterStart, reservationId, remoteStartId } = effect;
    const described = { station, connector, idTag, startedAt, meterStart, reservationId, remoteStartId };
    const ids = { chargerTxId: undefined, csmsTxId: undefined, told: undefined, end: {} };
    const flags = { state: 'open' as const, stopped: false, dead: false, offline: false, lateRefusal: false };
    const id = ++this.#lastTransaction;
    const tx: Transaction = { id, startSeq, lastAtMs: atMs, nextSeqNo: 0, ...described, ...ids, ...flags };
    this.#starts.set(startSeq, tx);
    this.#transactions.set(station, [...(this.#transactions.get(station) ?? []), tx]);
    return tx;
  }

  #find(station: string, effect: Exclude<TransactionEffect, { kind: 'start' }>): Transaction | undefined {
    const { chargerTxId } = effect;
    const named = chargerTxId === undefined ? undefined : this.#newest(station, (tx) => tx.chargerTxId === chargerTxId);
    if (named !== undefined || effect.kind === 'stop') return named;
    const here = this.#open(station).filter((tx) => tx.connector === effect.connector);
    return here.length === 1 ? here[0] : undefined;
  }

  #completeStart(seq: number, csmsTxId: string, idTagInfo: Payload): Completed {
    const tx = this.#startedBy(seq);
    tx.csmsTxId ??= csmsTxId;
    this.#remove(seq);
    tx.chargerTxId ??= this.#chargerIdFor(tx, csmsTxId);
    tx.told ??= idTagInfo;
    const answer = { transactionId: tx.chargerTxId, idTagInfo: tx.told, toldBefore: tx.offline };
    return { kind: 'started', answer, transaction: recordOf(tx) };
  }

  #chargerIdFor({ station }: Transaction, csmsTxId: string): number {
    const id = Number(csmsTxId);
    const carried = Number.isInteger(id) && id > 0 && id < 2 ** 31 && String(id) === csmsTxId;
    const free = id < provisional.from || id > provisional.to;
    const used = this.#open(station).some((tx) => tx.chargerTxId === id);
    return carried && free && !used ? id : this.#provisionalId();
  }

  #provisionalId(): number {
    return this.#nextProvisional++;
  }

  #enqueue(row: Row): void {
    const rows = this.#lanes[row.lane].get(row.station) ?? [];
    rows.push(row);
    if ((rows.at(-2)?.seq ?? 0) > row.seq) rows.sort(bySeq);
    this.#lanes[row.lane].set(row.station, rows);
    this.#places.set(row.seq, rows);
  }

  #remove(seq: number): void {
    const row = this.#row(seq);
    if (row === undefined) return;
    const rows = this.#lanes[row.lane].get(row.station) ?? [];
    rows.splice(rows.indexOf(row), 1);
    this.#places.delete(seq);
  }

  #row(seq: number): Row | undefined {
    return this.#places.get(seq)?.find((row) => row.seq === seq);
  }

  #rows(): readonly Row[] {
    return [...this.#lanes.transaction.values(), ...this.#lanes.notice.values()].flat();
  }

  #supersede(station: string, replaceKey: string): void {
    const rows = [...(this.#lanes.notice.get(station) ?? []), ...(this.#lanes.transaction.get(station) ?? [])];
    rows.filter((row) => row.replaceKey === replaceKey).forEach((row) => this.#remove(row.seq));
  }

  #bury(row: Row, reason: string): void {
    this.#remove(row.seq);
    this.#dead.set(row.seq, { ...row, deadReason: reason });
  }

  /** Everything that stands or falls with a dead letter, in order. */
  #groupOf(seq: number): readonly Row[] {
    const row = this.#dead.get(seq);
    if (row === undefined) return [];
    if (row.tx?.dead !== true) return [row];
    return [...this.#dead.values()].filter(({ tx }) => tx === row.tx).toSorted(bySeq);
  }

  #answerOf({ seq, answer }: Receipt): Payload | undefined {
    const tx = this.#starts.get(seq);
    if (answer !== undefined || tx?.told === undefined) return answer;
    return { transactionId: tx.chargerTxId, idTagInfo: tx.told };
  }

  #open(station: string): readonly Transaction[] {
    return (this.#transactions.get(station) ?? []).filter((tx) => !tx.stopped && !tx.dead);
  }

  #newest(station: string, matches: (tx: Transaction) => boolean): Transaction | undefined {
    return this.#open(station).findLast(matches) ?? this.#transactions.get(station)?.findLast(matches);
  }

  #startedBy(seq: number): Transaction {
    const tx = this.#starts.get(seq);
    if (tx === undefined) throw new Error(`${seq} is not the number of a StartTransaction`);
    return tx;
  }

  #check(epoch: number): void {
    this.#assertOpen();
    if (epoch !== this.#owner.epoch) throw new StaleEpoch(`epoch ${epoch} is not ${this.#owner.epoch}`);
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
  }
}
