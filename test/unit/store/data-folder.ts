import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/gateway/ports.ts';
import { openStore, type StoreOptions } from '../../../src/store/open.ts';
import { openStoreThread } from '../../../src/store/thread.ts';

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

/** The store as the gateway opens it. */
export function openThreadIn(folder: string, log: Log = listeningLog()): ReturnType<typeof openStoreThread> {
  return openStoreThread({ folder, log, ballastBytes });
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
