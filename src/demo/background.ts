/** Work that nobody waits for now. Its owner waits for it before it ends, and a failure comes out there. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  run(promise: Promise<unknown>, name: string): void {
    const tracked: Promise<void> = promise
      .then(
        () => undefined,
        (cause: unknown) => void this.#failures.push(new Error(`${name} failed`, { cause })),
      )
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Resolves when all of it has ended; rejects with the first failure. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
