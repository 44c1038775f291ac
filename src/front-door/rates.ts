import { isIPv6 } from 'node:net';

/** A token bucket: `burst` at once, `perSecond` in the long run. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** No limit. */
export const unlimited: Rate = { perSecond: Infinity, burst: Infinity };

type Bucket = { tokens: number; filledAtMs: number };

/**
 * By what peers are told apart: an IPv4 address, or the /64 of an IPv6 address, of which one host has all others too
 * (RFC 4291 §2.5.4).
 */
export function rateKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [bare = ''] = address.split('%');
  const [head = '', tail = ''] = bare.split('::');
  const groupsOf = (text: string) => text.split(':').filter((group) => group !== '');
  const [front, back] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

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

  /** Until there is a token, ms; 0: there is one. Takes none. */
  waitMs(key: string, nowMs: number): number {
    const missing = 1 - this.#filled(key, nowMs).tokens;
    return Math.max(0, (missing / this.#rate.perSecond) * 1000);
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
