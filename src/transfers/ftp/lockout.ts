/** How many wrong passwords an address may send. */
export type LockoutRule = { readonly badLogins: number; readonly withinMs: number };

/** Forgetting the oldest address forgives a few guesses; remembering all of them would be a leak. */
const rememberedAddresses = 10_000;

/** Counts wrong passwords by address. */
export class Lockout {
  readonly #rule: LockoutRule;
  readonly #elapsed: () => number;
  /** Monotonic times of the wrong passwords of late, the oldest first; addresses in the order of their last one. */
  readonly #bad = new Map<string, number[]>();

  /** `elapsed` is monotonic, in ms. */
  constructor(rule: LockoutRule, elapsed: () => number) {
    this.#rule = rule;
    this.#elapsed = elapsed;
  }

  /** Counts one more; returns how many there were of late. */
  count(address: string): number {
    const recent = [...this.#recent(address), this.#elapsed()].slice(-this.#rule.badLogins);
    this.#bad.delete(address);
    this.#bad.set(address, recent);
    const [oldest] = this.#bad.keys();
    if (this.#bad.size > rememberedAddresses && oldest !== undefined) this.#bad.delete(oldest);
    return recent.length;
  }

  isLocked(address: string): boolean {
    return this.#recent(address).length >= this.#rule.badLogins;
  }

  #recent(address: string): readonly number[] {
    const since = this.#elapsed() - this.#rule.withinMs;
    return (this.#bad.get(address) ?? []).filter((at) => at > since);
  }
}
