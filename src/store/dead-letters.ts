import type { Database } from 'better-sqlite3';
import { type Message, type MessageRow, messageColumns, messageOf, type Outbox } from './outbox.ts';
import type { Transactions } from './transactions.ts';

const kept = 'seq, station, lane, action, payload, at_ms, attempts, not_before_ms, offline, tx, tx_seq_no, replace_key';

const startIsDead = 'its StartTransaction is a dead letter';

/**
 * Messages that the CSMS would not take. A refused StartTransaction takes the rows of its transaction with it, those to
 * come included: they could only be sent with an id that the CSMS never gave. Such a group is put back or dropped whole.
 */
export function openDeadLetters(db: Database, outbox: Outbox, transactions: Transactions) {
  const statements = prepare(db);

  const buryOne = (seq: number, reason: string, atMs: number) => {
    statements.copy.run(reason, atMs, seq);
    outbox.remove(seq);
  };

  const buryDependents = (station: number, tx: number, atMs: number) => {
    transactions.setDead(tx, true);
    statements.copyAll.run(startIsDead, atMs, station, tx);
    outbox.removeOfTransaction(station, tx);
  };

  /** The transaction whose whole group `seq` belongs to; undefined if the row stands alone; null if there is no such row. */
  const groupOf = (seq: number): number | undefined | null => {
    const row = statements.find.get(seq);
    if (row === undefined) return null;
    return row.tx !== null && transactions.of(row.station, row.tx).state === 'dead' ? row.tx : undefined;
  };

  const putBackGroup = (tx: number): number => {
    // Without its StartTransaction the CSMS will never name the transaction: the rest would block its station for ever.
    if (statements.hasStart.get(tx) === undefined) return 0;
    transactions.setDead(tx, false);
    statements.reviveAll.run(tx);
    outbox.forget();
    return statements.dropAll.run(tx).changes;
  };

  return {
    /** A row that does not wait any more is left alone. */
    bury: (seq: number, reason: string, atMs: number): void => {
      const place = outbox.placeOf(seq);
      buryOne(seq, reason, atMs);
      if (place?.tx != null && place.txSeqNo === 0) buryDependents(place.station, place.tx, atMs);
    },
    /** A row that came after its StartTransaction was buried. */
    buryLate: (seq: number, atMs: number): void => buryOne(seq, startIsDead, atMs),
    retry: (seq: number): number => {
      const group = groupOf(seq);
      if (group === null) return 0;
      if (group !== undefined) return putBackGroup(group);
      statements.revive.run(seq);
      outbox.forget();
      return statements.drop.run(seq).changes;
    },
    drop: (seq: number): number => {
      const group = groupOf(seq);
      if (group === null) return 0;
      return (group === undefined ? statements.drop.run(seq) : statements.dropAll.run(group)).changes;
    },
    list: (station: number | undefined): readonly Message[] =>
      (station === undefined ? statements.all.all() : statements.allOf.all(station)).map(messageOf),
    count: () => statements.count.get() ?? 0,
    countByStation: () => statements.countByStation.all(),
    holds: (tx: number) => statements.holds.get(tx) !== undefined,
  };
}

function prepare(db: Database) {
  const columns = `${messageColumns}, reason`;
  const copy = (where: string) =>
    `insert into dead_letters (${kept}, reason, dead_at_ms) select ${kept}, ?, ? from outbox where ${where}`;
  // Attempts start anew: the operator retries since something has changed.
  const revived = kept.replace('attempts, not_before_ms', '0, 0');
  const revive = (where: string) =>
    `insert into outbox (${kept}) select ${revived} from dead_letters where ${where} order by seq`;
  return {
    copy: db.prepare<[string, number, number]>(copy('seq = ?')),
    copyAll: db.prepare<[string, number, number, number]>(copy('station = ? and tx = ?')),
    find: db.prepare<[number], { station: number; tx: number | null }>(
      'select station, tx from dead_letters where seq = ?',
    ),
    hasStart: db.prepare<[number], number>('select 1 from dead_letters where tx = ? and tx_seq_no = 0').pluck(),
    revive: db.prepare<[number]>(revive('seq = ?')),
    reviveAll: db.prepare<[number]>(revive('tx = ?')),
    drop: db.prepare<[number]>('delete from dead_letters where seq = ?'),
    dropAll: db.prepare<[number]>('delete from dead_letters where tx = ?'),
    all: db.prepare<[], MessageRow>(`select ${columns} from dead_letters order by seq`),
    allOf: db.prepare<[number], MessageRow>(`select ${columns} from dead_letters where station = ? order by seq`),
    count: db.prepare<[], number>('select count(*) from dead_letters').pluck(),
    countByStation: db.prepare<[], { station: number; count: number }>(
      'select station, count(*) count from dead_letters group by station',
    ),
    holds: db.prepare<[number], number>('select 1 from dead_letters where tx = ? limit 1').pluck(),
  };
}
