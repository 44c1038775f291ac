import { closest, distance } from 'fastest-levenshtein';

/** One sentence for each key of an object that nobody reads, with the known key that was probably meant. */
export function unknownKeys(value: unknown, path: string, known: readonly string[]): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  return unknown.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown key; ${hint(key, known)}`);
}

function hint(key: string, known: readonly string[]): string {
  const near = closest(key, known);
  const allowed = Math.max(2, Math.floor(near.length / 3));
  return distance(key, near) <= allowed ? `did you mean "${near}"?` : `the keys here are ${known.join(', ')}`;
}
