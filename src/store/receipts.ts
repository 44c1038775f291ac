import type { Database } from 'better-sqlite3';
import type { Payload } from '../gateway/ports.ts';

/** One entry per natural key that was ever kept; it outlives the delivery of its message. */
export type Receipt = {
  readonly seq: number;
  /** JSON; null for a StartTransaction, whose answer lies with its transaction. */
  readonly answer: string | null;
};

type Key = { readonly station: number; readonly key: string };

export type Receipts = ReturnType<typeof openReceipts>;

/** What makes a charger's repetition recognisable, and what it was answered the first time. */
export function openReceipts(db: Database) {
  const find = db.prepare<[number, string], Receipt>('select seq, answer from receipts where station = ? and key = ?');
  const insert = db.prepare<[number, string, number, number, string | null]>(
    'insert into receipts (station, key, seq, at_ms, answer) values (?, ?, ?, ?, ?)',
  );
  const slice = db.prepare<[number, string], Key>(
    'select station, key from receipts where (station, key) > (?, ?) order by station, key limit 1000',
  );
  const prune = db.prepare<[number, string, number, string, number]>(
    'delete from receipts where (station, key) > (?, ?) and (station, key) <= (?, ?) and at_ms < ?',
  );
  return {
    find: (station: number, key: string) => find.get(station, key),
    insert: (station: number, key: string, seq: number, atMs: number, answer: Payload | undefined) => {
      insert.run(station, key, seq, atMs, answer === undefined ? null : JSON.stringify(answer));
    },
    /** Forgets the old ones among the next thousand keys; returns where to go on, or undefined at the end. */
    pruneSlice: (beforeMs: number, after: Key): Key | undefined => {
      const last = slice.all(after.station, after.key).at(-1);
      if (last !== undefined) prune.run(after.station, after.key, last.station, last.key, beforeMs);
      return last;
    },
  };
}
