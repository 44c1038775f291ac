import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Log } from '../gateway/ports.ts';
import { giveBack, isUnusable, openTelemetryFile, setAside, usedBytes } from './database.ts';
import { MessageTable } from './message-table.ts';
import { telemetryPathIn } from './path.ts';
import { SiteTable } from './site-table.ts';

export type Tables = { readonly messages: MessageTable; readonly sites: SiteTable };

type Opened = Tables & { readonly db: Database };

/** What the disk must have left: below it, the room belongs to what the gateway must not forget. */
const leastFreeBytes = 64 * 1024 * 1024;

/** How many chunks are forgotten at once: more than one write adds. */
const forgottenAtOnce = 4;

/**
 * The file of the telemetry, which may break or fill the disk without anybody being disturbed. It is opened when first
 * needed. One that cannot be used is set aside and a new one begun, once for each piece of work.
 */
export class TelemetryFile {
  readonly #path: string;
  readonly #log: Log;
  #opened: Opened | undefined;

  constructor(folder: string, log: Log) {
    this.#path = telemetryPathIn(folder);
    this.#log = log;
  }

  /** Does `work` on the tables; throws what SQLite throws. */
  use<T>(work: (tables: Tables) => T): T {
    try {
      return work(this.#open());
    } catch (thrown) {
      if (!isUnusable(thrown)) throw thrown;
      this.#beginAnew(thrown);
      return work(this.#open());
    }
  }

  /** False when the disk is so full that nothing more should be written. */
  hasRoom(): boolean {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize >= leastFreeBytes;
  }

  /** Forgets a little of what is older than `beforeMs` or beyond `keepBytes`; true: there may be more to do. */
  forget(beforeMs: number, keepBytes: number): boolean {
    return this.use(({ messages }) => {
      const { db } = this.#open();
      for (let nth = 0; nth < forgottenAtOnce; nth += 1) {
        if (!messages.forgetOldest(beforeMs, usedBytes(db) > keepBytes)) return giveBack(db);
      }
      return true;
    });
  }

  close(): void {
    this.#opened?.db.close();
    this.#opened = undefined;
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const db = openTelemetryFile(this.#path);
    try {
      this.#opened = { db, messages: new MessageTable(db), sites: new SiteTable(db) };
      return this.#opened;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  #beginAnew(cause: unknown): void {
    this.close();
    setAside(this.#path);
    this.#log.error('telemetry file set aside', { path: this.#path, kept: `${this.#path}.broken` }, cause);
  }
}
