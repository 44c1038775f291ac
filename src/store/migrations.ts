import type { Database } from 'better-sqlite3';
import { DataFolderError } from './errors.ts';
import { sql as rooms } from './migrations/0001-rooms.ts';

/** In order; the position is the schema's number in `PRAGMA user_version`. Append only: a released entry never changes. */
const migrations: readonly string[] = [rooms];

/** The schema that this build reads and writes. */
export const newestSchema = migrations.length;

/** The schema of an open file; 0 when it is empty. Throws DataFolderError if a newer release wrote it. */
export function schemaOf(db: Database): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version <= newestSchema) return version;
  throw new DataFolderError(
    `${db.name} has schema ${version}, this release knows up to ${newestSchema}: start the newer release again, or ` +
      `restore the copy that it made before migrating (${db.name}.before-schema-*)`,
  );
}

/** Forward only, each step in one transaction with its number. */
export function migrate(db: Database): void {
  const from = schemaOf(db);
  migrations.slice(from).forEach((sql, index) => {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${from + index + 1}`);
    })();
  });
}
