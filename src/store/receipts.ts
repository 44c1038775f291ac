import type { Database } from 'better-sqlite3';
import type { Payload } from '../gateway/ports.ts';

/** One entry per natural key that was ever kept; it outlives the delivery of its message. */
export type Receipt = {
  readonly seq: number;
  /** JSON; null for a StartTransaction, whose answer lies with its transaction. */
  readonly answer: string | null;
};

type Key = { readonly station: number; readonly key: string };

/** What makes a charger's repetition recognisable, and what it was answered the first time. */
export function openReceipts(db: Database) {
  const find = db.prepare<[string, number], Receipt>('select seq, answer from receipts where key = ? and station = ?');
  const insert = db.prepare<[string, number, number, number, string | null]>(
    'insert into receipts (key, station, seq, at_ms, answer) values (?, ?, ?, ?, ?) on conflict do nothing',
  );
  const slice = db.prepare<[string, number], Key>(
    'select key, station from receipts where (key, station) > (?, ?) order by key, station limit 1000',
  );
  const prune = db.prepare<[string, number, string, number, number]>(
    'delete from receipts where (key, station) > (?, ?) and (key, station) <= (?, ?) and at_ms < ?',
  );
  return {
    find: (key: string, station: number) => find.get(key, station),
    /** False, and nothing written, if there is a receipt for the key. */
    insert: (key: string, station: number, seq: number, atMs: number, answer: Payload | undefined): boolean =>
      insert.run(key, station, seq, atMs, answer === undefined ? null : JSON.stringify(answer)).changes === 1,
    /** Forgets the old ones among the next thousand keys; returns where to go on, or undefined at the end. */
    pruneSlice: (beforeMs: number, after: Key): Key | undefined => {
      const last = slice.all(after.key, after.station).at(-1);
      if (last !== undefined) prune.run(after.key, after.station, last.key, last.station, beforeMs);
      return last;
    },
  };
}
