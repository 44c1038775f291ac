import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../gateway/ports.ts';

export type WatchParts = {
  /** The files (or folders) to look at, asked anew each time. */
  readonly files: () => readonly string[];
  readonly clock: Clock;
  /** They have changed and were then left alone for a moment. */
  readonly onChange: () => void;
};

/** Time between two looks where no event comes: network disks, container volumes, folders that were replaced. */
const everyMs = 1000;
/** An editor writes in several steps; after so long without one it is done. */
const settleMs = 150;

/**
 * Looks at files until closed. What counts is what is on disk: events of the operating system only make it look
 * sooner. So renames, deleted files and replaced folders are changes like any other.
 */
export function watchFiles({ files, clock, onChange }: WatchParts): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  let seen = picture(files());
  let settling = false;
  let hinted = false;
  let isClosed = false;
  let cancel = (): void => undefined;
  const lookIn = (ms: number): void => {
    cancel();
    if (!isClosed) cancel = clock.after(ms, look);
  };
  const hint = (): void => {
    // however often it comes, it puts off no look
    if (!hinted) lookIn(settleMs);
    hinted = true;
  };
  const look = (): void => {
    hinted = false;
    const paths = files();
    watchFolders(watchers, paths, hint);
    const present = picture(paths);
    const changed = present !== seen;
    seen = present;
    const settled = settling && !changed;
    settling = changed;
    lookIn(changed ? settleMs : everyMs);
    if (settled) onChange();
  };
  lookIn(0);
  return {
    close: () => {
      isClosed = true;
      cancel();
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** What of each file changes when somebody writes, renames or deletes it. */
function picture(paths: readonly string[]): string {
  return JSON.stringify(paths.map((path) => [path, stateOf(path)]));
}

function stateOf(path: string): readonly number[] | string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return [ino, size, mtimeMs];
  } catch (error) {
    // that it cannot be seen is a state as well; whoever reads it says why
    return codeOf(error);
  }
}

/** Watches the folders that the files lie in; those that cannot be watched are looked at all the same. */
function watchFolders(watchers: Map<string, FSWatcher>, paths: readonly string[], hint: () => void): void {
  const folders = new Set(paths.map((path) => dirname(path)));
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  for (const folder of watchers.keys()) if (!folders.has(folder)) drop(folder);
  for (const folder of folders) {
    if (watchers.has(folder)) continue;
    try {
      const watcher = watch(folder, { persistent: false }, hint);
      watcher.on('error', () => drop(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      codeOf(error);
    }
  }
}

/** Throws on what is no refusal of the operating system. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  return error.code;
}
