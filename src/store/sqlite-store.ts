import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { ChargingState } from '../charging/ports.ts';
import type { SiteState } from '../charging/site/ports.ts';
import type { Payload } from '../gateway/ports.ts';
import type {
  Appended,
  Completed,
  Heads,
  InboundEntry,
  Lane,
  LocalList,
  MessageCounts,
  OutboxCounts,
  OutboxRow,
  Outcome,
  SessionFilter,
  SessionRecord,
  StartAnswer,
  StationRecord,
  StoreHealth,
  TransactionRecord,
} from '../gateway/store-port.ts';
import type { Campaign, Member } from '../transfers/campaigns/ports.ts';
import type { NewTransfer, Recorded, Transfer, TransferFilter, TranscriptLine } from '../transfers/jobs/ports.ts';
import type { Copied, ServedJob } from '../timetable/ports.ts';
import { GroupCommit } from './commit.ts';
import { LastCommits } from './commit-times.ts';
import { copyDatabase } from './copy.ts';
import type { DiskGuard } from './disk-guard.ts';
import { append } from './inbound.ts';
import { type Message, rowFor } from './outbox.ts';
import { messageCounts } from './message-counts.ts';
import { prune } from './prune.ts';
import type { Rooms } from './rooms.ts';
import { completeStart, settleStart } from './starts.ts';
import { type Front, type Verbs, type WrittenEntry, written } from './verbs.ts';

/** The store on one SQLite file: each verb is one unit of work of the group commit. */
export class SqliteStore implements Verbs {
  readonly #db: Database;
  readonly #rooms: Rooms;
  readonly #guard: DiskGuard;
  readonly #commit: GroupCommit;
  readonly #release: () => void;
  readonly #closing = new AbortController();
  readonly #lastCommits = new LastCommits();
  readonly #copies = new Set<Promise<Copied>>();

  /** `release` is called after the file is closed. */
  constructor(db: Database, rooms: Rooms, guard: DiskGuard, release: () => void) {
    this.#db = db;
    this.#rooms = rooms;
    this.#guard = guard;
    const synced = (seconds: number) => this.#lastCommits.add(seconds);
    this.#commit = new GroupCommit(db, { ...guard, synced, undone: () => rooms.forget() });
    this.#release = release;
  }

  claim(holder: string): Promise<number> {
    return this.#commit.write('drains', () => this.#rooms.ownership.claim(holder));
  }

  // ---- stations

  stations(): Promise<readonly StationRecord[]> {
    return this.#commit.read(() => this.#rooms.stations.all());
  }

  saveStation(station: StationRecord): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.stations.save(this.#number(station.identity), station));
  }

  settings(station: string): Promise<Readonly<Record<string, string>>> {
    return this.#ofStation(station, (number) => this.#rooms.settings.of(number), {});
  }

  saveSetting(station: string, key: string, value: string): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.settings.save(this.#number(station), key, value));
  }

  // ---- from the charger

  appendInbound(entry: InboundEntry): Promise<Appended> {
    return this.append(written(entry));
  }

  append(entry: WrittenEntry): Promise<Appended> {
    return this.#commit.write('grows', () => append(this.#rooms, entry));
  }

  settleStart(seq: number, idTagInfo: Payload, _atMs: number): Promise<StartAnswer> {
    return this.#commit.write('drains', () => settleStart(this.#rooms, seq, idTagInfo));
  }

  // ---- the pump

  async peek(station: string): Promise<Heads> {
    const { transaction, notice } = await this.front(station);
    return { transaction: transaction[0], notice: notice[0] };
  }

  front(station: string): Promise<Front> {
    const none: Front = { transaction: [], notice: [] };
    const front = (number: number): Front => ({
      transaction: this.#frontOf(number, 'transaction'),
      notice: this.#frontOf(number, 'notice'),
    });
    return this.#ofStation(station, front, none);
  }

