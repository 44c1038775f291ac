import type { Database } from 'better-sqlite3';

/** Stations as small integers: the busy tables carry these, not the texts. */
export type Identities = {
  /** The station's number; makes one for a station never seen. */
  readonly number: (identity: string) => number;
  /** Undefined for a station never seen. */
  readonly known: (identity: string) => number | undefined;
  readonly name: (number: number) => string;
  /** Forgets what is remembered in memory, after a rollback. */
  readonly forget: () => void;
};

/** Remembers both directions in memory: there are as many as chargers. */
export function openIdentities(db: Database): Identities {
  const numbers = new Map<string, number>();
  const names = new Map<number, string>();
  const find = db.prepare<[string], number>('select id from identities where identity = ?').pluck();
  const findName = db.prepare<[number], string>('select identity from identities where id = ?').pluck();
  const insert = db.prepare<[string], number>('insert into identities (identity) values (?) returning id').pluck();

  const remember = (identity: string, number: number | undefined) => {
    if (number !== undefined) numbers.set(identity, number);
    return number;
  };
  const known = (identity: string) => numbers.get(identity) ?? remember(identity, find.get(identity));
  const number = (identity: string) => {
    const made = known(identity) ?? remember(identity, insert.get(identity));
    if (made === undefined) throw new Error('an insert returned no row');
    return made;
  };
  const name = (number: number) => {
    const identity = names.get(number) ?? findName.get(number);
    if (identity === undefined) throw new Error(`no station has the number ${number}`);
    names.set(number, identity);
    return identity;
  };
  const forget = () => {
    numbers.clear();
    names.clear();
  };
  return { number, known, name, forget };
}
