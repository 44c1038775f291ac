/**
 * Bounds how many handshakes run at once, in the order in which they were asked for: the start of a fleet must not
 * knock over the CSMS that it wants to reach.
 */
export class Slots {
  #free: number;
  #handingOut = false;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Runs `start` when a slot is free, now or later. What `start` is given hands the slot back; what is returned does
   * so too, or leaves the line.
   */
  take(start: (giveBack: () => void) => void): () => void {
    let holds = false;
    const giveBack = (): void => {
      this.#waiting.delete(begin);
      if (!holds) return;
      holds = false;
      this.#free += 1;
      this.#handOut();
    };
    const begin = (): void => {
      holds = true;
      start(giveBack);
    };
    this.#waiting.add(begin);
    this.#handOut();
    return giveBack;
  }

  /** Not re-entrant: a thousand starts that fail at once must not stand on one another's stack. */
  #handOut(): void {
    if (this.#handingOut) return;
    this.#handingOut = true;
    for (const begin of this.#waiting) {
      if (this.#free === 0) break;
      this.#free -= 1;
      this.#waiting.delete(begin);
      begin();
    }
    this.#handingOut = false;
  }
}
