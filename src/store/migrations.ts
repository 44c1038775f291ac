import type { Database } from 'better-sqlite3';
import { DataFolderError } from './data-folder-error.ts';
import { sql as rooms } from './migrations/0001-rooms.ts';
import { sql as charging } from './migrations/0002-charging.ts';
import { sql as sites } from './migrations/0003-sites.ts';
import { sql as transfers } from './migrations/0004-transfers.ts';
import { sql as campaigns } from './migrations/0005-campaigns.ts';
import { sql as servedJobs } from './migrations/0006-served-jobs.ts';
import { sql as sessions } from './migrations/0007-sessions.ts';

/** Steps in order; the position is the schema's number in `PRAGMA user_version`. */
export type Migrations = readonly string[];

/** Append only: a released entry never changes. */
export const released: Migrations = [rooms, charging, sites, transfers, campaigns, servedJobs, sessions];

/** The schema of an open file; 0 when it is empty. Throws DataFolderError if a newer release wrote it. */
export function schemaOf(db: Database, migrations: Migrations): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version <= migrations.length) return version;
  throw new DataFolderError(
    `${db.name} has schema ${version}, this release knows up to ${migrations.length}: start the newer release again, ` +
      `or put back the copy that it made before migrating (${db.name}.before-schema-*)`,
  );
}

/** Forward only, each step in one transaction with its number. */
export function migrate(db: Database, migrations: Migrations): void {
  const from = schemaOf(db, migrations);
  migrations.slice(from).forEach((sql, index) => {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${from + index + 1}`);
    })();
  });
}