  complete(seq: number, epoch: number, outcome: Outcome): Promise<Completed> {
    return this.#owned(epoch, (): Completed => {
      switch (outcome.kind) {
        case 'started':
          return completeStart(this.#rooms, seq, outcome);
        case 'delivered':
          this.#rooms.outbox.remove(seq);
          return outcome;
      }
    });
  }

  defer(seq: number, epoch: number, attempts: number, notBeforeMs: number): Promise<void> {
    return this.#owned(epoch, () => {
      this.#rooms.outbox.defer(seq, attempts, notBeforeMs);
    });
  }

  deadLetter(seq: number, epoch: number, reason: string, atMs: number): Promise<void> {
    return this.#owned(epoch, () => this.#rooms.deadLetters.bury(seq, reason, atMs));
  }

  // ---- transactions

  transactionOfCharger(station: string, chargerTxId: number): Promise<TransactionRecord | undefined> {
    const find = (number: number) => this.#rooms.transactions.ofCharger(number, chargerTxId);
    return this.#ofStation(station, find, undefined);
  }

  transactionOfCsms(station: string, csmsTxId: string): Promise<TransactionRecord | undefined> {
    const find = (number: number) => this.#rooms.transactions.ofCsms(number, csmsTxId);
    return this.#ofStation(station, find, undefined);
  }

  openTransactions(station: string): Promise<readonly TransactionRecord[]> {
    return this.#ofStation(station, (number) => [...this.#rooms.transactions.open(number)], []);
  }

  markLateRefusal(transaction: number): Promise<void> {
    return this.#commit.write('drains', () => {
      this.#rooms.transactions.markLateRefusal(transaction);
    });
  }

  // ---- who may charge while the CSMS is away

  localList(station: string): Promise<LocalList | undefined> {
    return this.#ofStation(station, (number) => this.#rooms.authorizations.list(number), undefined);
  }

  saveLocalList(station: string, list: LocalList): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.authorizations.saveList(this.#number(station), list));
  }

  cacheAuthorization(station: string, idTag: string, idTagInfo: Payload, untilMs: number | undefined): Promise<void> {
    const { authorizations } = this.#rooms;
    return this.#commit.write('grows', () => authorizations.cache(this.#number(station), idTag, idTagInfo, untilMs));
  }

  cachedAuthorization(station: string, idTag: string, nowMs: number): Promise<Payload | undefined> {
    return this.#ofStation(station, (number) => this.#rooms.authorizations.cached(number, idTag, nowMs), undefined);
  }

  clearAuthorizations(station: string): Promise<void> {
    return this.#commit.write('drains', () => {
      this.#rooms.authorizations.clear(this.#number(station));
    });
  }

  // ---- smart charging

  chargingState(station: string): Promise<ChargingState | undefined> {
    return this.#ofStation(station, (number) => this.#rooms.chargingStates.of(number), undefined);
  }

  saveChargingState(station: string, state: ChargingState): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.chargingStates.save(this.#number(station), state));
  }

  siteState(site: string): Promise<SiteState | undefined> {
    return this.#commit.read(() => this.#rooms.siteStates.of(site));
  }

  saveSiteState(site: string, change: Partial<SiteState>): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.siteStates.save(site, change));
  }

  // ---- transfers

  addTransfer(transfer: NewTransfer): Promise<number> {
    const { transfers } = this.#rooms;
    return this.#commit.write('grows', () => transfers.add(this.#number(transfer.station), transfer));
  }

  saveTransfer(transfer: Transfer, lines: readonly TranscriptLine[]): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.transfers.save(transfer, lines));
  }

  transfers({ station, open }: TransferFilter): Promise<readonly Transfer[]> {
    const { transfers } = this.#rooms;
    if (station === undefined) return this.#commit.read(() => transfers.list(undefined, open));
    return this.#ofStation(station, (number) => transfers.list(number, open), []);
  }

  transfer(id: number): Promise<Recorded | undefined> {
    return this.#commit.read(() => this.#rooms.transfers.of(id));
  }

  pruneTransfers(beforeMs: number): Promise<void> {
    return this.#commit.write('drains', () => this.#rooms.transfers.prune(beforeMs));
  }

  campaigns(): Promise<readonly Campaign[]> {
    return this.#commit.read(() => this.#rooms.campaigns.all());
  }

  saveCampaign(campaign: Campaign, changed: readonly Member[]): Promise<void> {
    return this.#commit.write('grows', () => this.#rooms.campaigns.save(campaign, changed));
  }

  // ---- the timetable

  servedJobs(): Promise<readonly ServedJob[]> {
    return this.#commit.read(() => this.#rooms.servedJobs.all());
  }

  saveServedJob(served: ServedJob): Promise<void> {
    return this.#commit.write('drains', () => this.#rooms.servedJobs.save(served));
  }

  copyTo(path: string): Promise<Copied> {
    const copied = copyDatabase(this.#db, path, this.#closing.signal);
    this.#copies.add(copied);
    return copied.finally(() => this.#copies.delete(copied));
  }

  // ---- the operator

  outbox(filter: { readonly station?: string; readonly dead?: boolean }): Promise<readonly OutboxRow[]> {
    return this.#commit.read(() => this.#list(filter.station, filter.dead));
  }

  retryDead(seq: number): Promise<number> {
    return this.#commit.write('drains', () => this.#rooms.deadLetters.retry(seq));
  }

  dropDead(seq: number): Promise<number> {
    return this.#commit.write('drains', () => this.#rooms.deadLetters.drop(seq));
  }

  counts(): Promise<OutboxCounts> {
    const { outbox, deadLetters, transactionTable } = this.#rooms;
    return this.#commit.read(() => {
      const { rows: waiting, bytes } = outbox.count();
      const openTransactions = transactionTable.countOpen();
      return { waiting, bytes, oldestMs: outbox.oldestMs(), dead: deadLetters.count(), openTransactions };
    });
  }

  openTransactionCounts(): Promise<ReadonlyMap<string, number>> {
    return this.#commit.read(() => this.#rooms.transactionTable.openByStation());
  }

  messageCounts(): Promise<ReadonlyMap<string, MessageCounts>> {
    return this.#commit.read(() => messageCounts(this.#rooms));
  }

  sessions(filter: SessionFilter): Promise<readonly SessionRecord[]> {
    return this.#commit.read(() => this.#rooms.sessions.find(filter));
  }

  prune(beforeMs: number): Promise<void> {
    return prune(this.#rooms, this.#commit, beforeMs);
  }

  async health(): Promise<StoreHealth> {
    const wal = statSync(`${this.#db.name}-wal`, { throwIfNoEntry: false });
    const commits = this.#lastCommits.times();
    const disk = { writable: this.#db.open && this.#guard.writable(), walBytes: wal?.size ?? 0 };
    return commits === undefined ? disk : { ...disk, commits };
  }

  /** Commits what waits, folds the WAL into the file and lets go of the folder. */
  async close(): Promise<void> {
    this.#closing.abort();
    // one that still reads would keep the WAL from being folded
    if (this.#copies.size > 0) await Promise.allSettled(this.#copies);
    if (!this.#db.open) return;
    this.#commit.close();
    this.#db.close();
    this.#release();
  }

  #number(identity: string): number {
    return this.#rooms.identities.number(identity);
  }

  #ofStation<T>(identity: string, work: (station: number) => T, unknown: T): Promise<T> {
    return this.#commit.read(() => {
      const station = this.#rooms.identities.known(identity);
      return station === undefined ? unknown : work(station);
    });
  }

  #owned<T>(epoch: number, work: () => T): Promise<T> {
    return this.#commit.write('drains', () => {
      this.#rooms.ownership.check(epoch);
      return work();
    });
  }

  #row(message: Message): OutboxRow {
    const { identities, transactions } = this.#rooms;
    const transaction = message.tx === null ? undefined : transactions.of(message.station, message.tx);
    return rowFor(message, identities.name(message.station), transaction);
  }

  #frontOf(station: number, lane: Lane): readonly OutboxRow[] {
    return this.#rooms.outbox.front(station, lane).map((message) => this.#row(message));
  }

  #list(identity: string | undefined, dead: boolean | undefined): readonly OutboxRow[] {
    const { identities, outbox, deadLetters } = this.#rooms;
    const station = identity === undefined ? undefined : identities.known(identity);
    if (identity !== undefined && station === undefined) return [];
    const waiting = dead === true ? [] : outbox.list(station);
    const buried = dead === false ? [] : deadLetters.list(station);
    return [...waiting, ...buried].toSorted((one, other) => one.seq - other.seq).map((message) => this.#row(message));
  }
}
