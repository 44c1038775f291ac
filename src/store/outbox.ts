import type { Database } from 'better-sqlite3';
import type { InboundEntry, Lane, OutboxRow } from '../gateway/store-port.ts';
import type { Identities } from './identities.ts';
import { parsePayload } from './json.ts';
import { recordOf, type Transactions } from './transactions.ts';

/** What waiting rows and dead letters have in common, as SQLite returns it. */
export type MessageRow = {
  readonly seq: number;
  readonly station: number;
  readonly lane: number;
  readonly action: string;
  readonly payload: string;
  readonly atMs: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly offline: number;
  readonly tx: number | null;
  readonly txSeqNo: number | null;
  readonly reason?: string;
};

export const messageColumns = `seq, station, lane, action, payload, at_ms atMs, attempts, not_before_ms notBeforeMs,
  offline, tx, tx_seq_no txSeqNo`;

const laneNumbers: Readonly<Record<Lane, number>> = { transaction: 0, notice: 1 };

export type Outbox = ReturnType<typeof openOutbox>;

/** The rows that wait for the CSMS. */
export function openOutbox(db: Database) {
  const statements = prepare(db);
  return {
    insert: (station: number, entry: InboundEntry, tx: number | null, txSeqNo: number | null): number => {
      const { action, lane, atMs, offline, replaceKey = null } = entry;
      const payload = JSON.stringify(entry.payload);
      return Number(
        statements.insert.run(
          station,
          laneNumbers[lane],
          action,
          payload,
          atMs,
          offline ? 1 : 0,
          tx,
          txSeqNo,
          replaceKey,
        ).lastInsertRowid,
      );
    },
    /** Removes the waiting row that a newer one makes superfluous. */
    supersede: (station: number, replaceKey: string) => statements.supersede.run(station, replaceKey),
    joinTransaction: (seq: number, tx: number, txSeqNo: number) => statements.join.run(tx, txSeqNo, seq),
    head: (station: number, lane: Lane) => statements.head.get(station, laneNumbers[lane]),
    placeOf: (seq: number) => statements.placeOf.get(seq),
    remove: (seq: number) => statements.remove.run(seq),
    defer: (seq: number, attempts: number, notBeforeMs: number) => statements.defer.run(attempts, notBeforeMs, seq),
    markOffline: (seq: number) => statements.markOffline.run(seq),
    list: (station: number | undefined) =>
      station === undefined ? statements.all.all() : statements.allOf.all(station),
    count: () => statements.count.get() ?? 0,
    oldestMs: () => statements.oldest.get(),
    waitsFor: (station: number, tx: number) => statements.waitsFor.get(station, tx) !== undefined,
  };
}

function prepare(db: Database) {
  return {
    insert: db.prepare<[number, number, string, string, number, number, number | null, number | null, string | null]>(
      `insert into outbox (station, lane, action, payload, at_ms, offline, tx, tx_seq_no, replace_key)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    supersede: db.prepare<[number, string]>('delete from outbox where station = ? and replace_key = ?'),
    join: db.prepare<[number, number, number]>('update outbox set tx = ?, tx_seq_no = ? where seq = ?'),
    head: db.prepare<[number, number], MessageRow>(
      `select ${messageColumns} from outbox where station = ? and lane = ? order by seq limit 1`,
    ),
    placeOf: db.prepare<[number], Pick<MessageRow, 'station' | 'tx' | 'txSeqNo'>>(
      'select station, tx, tx_seq_no txSeqNo from outbox where seq = ?',
    ),
    remove: db.prepare<[number]>('delete from outbox where seq = ?'),
    defer: db.prepare<[number, number, number]>('update outbox set attempts = ?, not_before_ms = ? where seq = ?'),
    markOffline: db.prepare<[number]>('update outbox set offline = 1 where seq = ?'),
    all: db.prepare<[], MessageRow>(`select ${messageColumns} from outbox order by seq`),
    allOf: db.prepare<[number], MessageRow>(`select ${messageColumns} from outbox where station = ? order by seq`),
    count: db.prepare<[], number>('select count(*) from outbox').pluck(),
    oldest: db.prepare<[], number>('select at_ms from outbox order by seq limit 1').pluck(),
    waitsFor: db.prepare<[number, number], number>('select 1 from outbox where station = ? and tx = ? limit 1').pluck(),
  };
}

/** A row as the port shows it; with the transaction as it is now. */
export function rowFor(row: MessageRow, identities: Identities, transactions: Transactions): OutboxRow {
  return {
    seq: row.seq,
    station: identities.name(row.station),
    action: row.action,
    payload: parsePayload(row.payload),
    lane: row.lane === 0 ? 'transaction' : 'notice',
    atMs: row.atMs,
    attempts: row.attempts,
    notBeforeMs: row.notBeforeMs,
    offline: row.offline === 1,
    transaction: row.tx === null ? undefined : recordOf(transactions.byId(row.tx)),
    txSeqNo: row.txSeqNo ?? undefined,
    deadReason: row.reason,
  };
}
