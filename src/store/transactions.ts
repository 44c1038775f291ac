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

type StartEffect = TransactionEffect & { readonly kind: 'start' };
type PartEffect = Exclude<TransactionEffect, StartEffect>;

const columns = `id, station, connector, id_tag idTag, started_at startedAt, meter_start meterStart,
  reservation_id reservationId, remote_start_id remoteStartId, charger_tx_id chargerTxId, csms_tx_id csmsTxId,
  told_id_tag_info toldIdTagInfo, stopped, dead, offline, late_refusal lateRefusal, next_seq_no nextSeqNo`;

/** The newest open one first, else the newest. */
const newestOpenFirst = 'order by stopped = 0 and dead = 0 desc, id desc limit 1';

export type Transactions = ReturnType<typeof openTransactions>;

/**
 * Transactions and the ids by which charger and CSMS know them. The open ones of a station are remembered in memory,
 * since every MeterValues asks for them; any change but a counted message forgets what is remembered of the station.
 */
export function openTransactions(db: Database, identities: Identities) {
  const statements = prepare(db);
  const remembered = new Map<number, KeptTransaction[]>();
  const kept = (row: TransactionRow | undefined) => row && keep(row, identities.name(row.station));
  const changed = (row: TransactionRow | undefined): KeptTransaction => {
    if (row === undefined) throw new Error('the transaction is not in the database');
    remembered.delete(row.station);
    return keep(row, identities.name(row.station));
  };

  /** The open ones, oldest first. */
  const open = (station: number): KeptTransaction[] => {
    const known =
      remembered.get(station) ?? statements.open.all(station).map((row) => keep(row, identities.name(station)));
    remembered.set(station, known);
    return known;
  };
  const ofCharger = (station: number, chargerTxId: number) =>
    open(station).findLast((transaction) => transaction.chargerTxId === chargerTxId) ??
    kept(statements.byChargerId.get(station, chargerTxId));

  /** The transaction that an update or a stop belongs to; an unknown id means the connector's only open one. */
  const find = (station: number, effect: PartEffect): KeptTransaction | undefined => {
    const named = effect.chargerTxId === undefined ? undefined : ofCharger(station, effect.chargerTxId);
    if (named !== undefined || effect.kind === 'stop' || effect.connector === undefined) return named;
    const onConnector = open(station).filter((transaction) => transaction.connector === effect.connector);
    return onConnector.length === 1 ? onConnector[0] : undefined;
  };

  /** Counts one more message of the transaction; undefined if the effect belongs to none. */
  const advance = (station: number, effect: PartEffect, atMs: number): KeptTransaction | undefined => {
    const before = find(station, effect);
    if (before === undefined) return undefined;
    const stopped = effect.kind === 'stop';
    statements.advance.run(stopped ? 1 : 0, atMs, before.id);
    const state = stopped && before.state === 'open' ? 'stopped' : before.state;
    const after: KeptTransaction = { ...before, state, nextSeqNo: before.nextSeqNo + 1 };
    const others = open(station).filter(({ id }) => id !== before.id);
    if (before.state === 'open') remembered.set(station, inOrder(others, after));
    return after;
  };

  return {
    open,
    ofCharger,
    advance,
    of: (station: number, id: number) =>
      open(station).find((transaction) => transaction.id === id) ?? must(kept(statements.byId.get(id))),
    ofStart: (startSeq: number) => kept(statements.byStartSeq.get(startSeq)),
    ofCsms: (station: number, id: string) => kept(statements.byCsmsId.get(station, id)),
    start: (seq: number, station: number, entry: InboundEntry, effect: StartEffect) =>
      changed(statements.insert.get(newRow(seq, station, entry, effect))),
    openUses: (station: number, chargerTxId: number) =>
      open(station).some((transaction) => transaction.chargerTxId === chargerTxId),
    tell: (id: number, chargerTxId: number, idTagInfo: Payload, offline: boolean) =>
      changed(statements.tell.get(chargerTxId, JSON.stringify(idTagInfo), offline ? 1 : 0, id)),
    mapCsms: (id: number, csmsTxId: string) => changed(statements.mapCsms.get(csmsTxId, id)),
    setDead: (id: number, dead: boolean) => changed(statements.setDead.get(dead ? 1 : 0, id)),
    markLateRefusal: (id: number) => changed(statements.lateRefusal.get(id)),
    countOpen: () => statements.countOpen.get() ?? 0,
    pruneSlice: (beforeMs: number, afterId: number) => statements.prunable.all(afterId, beforeMs),
    remove: (id: number) => statements.remove.run(id),
    forget: () => remembered.clear(),
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
    countOpen: db.prepare<[], number>('select count(*) from transactions where stopped = 0 and dead = 0').pluck(),
    insert: db.prepare<[Record<string, unknown>], TransactionRow>(
      `insert into transactions (station, start_seq, connector, id_tag, started_at, meter_start, reservation_id,
         remote_start_id, next_seq_no, last_at_ms)
       values (@station, @seq, @connector, @idTag, @startedAt, @meterStart, @reservationId, @remoteStartId, 1, @atMs)
       returning ${columns}`,
    ),
    advance: db.prepare<[number, number, number]>(
      'update transactions set next_seq_no = next_seq_no + 1, stopped = max(stopped, ?), last_at_ms = ? where id = ?',
    ),
    tell: db.prepare<[number, string, number, number], TransactionRow>(
      change('charger_tx_id = ?, told_id_tag_info = ?, offline = ?'),
    ),
    mapCsms: db.prepare<[string, number], TransactionRow>(change('csms_tx_id = ?')),
    setDead: db.prepare<[number, number], TransactionRow>(change('dead = ?')),
    lateRefusal: db.prepare<[number], TransactionRow>(change('late_refusal = 1')),
    prunable: db.prepare<[number, number], { id: number; station: number }>(
      `select id, station from transactions
       where id > ? and last_at_ms < ? and (stopped = 1 or dead = 1) order by id limit 500`,
    ),
    remove: db.prepare<[number]>('delete from transactions where id = ?'),
  };
}

function newRow(seq: number, station: number, entry: InboundEntry, effect: StartEffect) {
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

const inOrder = (open: readonly KeptTransaction[], one: KeptTransaction): KeptTransaction[] =>
  (one.state === 'open' ? [...open, one] : [...open]).toSorted((a, b) => a.id - b.id);

function must(transaction: KeptTransaction | undefined): KeptTransaction {
  if (transaction === undefined) throw new Error('the transaction is not in the database');
  return transaction;
}
