/** Lets others wait until something became true, without polling. */
export class Changes {
  readonly #waiting = new Set<() => void>();

  /** Something changed: all conditions are looked at again. */
  happened(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves with true as soon as the condition holds, with false when it did not by the deadline. */
  async until(condition: () => boolean, deadlineMs: number): Promise<boolean> {
    if (condition()) return true;
    return await new Promise((resolve) => {
      const end = (held: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(held);
      };
      const look = () => {
        if (condition()) end(true);
      };
      const timer = setTimeout(() => end(false), deadlineMs);
      this.#waiting.add(look);
    });
  }
}
