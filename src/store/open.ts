import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Clock, Log } from '../gateway/ports.ts';
import { openBallast } from './ballast.ts';
import { openDatabase, spareBytes } from './database.ts';
import { openDiskGuard } from './disk-guard.ts';
import { lockFolder } from './process-lock.ts';
import { formerBlock, type IdBlock } from './provisional-ids.ts';
import { openRooms } from './rooms.ts';
import { openSecrets } from './secrets.ts';
import { holdsSettings } from './settings.ts';
import { SqliteStore } from './sqlite-store.ts';
import { holdsTransfers } from './transfers.ts';
import { holdsCampaigns } from './campaigns.ts';

export type StoreOptions = {
  /** Data folder; made, for this user only, if it is not there. */
  readonly folder: string;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'elapsed'>;
  /** Ids for transactions that the CSMS has not named; absent: as before. */
  readonly provisionalIds?: IdBlock;
  /** Room kept for draining on a full disk. */
  readonly ballastBytes?: number;
};

// Folding a full WAL (1000 pages of 4 KiB) into a full file takes as much again: less than 8 MB would not let it drain.
const defaultBallastBytes = 16 * 1024 * 1024;

/**
 * Opens the data folder for this process alone: `gateway.db`, its key, its lock and its ballast. Throws DataFolderError
 * when another process has it, the file is broken or of a newer release, or the key is missing.
 */
export async function openStore(options: StoreOptions): Promise<SqliteStore> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(options.folder);
  try {
    const db = await openDatabase(join(options.folder, 'gateway.db'));
    return furnish(db, options, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function furnish(db: Database, options: StoreOptions, release: () => void): SqliteStore {
  const { folder, log, clock = { elapsed: () => performance.now() } } = options;
  try {
    const holdsSecrets = holdsSettings(db) || holdsTransfers(db) || holdsCampaigns(db);
    const secrets = openSecrets(join(folder, 'gateway.key'), holdsSecrets);
    const rooms = openRooms(db, secrets, options.provisionalIds ?? formerBlock(db));
    const ballast = openBallast(join(folder, 'gateway.ballast'), options.ballastBytes ?? defaultBallastBytes);
    return new SqliteStore(
      db,
      rooms,
      openDiskGuard({ path: db.name, ballast, spareBytes: () => spareBytes(db) }, clock, log),
      release,
    );
  } catch (error) {
    db.close();
    throw error;
  }
}
