import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/gateway/ports.ts';
import { openStore, type StoreOptions } from '../../../src/store/open.ts';
import { root } from '../../support/build.ts';

/** Small, so that a test does not write 16 MB for each store that it opens. */
export const ballastBytes = 64 * 1024;

/** A log that keeps its events. */
export function listeningLog(): Log & { readonly events: string[] } {
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  return { events, debug: note, info: note, warn: note, error: note };
}

/** A new, empty folder. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gateway-store-'));
}

export function openIn(folder: string, more: Partial<StoreOptions> = {}): ReturnType<typeof openStore> {
  return openStore({ folder, log: listeningLog(), ballastBytes, ...more });
}

/** The store as the build opens it: a thread of the sources needs a loader, and three times as long. */
export async function openThreadIn(folder: string, log: Log = listeningLog()): ReturnType<Thread['openStoreThread']> {
  const { openStoreThread } = (await import(join(root, 'dist/src/store/thread.js'))) as Thread;
  return openStoreThread({ folder, log, ballastBytes });
}

type Thread = typeof import('../../../src/store/thread.ts');

/** An error by its name: the build's classes are not those of the sources. */
export const named = (name: string) => ({ name });

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
