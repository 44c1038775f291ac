/** How long drivers stayed, hours, newest last; by idTag in lower case. */
export type Stays = Readonly<Record<string, readonly number[]>>;

/** From here on the median says more than a default. */
const enough = 3;
const keptOfDriver = 20;
/** Those who came last are kept. */
const keptDrivers = 2000;
/** Who leaves sooner tried something, or was refused. */
const leastHours = 1 / 12;

/** Stays with one more; the driver is the one who came last. */
export function withStay(stays: Stays, idTag: string, hours: number): Stays {
  if (!Number.isFinite(hours) || hours < leastHours) return stays;
  const { [idTag]: own = [], ...others } = stays;
  const kept = Object.entries(others).slice(1 - keptDrivers);
  return { ...Object.fromEntries(kept), [idTag]: [...own, hours].slice(-keptOfDriver) };
}

/** The median of a driver's stays, hours; undefined while there are fewer than three. */
export function usualStayHours(stays: Stays, idTag: string): number | undefined {
  const sorted = (Object.hasOwn(stays, idTag) ? (stays[idTag] ?? []) : []).toSorted((a, b) => a - b);
  if (sorted.length < enough) return undefined;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return (lower + upper) / 2;
}
