import { statSync } from 'node:fs';
import type { Clock, Log } from '../gateway/ports.ts';
import type { Ballast } from './ballast.ts';
import type { Surroundings } from './commit.ts';
import { sqliteCode } from './errors.ts';

const lookMs = 1000;

/** After these the file's state is unknown until it is opened anew: going on could acknowledge what is not there. */
const fatalCodes: ReadonlySet<string> = new Set(['SQLITE_IOERR_FSYNC', 'SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/** What the disk allows. `writable` is for /readyz. */
export type DiskGuard = Pick<Surroundings, 'refusal' | 'committed' | 'failed'> & { writable(): boolean };

/** What the guard watches. */
export type Disk = {
  /** The database file. */
  readonly path: string;
  readonly ballast: Ballast;
  /** Room inside the database file that deleted rows left. */
  readonly spareBytes: () => number;
};

/**
 * Three states. Sound: everything is allowed. Full: the ballast was let go of, and only draining is allowed until so
 * much is free again, on the disk for the ballast or else inside the file. Failed: nothing is allowed until the process
 * starts anew. The disk is looked at once a second at most, when somebody wants to write.
 */
export function openDiskGuard(disk: Disk, clock: Pick<Clock, 'elapsed'>, log: Log): DiskGuard {
  const { path, ballast } = disk;
  const inode = inodeOf(path);
  const hasSpace = () => ballast.restore() || disk.spareBytes() >= ballast.comfortBytes;
  let fatal: string | undefined;
  let full = !hasSpace();
  let nextLookMs = 0;
  let lastCommitFailed = false;
  if (full) log.warn('disk found full', { path });

  const look = () => {
    if (clock.elapsed() < nextLookMs) return;
    nextLookMs = clock.elapsed() + lookMs;
    if (inodeOf(path) !== inode) fatal ??= 'the database file was removed';
    if (!full) return;
    full = !hasSpace();
    if (!full) log.info('disk space came back', { path });
  };

  const refusal = () => {
    look();
    return fatal ?? (full ? 'the disk is full' : undefined);
  };

  const failed = (cause: unknown) => {
    const code = sqliteCode(cause);
    lastCommitFailed = true;
    if (code !== undefined && fatalCodes.has(code)) fatal = `the database failed (${code})`;
    if (!full && ballast.needed()) {
      full = true;
      ballast.release();
    }
    log.error('commit failed', { path, code: code ?? 'unknown', diskFull: full }, cause);
    return fatal === undefined;
  };

  const committed = () => {
    lastCommitFailed = false;
  };

  return { refusal, failed, committed, writable: () => refusal() === undefined && !lastCommitFailed };
}

/** Undefined when the file was removed under us: SQLite would go on writing to a file that nobody can open any more. */
function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
