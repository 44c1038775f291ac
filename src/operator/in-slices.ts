import { setImmediate } from 'node:timers/promises';

/** So many are worked on before chargers get their turn. */
const sliceLength = 25;

/** Maps a long list without holding up the event loop. */
export async function mapInSlices<T, R>(items: readonly T[], map: (item: T) => R): Promise<readonly R[]> {
  const mapped: R[] = [];
  for (let from = 0; from < items.length; from += sliceLength) {
    if (from > 0) await setImmediate();
    mapped.push(...items.slice(from, from + sliceLength).map(map));
  }
  return mapped;
}
