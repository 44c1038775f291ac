/**
 * Fixed notation with exactly `fractionDigits` digits, rounded down: a limit that is rounded up breaks the site's limit.
 * What a binary float cannot help (0.1 + 0.2, 2.1 as 2.0999999999999996) is first taken back. For magnitudes below 1e15.
 */
export function formatDecimal(value: number, fractionDigits: number): string {
  const scale = 10 ** fractionDigits;
  const units = Math.floor(Number((value * scale).toPrecision(14)) + noise);
  return ((units + 0) / scale).toFixed(fractionDigits);
}

/** Far below any digit that is written, far above what float arithmetic leaves of a zero. */
const noise = 1e-9;
