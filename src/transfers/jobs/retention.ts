import type { Clock } from '../../gateway/ports.ts';
import type { Spool } from '../ports.ts';
import type { Transfer, TransferSettings, TransferStore } from './ports.ts';
import { holderOf } from './run.ts';

export type RetentionParts = {
  readonly settings: Pick<TransferSettings, 'keepMs'>;
  readonly store: Pick<TransferStore, 'transfers' | 'pruneTransfers'>;
  readonly spool: Pick<Spool, 'hold' | 'release' | 'prune'>;
  readonly clock: Clock;
};

type Kept = { readonly id: number; readonly sha256: string; readonly changedAtMs: number };

const pruneEveryMs = 3_600_000;

/**
 * Files of chargers stay in the spool for the operator until they are old, and so does what is known of ended jobs.
 * Images that no job holds go when nobody has asked for them for as long.
 */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #kept = new Map<number, Kept>();
  #prunedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    for (const job of await this.#parts.store.transfers({ open: false })) {
      if (job.kind === 'diagnostics') this.keep(job);
    }
  }

  keep({ id, file, changedAtMs }: Transfer): void {
    if (file === undefined) return;
    this.#parts.spool.hold(file.sha256, holderOf({ id }));
    this.#kept.set(id, { id, sha256: file.sha256, changedAtMs });
  }

  /** Lets go of what is too old, once an hour. */
  async prune(): Promise<void> {
    const { clock, settings, spool, store } = this.#parts;
    if (clock.elapsed() < this.#prunedAtMs + pruneEveryMs) return;
    this.#prunedAtMs = clock.elapsed();
    const beforeMs = clock.now() - settings.keepMs;
    for (const kept of this.#kept.values()) {
      if (kept.changedAtMs >= beforeMs) continue;
      spool.release(kept.sha256, holderOf(kept));
      this.#kept.delete(kept.id);
    }
    await spool.prune(beforeMs);
    await store.pruneTransfers(beforeMs);
  }
}
