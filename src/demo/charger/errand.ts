/**
 * Work that is done by one run at a time: woken when there may be some, again after each run, never after it was
 * stopped. `run` ends when nothing is left, or when the signal came.
 */
export class Errand {
  readonly #stop = new AbortController();
  readonly #hasWork: () => boolean;
  readonly #run: () => Promise<void>;
  #running: Promise<void> | undefined;

  constructor(hasWork: () => boolean, run: () => Promise<void>) {
    this.#hasWork = hasWork;
    this.#run = run;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  wake(): void {
    if (this.#running !== undefined || !this.#hasWork() || this.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.wake();
    });
  }

  /** Resolves when nothing is left to do, or the errand was stopped. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.drained();
  }
}
