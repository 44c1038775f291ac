/** A token bucket: `burst` at once, `perSecond` in the long run. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** No limit. */
export const unlimited: Rate = { perSecond: Infinity, burst: Infinity };

type Bucket = { tokens: number; filledAtMs: number };

/** Forgetting the longest unused bucket forgives a few requests; remembering all of them would be a leak. */
const rememberedKeys = 10_000;

/** Token buckets by key: addresses, or chargers. */
export class RateLimiter {
  readonly #rate: Rate;
  /** In the order of last use. */
  readonly #buckets = new Map<string, Bucket>();

  /** The rate is looked at anew at each use. */
  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one token at the monotonic time `nowMs`; false when there is none. */
  take(key: string, nowMs: number): boolean {
    if (this.#rate.perSecond === Infinity) return true;
    const bucket = this.#filled(key, nowMs);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forgetOldest();
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #filled(key: string, nowMs: number): Bucket {
    const { perSecond, burst } = this.#rate;
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return { tokens: burst, filledAtMs: nowMs };
    const earned = ((nowMs - bucket.filledAtMs) / 1000) * perSecond;
    return { tokens: Math.min(burst, bucket.tokens + earned), filledAtMs: nowMs };
  }

  #forgetOldest(): void {
    if (this.#buckets.size <= rememberedKeys) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
