/** How long drivers stayed, hours, newest last; by idTag in lower case. */
export type Stays = Readonly<Record<string, readonly number[]>>;

/** From here on the median says more than a default. */
const enough = 3;
const keptOfDriver = 20;
/** Of more drivers, those who came least often are forgotten. */
const keptDrivers = 5000;
/** Who leaves sooner tried something, or was refused. */
const leastHours = 1 / 12;

/** Stays with one more. */
export function withStay(stays: Stays, idTag: string, hours: number): Stays {
  if (!Number.isFinite(hours) || hours < leastHours) return stays;
  const others = Object.entries(stays).filter(([name]) => name !== idTag);
  const kept =
    others.length < keptDrivers
      ? others
      : others.toSorted(([, a], [, b]) => b.length - a.length).slice(0, keptDrivers - 1);
  return Object.fromEntries([...kept, [idTag, [...staysOf(stays, idTag), hours].slice(-keptOfDriver)]]);
}

/** An idTag may be any text, `__proto__` too. */
function staysOf(stays: Stays, idTag: string): readonly number[] {
  return Object.hasOwn(stays, idTag) ? (stays[idTag] ?? []) : [];
}

/** The median of a driver's stays, hours; undefined while there are fewer than three. */
export function usualStayHours(stays: Stays, idTag: string): number | undefined {
  const sorted = staysOf(stays, idTag).toSorted((a, b) => a - b);
  if (sorted.length < enough) return undefined;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return (lower + upper) / 2;
}
