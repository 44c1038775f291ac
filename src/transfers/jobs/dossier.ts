import type { Clock } from '../../gateway/ports.ts';
import type { TransfersLine } from '../../gateway/transfers-port.ts';
import { noticeOf } from './notices.ts';
import type { Transfer, TranscriptLine, TransferStore } from './ports.ts';

export type DossierParts = {
  readonly store: Pick<TransferStore, 'saveTransfer'>;
  readonly line: () => Pick<TransfersLine, 'tell'>;
  readonly clock: Clock;
};

/** What is to become of a job: other values, statuses for the CSMS, a line in the transcript. */
export type Change<T extends Transfer> = {
  readonly to: Partial<T>;
  readonly tell?: string | readonly string[];
  readonly note?: string;
};

/** Lines beyond this, between two savings, are not kept. */
const mostLines = 500;

/**
 * What is known of one job, in memory as on disk. Changes are made one after the other: each is decided on what the one
 * before left, and memory follows the disk. A status for the CSMS is kept together with the change that it tells of;
 * should a crash come between, its key keeps it from being told twice.
 */
export class Dossier<T extends Transfer> {
  readonly #parts: DossierParts;
  #job: T;
  #lines: TranscriptLine[] = [];
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(job: T, parts: DossierParts) {
    this.#job = job;
    this.#parts = parts;
  }

  get job(): T {
    return this.#job;
  }

  /** Adds a line to the transcript, with the next change or `flush`. */
  note(text: string): void {
    if (this.#lines.length < mostLines) this.#lines.push({ atMs: this.#parts.clock.now(), text });
  }

  /** Makes a change; undefined makes none. True when one was made. Rejects with StoreUnavailable: then none was. */
  change(decide: (job: T) => Change<T> | undefined): Promise<boolean> {
    const changed = this.#lastChange.then(() => this.#make(decide(this.#job)));
    this.#lastChange = changed.catch(() => undefined);
    return changed;
  }

  /** Writes lines that wait. */
  async flush(): Promise<void> {
    if (this.#lines.length > 0) await this.change(() => ({ to: {} }));
  }

  async #make(change: Change<T> | undefined): Promise<boolean> {
    if (change === undefined) return false;
    const { store, line, clock } = this.#parts;
    const { to, tell = [], note } = change;
    const { station, id, askedBy, createdAtMs, tellings, told } = this.#job;
    if (note !== undefined) this.note(note);
    const news = [tell].flat().filter((status) => status !== told);
    const last = news.at(-1);
    const telling = last === undefined ? {} : { told: last, tellings: tellings + news.length };
    const lines = this.#lines;
    this.#lines = [];
    const job = { ...this.#job, ...to, ...telling, changedAtMs: clock.now() };
    try {
      // What the operator asked for is nothing to the CSMS.
      const kept = (askedBy === 'operator' ? [] : news).map((status, index) =>
        line().tell(station, noticeOf(job, status), `${createdAtMs} transfer ${id} ${tellings + index}`),
      );
      await Promise.all([...kept, store.saveTransfer(job, lines)]);
    } catch (thrown) {
      this.#lines = [...lines, ...this.#lines].slice(0, mostLines);
      throw thrown;
    }
    this.#job = job;
    return true;
  }
}
