import { climbs, isIdentity, segmentsBelow, splitTarget, takeSecret, unescaped } from '../front-door/path.ts';
import type { OcppVersion } from './message.ts';

/** What the URL of a request says. */
export type Route =
  | OcppRoute
  | { readonly kind: 'notFound' }
  /** Broken escapes, or an identity that cannot be one. */
  | { readonly kind: 'malformed'; readonly hint: string };

/** A URL below the base path. Its identity is decoded and printable, and may disagree with the message. */
export type OcppRoute = {
  readonly kind: 'ocpp';
  /** The identity in the path, else in the query. */
  readonly identity?: string;
  /** The secret of `/ocpp/s/<secret>`. */
  readonly secret?: string;
  /** The version that a segment such as `1.5` or `ocpp15` names. */
  readonly ocpp?: OcppVersion;
  /** Lower-case keys. */
  readonly query: ReadonlyMap<string, string>;
};

/** Segments of endpoint URLs as back offices hand them out; they are no identities. */
const endpointWord =
  /^(soap|services?|v?1\.[256]s?|ocpp-?s?(v?1\.?[256])?|central-?system(service)?|charge-?point(service)?)$/i;

const versions: Readonly<Record<string, OcppVersion>> = { '2': '1.2', '5': '1.5', '6': '1.6' };

const identityKeys = ['cb', 'chargeboxidentity', 'chargeboxid'];

/**
 * Reads a request target below `basePath` (such as `/ocpp`): without case, `//` and a trailing `/` ignored, and `%26`
 * read as `&`, since some chargers change the case of their URL and escape its query.
 */
export function routeOf(target: string, basePath: string): Route {
  const [rawPath, rawQuery] = splitTarget(target);
  const below = segmentsBelow(rawPath, basePath);
  if (below === undefined) return { kind: 'notFound' };
  const segments = below.map(unescaped);
  const query = parseQuery(rawQuery);
  if (segments.includes(undefined) || query === undefined)
    return { kind: 'malformed', hint: 'the URL is not UTF-8 with valid escapes' };
  return identified(
    segments.filter((segment) => segment !== undefined),
    query,
  );
}

/** What is remembered at most: as many targets as there may be connections, none longer than any charger's. */
const remembered = { targets: 5_000, characters: 200 };

/** As routeOf, for the few targets that chargers ask for again and again. */
export function routesBelow(basePath: string): (target: string) => Route {
  const known = new Map<string, Route>();
  return (target) => {
    const before = known.get(target);
    if (before !== undefined) return before;
    const route = routeOf(target, basePath);
    if (target.length > remembered.characters) return route;
    if (known.size >= remembered.targets) known.clear();
    known.set(target, route);
    return route;
  };
}

function identified(segments: readonly string[], query: ReadonlyMap<string, string>): Route {
  const { secret, rest } = takeSecret(segments);
  const inPath = rest.findLast((segment) => !endpointWord.test(segment));
  const inQuery = identityKeys.map((key) => query.get(key)).find((value) => value !== undefined && value !== '');
  const identity = inPath ?? inQuery;
  if (segments.some(climbs) || (identity !== undefined && !isIdentity(identity))) {
    return { kind: 'malformed', hint: 'the identity in the URL must be 1 to 48 printable characters' };
  }
  const ocpp = versionIn(rest);
  return {
    kind: 'ocpp',
    query,
    ...(ocpp === undefined ? {} : { ocpp }),
    ...(identity === undefined ? {} : { identity }),
    ...(secret === undefined ? {} : { secret }),
  };
}

function versionIn(segments: readonly string[]): OcppVersion | undefined {
  const word = segments.find((segment) => endpointWord.test(segment) && /1\.?[256]/.test(segment));
  return versions[word?.match(/1\.?([256])/)?.[1] ?? ''];
}

function parseQuery(raw: string): ReadonlyMap<string, string> | undefined {
  const query = new Map<string, string>();
  for (const pair of raw.replace(/%26/g, '&').split('&')) {
    const [rawKey, rawValue] = splitPair(pair);
    const key = unescaped(rawKey);
    const value = unescaped(rawValue);
    if (key === undefined || value === undefined) return undefined;
    if (key !== '') query.set(key.toLowerCase(), value);
  }
  return query;
}

function splitPair(pair: string): readonly [key: string, value: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
