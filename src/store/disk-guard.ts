import { statSync } from 'node:fs';
import type { Clock, Log } from '../gateway/ports.ts';
import type { Ballast } from './ballast.ts';
import type { Surroundings } from './commit.ts';
import { sqliteCode } from './errors.ts';

const spaceCheckMs = 1000;

/** After these the file's state is unknown until it is opened anew: going on could acknowledge what is not there. */
const fatalCodes: ReadonlySet<string> = new Set(['SQLITE_IOERR_FSYNC', 'SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/** What the disk allows. `writable` is for /readyz. */
export type DiskGuard = Pick<Surroundings, 'refusal' | 'committed' | 'failed'> & { writable(): boolean };

/**
 * Three states. Sound: everything is allowed. Full: the ballast was let go of, and only draining is allowed until so
 * much is free that the ballast can be put back; looked at once a second at most, when somebody wants to write. Failed:
 * nothing is allowed until the process starts anew.
 */
export function openDiskGuard(path: string, ballast: Ballast, clock: Pick<Clock, 'elapsed'>, log: Log): DiskGuard {
  const inode = statSync(path).ino;
  let fatal: string | undefined;
  let full = !ballast.restore();
  let nextLookMs = 0;
  let lastCommitFailed = false;
  if (full) log.warn('disk found full', { path });

  const lookForSpace = () => {
    if (!full || clock.elapsed() < nextLookMs) return;
    nextLookMs = clock.elapsed() + spaceCheckMs;
    full = !ballast.restore();
    if (!full) log.info('disk space came back', { path });
  };

  const refusal = () => {
    lookForSpace();
    return fatal ?? (full ? 'the disk is full' : undefined);
  };

  const failed = (cause: unknown) => {
    const code = sqliteCode(cause);
    lastCommitFailed = true;
    if (code !== undefined && fatalCodes.has(code)) fatal = `the database failed (${code})`;
    if (!full && fatal === undefined && ballast.needed()) {
      full = true;
      ballast.release();
    }
    log.error('commit failed', { path, code: code ?? 'unknown', diskFull: full }, cause);
    return fatal === undefined;
  };

  return {
    refusal,
    failed,
    committed: () => {
      lastCommitFailed = false;
    },
    writable: () => refusal() === undefined && !lastCommitFailed && inodeOf(path) === inode,
  };
}

/** Undefined when the file was removed under us: writes would go to a file that nobody can open any more. */
function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
