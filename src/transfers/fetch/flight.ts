import { randomUUID } from 'node:crypto';
import type { Fetched, SpooledFile, Transcript } from '../ports.ts';
import type { FileSpool } from '../spool/spool.ts';
import { cancelled } from './attempts.ts';

/** One fetch, and all who wait for it. It is given up when the last of them is gone. */
export class Flight {
  /** Under this name the flight itself holds files, until those who waited have theirs. */
  readonly holder = `fetch:${randomUUID()}`;
  readonly #spool: FileSpool;
  readonly #mask: (line: string) => string;
  readonly #transcripts = new Set<Transcript>();
  readonly #lines: string[] = [];
  readonly #control = new AbortController();
  readonly #held = new Set<string>();
  #arrival: Promise<Fetched> | undefined;
  #waiting = 0;

  constructor(spool: FileSpool, mask: (line: string) => string) {
    this.#spool = spool;
    this.#mask = mask;
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  depart(arrival: Promise<Fetched>): void {
    this.#arrival = arrival;
    // Those who wait may all be gone before it fails.
    arrival.catch(() => undefined);
  }

  abort(reason: unknown): void {
    this.#control.abort(reason);
  }

  /** Keeps a file of the spool for the time of the flight; false when it is not there. */
  holds({ sha256 }: SpooledFile): boolean {
    this.#held.add(sha256);
    return this.#spool.hold(sha256, this.holder);
  }

  say(line: string): void {
    const shown = this.#mask(line);
    this.#lines.push(shown);
    if (this.#lines.length > mostLines) this.#lines.shift();
    for (const transcript of this.#transcripts) transcript(shown);
  }

  /** Waits for the file, which is then held for `holder`. Rejects with TransferError. */
  async join(holder: string, transcript: Transcript, signal: AbortSignal | undefined): Promise<Fetched> {
    for (const line of this.#lines) transcript(line);
    this.#transcripts.add(transcript);
    this.#waiting += 1;
    try {
      const fetched = await this.#orCancelled(signal);
      this.#held.add(fetched.file.sha256);
      this.#spool.hold(fetched.file.sha256, holder);
      return fetched;
    } finally {
      this.#leave(transcript);
    }
  }

  #leave(transcript: Transcript): void {
    this.#transcripts.delete(transcript);
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    // Nothing of what is under way is wanted any more; when it has arrived this does nothing.
    this.abort(undefined);
    for (const sha256 of this.#held) this.#spool.release(sha256, this.holder);
  }

  #orCancelled(signal: AbortSignal | undefined): Promise<Fetched> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        if (signal !== undefined) reject(cancelled(signal));
      };
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort);
      const end = (): void => signal?.removeEventListener('abort', abort);
      this.#arrival?.finally(end).then(resolve, reject);
    });
  }
}

const mostLines = 200;
