import type { Database } from 'better-sqlite3';
import type { Payload } from '../gateway/ports.ts';
import type { SessionEnd, TransactionEffect, TransactionRecord } from '../gateway/store-port.ts';
import type { Identities } from './identities.ts';
import { parsePayload } from './json.ts';

/** A transaction as SQLite returns it. */
export type TransactionRow = {
  readonly id: number;
  readonly station: number;
  readonly connector: number;
  readonly idTag: string;
  readonly startedAt: string;
  readonly meterStart: number;
  readonly reservationId: number | null;
  readonly remoteStartId: number | null;
  readonly chargerTxId: number | null;
  readonly csmsTxId: string | null;
  readonly stopped: number;
  readonly dead: number;
  readonly offline: number;
  readonly lateRefusal: number;
  readonly nextSeqNo: number;
};

export type StartEffect = TransactionEffect & { readonly kind: 'start' };

export const transactionColumns = `id, station, connector, id_tag idTag, started_at startedAt, meter_start meterStart,
  reservation_id reservationId, remote_start_id remoteStartId, charger_tx_id chargerTxId, csms_tx_id csmsTxId,
  stopped, dead, offline, late_refusal lateRefusal, next_seq_no nextSeqNo`;

/** The newest open one first, else the newest. */
const newestOpenFirst = 'order by stopped = 0 and dead = 0 desc, id desc limit 1';

export type TransactionTable = ReturnType<typeof openTransactionTable>;

/** The table of transactions: every verb is one statement. Changes throw if there is no such transaction. */
export function openTransactionTable(db: Database, identities: Identities) {
  const statements = prepare(db);
  const found = (row: TransactionRow | undefined) => row && recordOf(row, identities.name(row.station));
  const changed = (row: TransactionRow | undefined): TransactionRecord => {
    if (row === undefined) throw new Error('the transaction is not in the database');
    return recordOf(row, identities.name(row.station));
  };
  return {
    get: (id: number) => changed(statements.byId.get(id)),
    ofStart: (startSeq: number) => found(statements.byStartSeq.get(startSeq)),
    /** The newest open one first, else the newest. */
    ofCharger: (station: number, chargerTxId: number) => found(statements.byChargerId.get(station, chargerTxId)),
    /** The newest open one first, else the newest. */
    ofCsms: (station: number, csmsTxId: string) => found(statements.byCsmsId.get(station, csmsTxId)),
    /** Oldest first. */
    open: (station: number) => statements.open.all(station).map((row) => recordOf(row, identities.name(station))),
    countOpen: () => statements.countOpen.get() ?? 0,
    openByStation: (): ReadonlyMap<string, number> =>
      new Map(statements.openByStation.all().map(({ station, open }) => [identities.name(station), open])),
    /** What the charger's StartTransaction was answered with; undefined while it is undecided. */
    toldIdTagInfo: (id: number): Payload | undefined => {
      const text = statements.told.get(id) ?? undefined;
      return text === undefined ? undefined : parsePayload(text);
    },
    insert: (seq: number, station: number, atMs: number, effect: StartEffect) =>
      changed(statements.insert.get(newRow(seq, station, atMs, effect))),
    /** Counts one more message. */
    advance: (id: number, atMs: number) => statements.advance.run(atMs, id),
    /** Counts the message that ends it; the first end that was told stays. */
    stop: (id: number, atMs: number, { stoppedAt, meterStopWh, reason }: SessionEnd) =>
      statements.stop.run(atMs, stoppedAt ?? null, meterStopWh ?? null, reason ?? null, id),
    tell: (id: number, chargerTxId: number, idTagInfo: Payload, offline: boolean) =>
      changed(statements.tell.get(chargerTxId, JSON.stringify(idTagInfo), offline ? 1 : 0, id)),
    mapCsms: (id: number, csmsTxId: string) => changed(statements.mapCsms.get(csmsTxId, id)),
    setDead: (id: number, dead: boolean) => changed(statements.setDead.get(dead ? 1 : 0, id)),
    markLateRefusal: (id: number) => changed(statements.lateRefusal.get(id)),
    /** Ended ones without a message since `beforeMs`, 500 at most, in the order of their ids. */
    pruneSlice: (beforeMs: number, afterId: number) => statements.prunable.all(afterId, beforeMs),
    remove: (id: number) => statements.remove.run(id),
  };
}

