import type { Database } from 'better-sqlite3';
import type { Secrets } from './secrets.ts';

/** Settings of the links to the CSMS; every value is sealed, since AuthorizationKey is among them. */
export function openSettings(db: Database, secrets: Secrets) {
  const all = db.prepare<[number], { key: string; sealed: Buffer }>(
    'select key, sealed from settings where station = ?',
  );
  const save = db.prepare<[number, string, Buffer]>(
    `insert into settings (station, key, sealed) values (?, ?, ?)
     on conflict do update set sealed = excluded.sealed`,
  );
  const place = (station: number, key: string) => `${station}/${key}`;
  return {
    of: (station: number): Readonly<Record<string, string>> =>
      Object.fromEntries(all.all(station).map(({ key, sealed }) => [key, secrets.unseal(sealed, place(station, key))])),
    save: (station: number, key: string, value: string) => {
      save.run(station, key, secrets.seal(value, place(station, key)));
    },
  };
}

/** Whether there are settings that only the right key file opens. */
export function holdsSettings(db: Database): boolean {
  return db.prepare('select 1 from settings limit 1').get() !== undefined;
}
