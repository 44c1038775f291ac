import type { Database } from 'better-sqlite3';
import type { Payload } from '../gateway/ports.ts';
import type { LocalList } from '../gateway/store-port.ts';
import { parsePayload } from './json.ts';

/** idTag is a CiString: tags that differ in case only are one tag. */
const folded = (idTag: string) => idTag.toLowerCase();

/** What is known about tags while the CSMS is away: its earlier words, and its local lists. */
export function openAuthorizations(db: Database) {
  const statements = prepare(db);
  return {
    cache: (station: number, idTag: string, idTagInfo: Payload, untilMs: number | undefined) => {
      statements.cache.run(station, folded(idTag), JSON.stringify(idTagInfo), untilMs ?? null);
    },
    cached: (station: number, idTag: string, nowMs: number): Payload | undefined => {
      const text = statements.cached.get(station, folded(idTag), nowMs);
      return text === undefined ? undefined : parsePayload(text);
    },
    clear: (station: number) => statements.clear.run(station),
    prune: (beforeMs: number) => statements.prune.run(beforeMs),
    list: (station: number): LocalList | undefined => {
      const row = statements.list.get(station);
      return row && { version: row.version, entries: parseEntries(row.entries) };
    },
    saveList: (station: number, { version, entries }: LocalList) => {
      statements.saveList.run(station, version, JSON.stringify(entries));
    },
  };
}

function prepare(db: Database) {
  return {
    cache: db.prepare<[number, string, string, number | null]>(
      'insert or replace into authorizations (station, id_tag, id_tag_info, until_ms) values (?, ?, ?, ?)',
    ),
    cached: db
      .prepare<[number, string, number], string>(
        `select id_tag_info from authorizations
         where station = ? and id_tag = ? and (until_ms is null or until_ms > ?)`,
      )
      .pluck(),
    clear: db.prepare<[number]>('delete from authorizations where station = ?'),
    prune: db.prepare<[number]>('delete from authorizations where until_ms < ?'),
    list: db.prepare<[number], { version: number; entries: string }>(
      'select version, entries from local_lists where station = ?',
    ),
    saveList: db.prepare<[number, number, string]>(
      'insert or replace into local_lists (station, version, entries) values (?, ?, ?)',
    ),
  };
}

function parseEntries(text: string): LocalList['entries'] {
  return JSON.parse(text) as LocalList['entries'];
}
