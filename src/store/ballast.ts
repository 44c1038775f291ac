import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file that only takes up space. On a full disk SQLite can neither insert nor delete, so the outbox could not even
 * drain: letting go of the ballast gives deleting its room back, while nothing new is accepted.
 */
export type Ballast = {
  /** With less than this the disk counts as full. */
  readonly comfortBytes: number;
  /** Whether so little is free that only the ballast's own room is left. */
  needed(): boolean;
  release(): void;
  /** Takes the space if there is plenty; tells whether the ballast is in place. */
  restore(): boolean;
};

/** The ballast at `path`; `restore` puts it there. */
export function openBallast(path: string, bytes: number): Ballast {
  const comfortBytes = 2 * bytes;
  const scarce = () => freeBytes(dirname(path)) < comfortBytes;
  const inPlace = () => existsSync(path) && statSync(path).size === bytes;
  return {
    comfortBytes,
    needed: scarce,
    release: () => rmSync(path, { force: true }),
    restore: () => inPlace() || (!scarce() && fill(path, bytes)),
  };
}

/** Free bytes for this user on the file system of `folder`; none when the folder is gone. */
function freeBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function fill(path: string, bytes: number): boolean {
  try {
    writeNoise(path, bytes);
    return true;
  } catch {
    // Somebody else took the room meanwhile: the disk is still full, and half a ballast would be in the way.
    rmSync(path, { force: true });
    return false;
  }
}

/** Random bytes: a file system that compresses would keep zeros for nothing. */
function writeNoise(path: string, bytes: number): void {
  const chunk = randomFillSync(Buffer.allocUnsafe(Math.min(bytes, 1 << 20)));
  const file = openSync(path, 'w', 0o600);
  try {
    for (let written = 0; written < bytes; ) {
      written += writeSync(file, chunk, 0, Math.min(chunk.length, bytes - written));
    }
  } finally {
    closeSync(file);
  }
}
