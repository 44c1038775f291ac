import { climbs, isIdentity, segmentsBelow, splitTarget, takeSecret, unescaped } from '../front-door/path.ts';

/** What the URL of a handshake says. */
export type ChargerUrl =
  | { readonly kind: 'charger'; readonly identity: string; readonly secret?: string }
  /** Not below the base, or without an identity. */
  | { readonly kind: 'notFound' }
  /** Broken escapes, or an identity that cannot be one. */
  | { readonly kind: 'malformed'; readonly hint: string };

/**
 * Reads a request target below `basePath`: the last segment is the percent-encoded identity (OCPP-J 1.6 §3.1.1); what
 * stands between is nobody's business, but for `/s/<secret>`. A query is ignored.
 */
export function chargerUrl(target: string, basePath: string): ChargerUrl {
  const [path] = splitTarget(target);
  const below = segmentsBelow(path, basePath);
  if (below === undefined) return { kind: 'notFound' };
  const { secret: rawSecret, rest } = takeSecret(below);
  const last = rest.at(-1);
  if (last === undefined) return { kind: 'notFound' };
  const identity = unescaped(last);
  const secret = rawSecret === undefined ? undefined : unescaped(rawSecret);
  if (identity === undefined || !isIdentity(identity) || below.some(climbs)) {
    return {
      kind: 'malformed',
      hint: 'the last segment of the URL must be an identity of 1 to 48 printable characters',
    };
  }
  return { kind: 'charger', identity, ...(secret === undefined ? {} : { secret }) };
}
