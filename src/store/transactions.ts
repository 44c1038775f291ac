import type { Database } from 'better-sqlite3';
import type { Payload } from '../gateway/ports.ts';
import type { InboundEntry, TransactionEffect, TransactionRecord } from '../gateway/store-port.ts';
import type { Identities } from './identities.ts';

/** A transaction as SQLite returns it. */
type TransactionRow = {
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
  readonly toldIdTagInfo: string | null;
  readonly stopped: number;
  readonly dead: number;
  readonly offline: number;
  readonly lateRefusal: number;
  readonly nextSeqNo: number;
};

/** A transaction as the store uses it inside: the record, and what its StartTransaction was answered with. */
export type KeptTransaction = TransactionRecord & { readonly toldIdTagInfo: string | undefined };

const columns = `id, station, connector, id_tag idTag, started_at startedAt, meter_start meterStart,
  reservation_id reservationId, remote_start_id remoteStartId, charger_tx_id chargerTxId, csms_tx_id csmsTxId,
  told_id_tag_info toldIdTagInfo, stopped, dead, offline, late_refusal lateRefusal, next_seq_no nextSeqNo`;

/** The newest open one first, else the newest. */
const newestOpenFirst = 'order by stopped = 0 and dead = 0 desc, id desc limit 1';

export type Transactions = ReturnType<typeof openTransactions>;

/** Transactions and the ids by which charger and CSMS know them. */
export function openTransactions(db: Database, identities: Identities) {
  const statements = prepare(db);
  const kept = (row: TransactionRow | undefined) => row && keep(row, identities.name(row.station));
  const byId = (id: number) => must(kept(statements.byId.get(id)));

  const find = (station: number, effect: TransactionEffect): number | undefined => {
    switch (effect.kind) {
      case 'start':
        return undefined;
      case 'stop':
        return statements.idOfCharger.get(station, effect.chargerTxId);
      case 'update':
        return (
          (effect.chargerTxId === undefined ? undefined : statements.idOfCharger.get(station, effect.chargerTxId)) ??
          (effect.connector === undefined ? undefined : onlyOne(statements.openOn.all(station, effect.connector)))
        );
    }
  };

  return {
    byId,
    ofStart: (startSeq: number) => kept(statements.byStartSeq.get(startSeq)),
    ofCharger: (station: number, id: number) => kept(statements.byChargerId.get(station, id)),
    ofCsms: (station: number, id: string) => kept(statements.byCsmsId.get(station, id)),
    open: (station: number) => statements.open.all(station).map((row) => keep(row, identities.name(row.station))),
    start: (seq: number, station: number, entry: InboundEntry, effect: TransactionEffect & { kind: 'start' }) =>
      must(kept(statements.insert.get(newRow(seq, station, entry, effect)))),
    /** Counts one more message of the transaction that an update or stop belongs to; undefined if it belongs to none. */
    advance: (station: number, effect: TransactionEffect, atMs: number): KeptTransaction | undefined => {
      const id = find(station, effect);
      return id === undefined ? undefined : kept(statements.advance.get(effect.kind === 'stop' ? 1 : 0, atMs, id));
    },
    openUses: (station: number, chargerTxId: number) => statements.openUses.get(station, chargerTxId) !== undefined,
    tell: (id: number, chargerTxId: number, idTagInfo: Payload, offline: boolean) =>
      must(kept(statements.tell.get(chargerTxId, JSON.stringify(idTagInfo), offline ? 1 : 0, id))),
    mapCsms: (id: number, csmsTxId: string) => must(kept(statements.mapCsms.get(csmsTxId, id))),
    setDead: (id: number, dead: boolean) => statements.setDead.run(dead ? 1 : 0, id),
    markLateRefusal: (id: number) => statements.lateRefusal.run(id),
    countOpen: () => statements.countOpen.get() ?? 0,
    pruneSlice: (beforeMs: number, afterId: number) => statements.prunable.all(afterId, beforeMs),
    remove: (id: number) => statements.remove.run(id),
  };
}

