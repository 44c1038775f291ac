export type BackOff = {
  /** The shortest wait after a failure, ms. */
  readonly minMs: number;
  /** The longest wait, ms. */
  readonly maxMs: number;
};

/**
 * Ms to wait after the n-th failure in a row (1, 2, …): doubling, and half of it left to chance so that chargers that
 * lost their CSMS together do not come back together. `chance` is in [0, 1).
 */
export function backOffMs(failures: number, { minMs, maxMs }: BackOff, chance: number): number {
  const longestMs = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return Math.max(minMs, longestMs * (0.5 + chance / 2));
}
