import Sqlite from 'better-sqlite3';

/** A unit of work failed by itself; everything else that SQLite says concerns the disk or the file, and so the whole group. */
export function isOwnFault(thrown: unknown): boolean {
  return !(thrown instanceof Sqlite.SqliteError) || thrown.code.startsWith('SQLITE_CONSTRAINT');
}

/** SQLite's code, such as `SQLITE_FULL`, or undefined if the error is not SQLite's. */
export function sqliteCode(thrown: unknown): string | undefined {
  return thrown instanceof Sqlite.SqliteError ? thrown.code : undefined;
}