function prepare(db: Database) {
  const one = (where: string) => `select ${columns} from transactions where ${where}`;
  const change = (set: string) => `update transactions set ${set} where id = ? returning ${columns}`;
  return {
    byId: db.prepare<[number], TransactionRow>(one('id = ?')),
    byStartSeq: db.prepare<[number], TransactionRow>(one('start_seq = ?')),
    byChargerId: db.prepare<[number, number], TransactionRow>(
      one(`station = ? and charger_tx_id = ? ${newestOpenFirst}`),
    ),
    byCsmsId: db.prepare<[number, string], TransactionRow>(one(`station = ? and csms_tx_id = ? ${newestOpenFirst}`)),
    open: db.prepare<[number], TransactionRow>(one('station = ? and stopped = 0 and dead = 0 order by id')),
    idOfCharger: db
      .prepare<[number, number], number>(
        `select id from transactions where station = ? and charger_tx_id = ? ${newestOpenFirst}`,
      )
      .pluck(),
    openOn: db
      .prepare<[number, number], number>(
        'select id from transactions where station = ? and connector = ? and stopped = 0 and dead = 0 limit 2',
      )
      .pluck(),
    openUses: db
      .prepare<[number, number], number>(
        'select 1 from transactions where station = ? and charger_tx_id = ? and stopped = 0 and dead = 0 limit 1',
      )
      .pluck(),
    countOpen: db.prepare<[], number>('select count(*) from transactions where stopped = 0 and dead = 0').pluck(),
    insert: db.prepare<[Record<string, unknown>], TransactionRow>(
      `insert into transactions (station, start_seq, connector, id_tag, started_at, meter_start, reservation_id,
         remote_start_id, next_seq_no, last_at_ms)
       values (@station, @seq, @connector, @idTag, @startedAt, @meterStart, @reservationId, @remoteStartId, 1, @atMs)
       returning ${columns}`,
    ),
    advance: db.prepare<[number, number, number], TransactionRow>(
      change('next_seq_no = next_seq_no + 1, stopped = max(stopped, ?), last_at_ms = ?'),
    ),
    tell: db.prepare<[number, string, number, number], TransactionRow>(
      change('charger_tx_id = ?, told_id_tag_info = ?, offline = ?'),
    ),
    mapCsms: db.prepare<[string, number], TransactionRow>(change('csms_tx_id = ?')),
    setDead: db.prepare<[number, number]>('update transactions set dead = ? where id = ?'),
    lateRefusal: db.prepare<[number]>('update transactions set late_refusal = 1 where id = ?'),
    prunable: db.prepare<[number, number], { id: number; station: number }>(
      `select id, station from transactions
       where id > ? and last_at_ms < ? and (stopped = 1 or dead = 1) order by id limit 500`,
    ),
    remove: db.prepare<[number]>('delete from transactions where id = ?'),
  };
}

function newRow(seq: number, station: number, entry: InboundEntry, effect: TransactionEffect & { kind: 'start' }) {
  const { connector, idTag, startedAt, meterStart, reservationId = null, remoteStartId = null } = effect;
  return { seq, station, connector, idTag, startedAt, meterStart, reservationId, remoteStartId, atMs: entry.atMs };
}

function keep(row: TransactionRow, station: string): KeptTransaction {
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
    toldIdTagInfo: row.toldIdTagInfo ?? undefined,
  };
}

/** Strips what only the store needs. */
export function recordOf(transaction: KeptTransaction): TransactionRecord {
  const { toldIdTagInfo: _, ...record } = transaction;
  return record;
}

const onlyOne = (ids: readonly number[]) => (ids.length === 1 ? ids[0] : undefined);

function must(transaction: KeptTransaction | undefined): KeptTransaction {
  if (transaction === undefined) throw new Error('the transaction is not in the database');
  return transaction;
}
