/*
 * The URLs that chargers are given: identity and secret are segments of the path. `//` and a trailing `/` are ignored,
 * the base is compared without case: some chargers change it.
 */

/** The raw segments of a path below those of `basePath`; undefined when it is not below it. */
export function segmentsBelow(path: string, basePath: string): readonly string[] | undefined {
  const segments = segmentsOf(path);
  const base = segmentsOf(basePath);
  const matches = base.every((segment, index) => segments[index]?.toLowerCase() === segment.toLowerCase());
  return matches ? segments.slice(base.length) : undefined;
}

/** Takes the secret out of `s/<secret>/…`. */
export function takeSecret(segments: readonly string[]): {
  readonly secret?: string;
  readonly rest: readonly string[];
} {
  const [first, secret, ...rest] = segments;
  return first?.toLowerCase() === 's' && secret !== undefined ? { secret, rest } : { rest: segments };
}

/** A segment without its percent escapes; undefined when they are broken or no UTF-8. */
export function unescaped(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Splits a request target into path and query; accepts the absolute form of RFC 9112 §3.2.2 too. */
export function splitTarget(target: string): readonly [path: string, query: string] {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '');
  const at = origin.indexOf('?');
  return at === -1 ? [origin, ''] : [origin.slice(0, at), origin.slice(at + 1)];
}

/** Printable, 1 to 48 characters (OCPP 2.0.1 Part 4 §3.1.1), no way up a path: what a charger may be called. */
export function isIdentity(text: string): boolean {
  if (text.length > 48 || !/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text) || text.trim() === '') return false;
  return !climbs(text);
}

/** Whether a text, read as a path, leads upwards. */
export function climbs(text: string): boolean {
  return text.split(/[/\\]/).some((segment) => segment === '.' || segment === '..');
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}
