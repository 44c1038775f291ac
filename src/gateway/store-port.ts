import type { ChargerWire, Payload } from './ports.ts';

/**
 * What the gateway remembers. All verbs are async and take whole units of work as plain data: a call either happened in
 * full and is on disk (`synchronous=FULL`) when its promise resolves, or it rejects with StoreUnavailable and nothing
 * happened. Calls of one event-loop turn may share one commit. Each write of the pump carries its owner's epoch.
 */
export interface Store {
  // ---- ownership
  /** Takes the ownership of all stations of this data folder; constant while the process lives. */
  claim(holder: string): Promise<number>;

  // ---- stations
  stations(): Promise<readonly StationRecord[]>;
  /** Inserts or replaces by identity. */
  saveStation(station: StationRecord): Promise<void>;
  /**
   * Settings that the CSMS changed here: key → value, of the link (AuthorizationKey, WebSocketPingInterval, …) and of
   * chargers that cannot be asked for their configuration (`written.<key>`).
   */
  settings(station: string): Promise<Readonly<Record<string, string>>>;
  saveSetting(station: string, key: string, value: string): Promise<void>;

  // ---- from the charger, towards the CSMS
  /**
   * Keeps one message of a charger and, with it, what it does to transactions. A message with the natural
   * key of an earlier one is not kept again: `duplicate` tells what the charger was answered, if it was already.
   */
  appendInbound(entry: InboundEntry): Promise<Appended>;
  /** Decides the answer of a StartTransaction for which the CSMS had no time: a provisional id, unless complete() was first. */
  settleStart(seq: number, idTagInfo: Payload, atMs: number): Promise<StartAnswer>;

  // ---- the pump
  /** The next row of each lane, lowest seq first; transaction rows come with their transaction. */
  peek(station: string): Promise<Heads>;
  /** The CSMS has it: the row goes, its results stay, in one unit of work. For a StartTransaction the ids are mapped. */
  complete(seq: number, epoch: number, outcome: Outcome): Promise<Completed>;
  /** Not now: `attempts` counts CALLERRORs, `notBeforeMs` is wall clock. */
  defer(seq: number, epoch: number, attempts: number, notBeforeMs: number): Promise<void>;
  /** Moves a row out of the way, and with a StartTransaction every row of its transaction, now and later. */
  deadLetter(seq: number, epoch: number, reason: string, atMs: number): Promise<void>;

  // ---- transactions
  /** By the id that the charger knows; the newest open one first, else the newest. */
  transactionOfCharger(station: string, chargerTxId: number): Promise<TransactionRecord | undefined>;
  /** By the id that the CSMS knows; the newest open one first, else the newest. */
  transactionOfCsms(station: string, csmsTxId: string): Promise<TransactionRecord | undefined>;
  openTransactions(station: string): Promise<readonly TransactionRecord[]>;
  /** Notes on a transaction that the gateway asked the charger to stop it since the CSMS refused it afterwards. */
  markLateRefusal(transaction: number): Promise<void>;

  // ---- who may charge while the CSMS is away
  localList(station: string): Promise<LocalList | undefined>;
  saveLocalList(station: string, list: LocalList): Promise<void>;
  /** What the CSMS said of a tag; `untilMs` bounds its use (expiryDate, or ten minutes for a RemoteStart). Tags match without case. */
  cacheAuthorization(station: string, idTag: string, idTagInfo: Payload, untilMs: number | undefined): Promise<void>;
  cachedAuthorization(station: string, idTag: string, nowMs: number): Promise<Payload | undefined>;
  /** ClearCache reached the charger: what was cached for it is forgotten here too (the local list stays). */
  clearAuthorizations(station: string): Promise<void>;

  // ---- the operator
  outbox(filter: { readonly station?: string; readonly dead?: boolean }): Promise<readonly OutboxRow[]>;
  /**
   * Puts dead letters back in their old order; returns how many rows. `seq` may name any row of a group. None when the
   * group's StartTransaction was dropped: the rest would wait for its id for ever.
   */
  retryDead(seq: number): Promise<number>;
  /** Removes a dead letter and its group for good; returns how many rows. */
  dropDead(seq: number): Promise<number>;
  counts(): Promise<OutboxCounts>;
  /** Open transactions by station; stations without any are left out. */
  openTransactionCounts(): Promise<ReadonlyMap<string, number>>;
  /** Messages by station; stations without any are left out. */
  messageCounts(): Promise<ReadonlyMap<string, MessageCounts>>;
  /** Transactions, running or ended, those that were kept last first. */
  sessions(filter: SessionFilter): Promise<readonly SessionRecord[]>;

