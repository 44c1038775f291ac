/** Work that nobody waits for: it is awaited before its owner ends, and its failure is told, never swallowed. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #onFailure: (name: string, error: unknown) => void;

  constructor(onFailure: (name: string, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  run(promise: Promise<unknown>, name: string): void {
    const tracked = promise.then(
      () => undefined,
      (error: unknown) => this.#onFailure(name, error),
    );
    this.#running.add(tracked);
    void tracked.finally(() => this.#running.delete(tracked));
  }

  /** Resolves when all of it has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