function prepare(db: Database) {
  const one = (where: string) => `select ${transactionColumns} from transactions where ${where}`;
  const change = (set: string) => `update transactions set ${set} where id = ? returning ${transactionColumns}`;
  return {
    byId: db.prepare<[number], TransactionRow>(one('id = ?')),
    byStartSeq: db.prepare<[number], TransactionRow>(one('start_seq = ?')),
    byChargerId: db.prepare<[number, number], TransactionRow>(
      one(`station = ? and charger_tx_id = ? ${newestOpenFirst}`),
    ),
    byCsmsId: db.prepare<[number, string], TransactionRow>(one(`station = ? and csms_tx_id = ? ${newestOpenFirst}`)),
    open: db.prepare<[number], TransactionRow>(one('station = ? and stopped = 0 and dead = 0 order by id')),
    countOpen: db.prepare<[], number>('select count(*) from transactions where stopped = 0 and dead = 0').pluck(),
    openByStation: db.prepare<[], { station: number; open: number }>(
      'select station, count(*) as open from transactions where stopped = 0 and dead = 0 group by station',
    ),
    insert: db.prepare<[Record<string, unknown>], TransactionRow>(
      `insert into transactions (station, start_seq, connector, id_tag, started_at, meter_start, reservation_id,
         remote_start_id, next_seq_no, last_at_ms, started_ms)
       values (@station, @seq, @connector, @idTag, @startedAt, @meterStart, @reservationId, @remoteStartId, 1, @atMs,
         @startedMs)
       returning ${transactionColumns}`,
    ),
    advance: db.prepare<[number, number]>(
      'update transactions set next_seq_no = next_seq_no + 1, last_at_ms = ? where id = ?',
    ),
    stop: db.prepare<[number, string | null, number | null, string | null, number]>(
      `update transactions set next_seq_no = next_seq_no + 1, stopped = 1, last_at_ms = ?,
         stopped_at = coalesce(stopped_at, ?), meter_stop = coalesce(meter_stop, ?), stop_reason = coalesce(stop_reason, ?)
       where id = ?`,
    ),
    tell: db.prepare<[number, string, number, number], TransactionRow>(
      change('charger_tx_id = ?, told_id_tag_info = ?, offline = ?'),
    ),
    mapCsms: db.prepare<[string, number], TransactionRow>(change('csms_tx_id = ?')),
    told: db.prepare<[number], string | null>('select told_id_tag_info from transactions where id = ?').pluck(),
    setDead: db.prepare<[number, number], TransactionRow>(change('dead = ?')),
    lateRefusal: db.prepare<[number], TransactionRow>(change('late_refusal = 1')),
    prunable: db.prepare<[number, number], { id: number; station: number }>(
      `select id, station from transactions
       where id > ? and last_at_ms < ? and (stopped = 1 or dead = 1) order by id limit 500`,
    ),
    remove: db.prepare<[number]>('delete from transactions where id = ?'),
  };
}

function newRow(seq: number, station: number, atMs: number, effect: StartEffect) {
  const { connector, idTag, startedAt, meterStart, reservationId = null, remoteStartId = null } = effect;
  const saidMs = Date.parse(startedAt);
  const startedMs = Number.isNaN(saidMs) ? atMs : saidMs;
  return { seq, station, connector, idTag, startedAt, meterStart, reservationId, remoteStartId, atMs, startedMs };
}

export function recordOf(row: TransactionRow, station: string): TransactionRecord {
  return {
    id: row.id,
    station,
    connector: row.connector,
    idTag: row.idTag,
    startedAt: row.startedAt,
    meterStart: row.meterStart,
    reservationId: row.reservationId ?? undefined,
    remoteStartId: row.remoteStartId ?? undefined,
    chargerTxId: row.chargerTxId ?? undefined,
    csmsTxId: row.csmsTxId ?? undefined,
    state: row.dead === 1 ? 'dead' : row.stopped === 1 ? 'stopped' : 'open',
    offline: row.offline === 1,
    lateRefusal: row.lateRefusal === 1,
    nextSeqNo: row.nextSeqNo,
  };
}