  /** Forgets receipts older than this; called now and then. */
  prune(beforeMs: number): Promise<void>;
  /** Writable, and how large the WAL is. */
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

/** The disk is full, the database broken or gone: nothing was kept. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** A write of the pump carried an epoch that is not the latest given by `claim`: nothing was changed. */
export class StaleEpoch extends Error {
  override readonly name = 'StaleEpoch';
}

export type Standing = 'accepted' | 'quarantined' | 'blocked';

export type StationRecord = {
  readonly identity: string;
  readonly standing: Standing;
  readonly csmsIdentity: string;
  readonly csmsProtocol: 'ocpp1.6';
  readonly wire: ChargerWire;
  /** Where it spoke from when it was first trusted (trust on first use). */
  readonly source: string | undefined;
  /** Callback address, already allowed. */
  readonly callback: string | undefined;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly boot: BootRecord | undefined;
  /** Largest connectorId seen. */
  readonly connectors: number;
};

export type BootRecord = {
  readonly payload: Payload;
  readonly atMs: number;
  /** What the CSMS answered last; undefined while it never heard of this boot. */
  readonly csms:
    | {
        readonly status: 'Accepted' | 'Pending' | 'Rejected';
        readonly intervalS: number;
        /** URL of the CSMS that said so; another one never heard of this boot. */
        readonly url?: string;
      }
    | undefined;
  /** What the charger was answered last. */
  readonly told: 'Accepted' | 'Pending' | 'Rejected';
  /** True until the CSMS heard of it. */
  readonly unheard: boolean;
};

/** `transaction` rows are strictly FIFO; `notice` rows may overtake them while they wait (OCPP 1.6 §3.7). */
export type Lane = 'transaction' | 'notice';

export type InboundEntry = {
  readonly station: string;
  readonly action: string;
  /** As the charger sent it, in house language; ids are rewritten when it is sent. */
  readonly payload: Payload;
  readonly lane: Lane;
  readonly atMs: number;
  /**
   * The natural key, without station; absent = never a duplicate. Keys that begin with a time lie together, which makes
   * the commit of many stations' messages cheaper.
   */
  readonly dedupeKey?: string;
  /** A waiting row of the same station with this key is replaced (only the last status of a connector counts). */
  readonly replaceKey?: string;
  /** What the charger is answered, when that is known before the CSMS speaks. */
  readonly answer?: Payload;
  readonly offline: boolean;
  readonly transaction?: TransactionEffect;
};

export type TransactionEffect =
  | {
      readonly kind: 'start';
      readonly connector: number;
      readonly idTag: string;
      readonly startedAt: string;
      readonly meterStart: number;
      readonly reservationId?: number;
      readonly remoteStartId?: number;
    }
  /** `chargerTxId` absent or unknown: the connector's only open transaction, if there is exactly one. */
  | { readonly kind: 'update'; readonly chargerTxId?: number; readonly connector?: number }
  | ({ readonly kind: 'stop'; readonly chargerTxId: number } & SessionEnd);

/** How a transaction ended, as far as the charger told. */
export type SessionEnd = {
  /** ISO 8601, as the charger said it. */
  readonly stoppedAt?: string;
  readonly meterStopWh?: number;
  /** OCPP 1.6 §7.37. */
  readonly reason?: string;
};

/** A transaction and its end; nothing is in `end` while it runs. */
export type SessionRecord = TransactionRecord & { readonly end: SessionEnd };

/** Which transactions; what is absent does not matter. */
export type SessionFilter = {
  readonly stations?: readonly string[];
  /** When they began, by the charger: from the first, before the second. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly running?: boolean;
  /** Only those that were kept before this one. */
  readonly before?: number;
  readonly limit: number;
};

/** Of one station: what waits for the CSMS, and what it refused for good. */
export type MessageCounts = { readonly waiting: number; readonly dead: number };

export type Appended =
  | { readonly kind: 'stored'; readonly seq: number; readonly transaction: TransactionRecord | undefined }
  /** `answer` is absent while a StartTransaction is still undecided: wait for it, or settle it. */
  | { readonly kind: 'duplicate'; readonly seq: number; readonly answer: Payload | undefined };

export type TransactionRecord = {
  /** Our own key. */
  readonly id: number;
  readonly station: string;
  readonly connector: number;
  readonly idTag: string;
  readonly startedAt: string;
  readonly meterStart: number;
  readonly reservationId: number | undefined;
  readonly remoteStartId: number | undefined;
  /** What the charger was told; undefined until it was. */
  readonly chargerTxId: number | undefined;
  /** As text: OCPP 2.0.1 ids are. Undefined until the CSMS said it. */
  readonly csmsTxId: string | undefined;
  readonly state: 'open' | 'stopped' | 'dead';
  /** The charger was answered before the CSMS was. */
  readonly offline: boolean;
  readonly lateRefusal: boolean;
  readonly nextSeqNo: number;
};

export type OutboxRow = {
  readonly seq: number;
  readonly station: string;
  readonly action: string;
  readonly payload: Payload;
  readonly lane: Lane;
  readonly atMs: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly offline: boolean;
  readonly transaction: TransactionRecord | undefined;
  /** Sequence number within its transaction, from 0. */
  readonly txSeqNo: number | undefined;
  readonly deadReason: string | undefined;
};

export type Heads = { readonly transaction: OutboxRow | undefined; readonly notice: OutboxRow | undefined };

export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'started'; readonly csmsTxId: string; readonly idTagInfo: Payload };

export type Completed =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'started'; readonly answer: StartAnswer; readonly transaction: TransactionRecord };

/** What the charger is told. `toldBefore`: the gateway had told it before, with a provisional id. */
export type StartAnswer = {
  readonly transactionId: number;
  readonly idTagInfo: Payload;
  readonly toldBefore: boolean;
};

export type LocalList = {
  readonly version: number;
  readonly entries: readonly { readonly idTag: string; readonly idTagInfo: Payload }[];
};

export type StoreHealth = {
  readonly writable: boolean;
  readonly walBytes: number;
  /** Absent: nothing was written yet, or nobody measures it. */
  readonly commits?: CommitTimes;
};

/** Of the last commits to the disk. */
export type CommitTimes = { readonly medianS: number; readonly p99S: number; readonly longestS: number };

export type OutboxCounts = {
  readonly waiting: number;
  /** Of the payloads of what waits, as JSON in UTF-8. */
  readonly bytes: number;
  readonly oldestMs: number | undefined;
  readonly dead: number;
  readonly openTransactions: number;
};
