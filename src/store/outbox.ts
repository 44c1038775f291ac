import type { Database } from 'better-sqlite3';
import type { Payload } from '../gateway/ports.ts';
import type { Lane, OutboxRow, TransactionRecord } from '../gateway/store-port.ts';
import { frontLength } from './fronts.ts';
import { parsePayload } from './json.ts';
import type { WrittenEntry } from './verbs.ts';

/** A kept message: a waiting row or a dead letter. */
export type Message = {
  readonly seq: number;
  readonly station: number;
  readonly lane: Lane;
  readonly action: string;
  readonly payload: Payload;
  readonly atMs: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly offline: boolean;
  readonly tx: number | null;
  readonly txSeqNo: number | null;
  readonly reason?: string;
};

/** A message as SQLite returns it. */
export type MessageRow = Omit<Message, 'lane' | 'payload' | 'offline'> & {
  readonly lane: number;
  readonly payload: string;
  readonly offline: number;
};

export const messageColumns = `seq, station, lane, action, payload, at_ms atMs, attempts, not_before_ms notBeforeMs,
  offline, tx, tx_seq_no txSeqNo`;

const laneNumbers: Readonly<Record<Lane, number>> = { transaction: 0, notice: 1 };
const laneOf = (number: number): Lane => (number === 0 ? 'transaction' : 'notice');

/** The place of a message within its transaction. */
export type TransactionPlace = { readonly id: number; readonly seqNo: number };

/** What waits: rows, and the bytes of their payloads. */
export type Waiting = { readonly rows: number; readonly bytes: number };

const none: Waiting = { rows: 0, bytes: 0 };

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

export type Outbox = ReturnType<typeof openOutbox>;

/** The rows that wait for the CSMS. */
export function openOutbox(db: Database) {
  const statements = prepare(db);
  // Counting reads the whole table: done once, and again after a rollback.
  let waiting: Map<number, Waiting> | undefined;
  const grew = (station: number, rows: number, bytes: number) => {
    const before = waiting?.get(station) ?? none;
    waiting?.set(station, { rows: before.rows + rows, bytes: before.bytes + bytes });
  };
  const shrank = (station: number, removed: readonly number[]) => {
    if (removed.length > 0) grew(station, -removed.length, -sumOf(removed));
  };
  const countByStation = (): ReadonlyMap<number, Waiting> => {
    waiting ??= new Map(statements.count.all().map(({ station, ...counted }) => [station, counted]));
    return waiting;
  };
  return {
    insert: (seq: number, station: number, entry: WrittenEntry, place: TransactionPlace | undefined): void => {
      const { action, payload, atMs, replaceKey = null } = entry;
      const lane = laneNumbers[entry.lane];
      const offline = entry.offline ? 1 : 0;
      const [tx, txSeqNo] = place === undefined ? [null, null] : [place.id, place.seqNo];
      statements.insert.run(seq, station, lane, action, payload, atMs, offline, tx, txSeqNo, replaceKey);
      grew(station, 1, Buffer.byteLength(payload));
    },
    /** Removes the waiting row that a newer one makes superfluous. */
    supersede: (station: number, replaceKey: string): void => {
      shrank(station, statements.supersede.all(station, replaceKey));
    },
    /** The first rows of a lane, lowest seq first. */
    front: (station: number, lane: Lane): readonly Message[] =>
      statements.front.all(station, laneNumbers[lane], frontLength).map(messageOf),
    /** Where a waiting row stands; undefined when it does not wait any more. */
    placeOf: (seq: number) => statements.placeOf.get(seq),
    remove: (seq: number): void => {
      const removed = statements.remove.get(seq);
      if (removed !== undefined) grew(removed.station, -1, -removed.bytes);
    },
    removeOfTransaction: (station: number, tx: number): void => {
      shrank(station, statements.removeOfTransaction.all(station, tx));
    },
    defer: (seq: number, attempts: number, notBeforeMs: number) => statements.defer.run(attempts, notBeforeMs, seq),
    markOffline: (seq: number) => statements.markOffline.run(seq),
    list: (station: number | undefined): readonly Message[] =>
      (station === undefined ? statements.all.all() : statements.allOf.all(station)).map(messageOf),
    /** All that waits, and the bytes of its payloads. */
    count: (): Waiting => {
      const all = [...countByStation().values()];
      return { rows: sumOf(all.map(({ rows }) => rows)), bytes: sumOf(all.map(({ bytes }) => bytes)) };
    },
    countByStation,
    oldestMs: () => statements.oldest.get(),
    waitsFor: (station: number, tx: number) => statements.waitsFor.get(station, tx) !== undefined,
    /** Rows were changed from outside, or a rollback undid some. */
    forget: (): void => {
      waiting = undefined;
    },
  };
}

/** In UTF-8. */
const payloadBytes = 'length(cast(payload as blob))';

function prepare(db: Database) {
  return {
    insert: db.prepare<
      [number, number, number, string, string, number, number, number | null, number | null, string | null]
    >(
      `insert into outbox (seq, station, lane, action, payload, at_ms, offline, tx, tx_seq_no, replace_key)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    supersede: db
      .prepare<[number, string], number>(
        `delete from outbox where station = ? and replace_key = ? returning ${payloadBytes}`,
      )
      .pluck(),
    front: db.prepare<[number, number, number], MessageRow>(
      `select ${messageColumns} from outbox where station = ? and lane = ? order by seq limit ?`,
    ),
    placeOf: db.prepare<[number], Pick<MessageRow, 'station' | 'tx' | 'txSeqNo'>>(
      'select station, tx, tx_seq_no txSeqNo from outbox where seq = ?',
    ),
    remove: db.prepare<[number], { station: number; bytes: number }>(
      `delete from outbox where seq = ? returning station, ${payloadBytes} bytes`,
    ),
    removeOfTransaction: db
      .prepare<[number, number], number>(`delete from outbox where station = ? and tx = ? returning ${payloadBytes}`)
      .pluck(),
    defer: db.prepare<[number, number, number]>('update outbox set attempts = ?, not_before_ms = ? where seq = ?'),
    markOffline: db.prepare<[number]>('update outbox set offline = 1 where seq = ?'),
    all: db.prepare<[], MessageRow>(`select ${messageColumns} from outbox order by seq`),
    allOf: db.prepare<[number], MessageRow>(`select ${messageColumns} from outbox where station = ? order by seq`),
    count: db.prepare<[], Waiting & { station: number }>(
      `select station, count(*) rows, sum(${payloadBytes}) bytes from outbox group by station`,
    ),
    oldest: db.prepare<[], number>('select at_ms from outbox order by seq limit 1').pluck(),
    waitsFor: db.prepare<[number, number], number>('select 1 from outbox where station = ? and tx = ? limit 1').pluck(),
  };
}

export function messageOf(row: MessageRow): Message {
  return { ...row, lane: laneOf(row.lane), payload: parsePayload(row.payload), offline: row.offline === 1 };
}

/** A message as the port shows it. */
export function rowFor(message: Message, station: string, transaction: TransactionRecord | undefined): OutboxRow {
  const { seq, lane, action, payload, atMs, attempts, notBeforeMs, offline, txSeqNo, reason } = message;
  return {
    seq,
    station,
    action,
    payload,
    lane,
    atMs,
    attempts,
    notBeforeMs,
    offline,
    transaction,
    txSeqNo: txSeqNo ?? undefined,
    deadReason: reason,
  };
}
