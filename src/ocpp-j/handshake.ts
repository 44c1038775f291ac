import type { ClientOptions } from 'ws';
import type { LinkSettings } from '../gateway/ports.ts';

export const subprotocol = 'ocpp1.6';

/**
 * The URL of a station (OCPP-J 1.6 §3.1.1): the base, and the percent-encoded identity as last segment; a query stays.
 * Throws a TypeError with plain words when there is no such URL.
 */
export function linkUrl({ url, csmsIdentity }: Pick<LinkSettings, 'url' | 'csmsIdentity'>): URL {
  // URL parsers fold these segments away, percent-encoded or not (WHATWG URL §4.4).
  if (csmsIdentity === '' || csmsIdentity === '.' || csmsIdentity === '..') {
    throw new TypeError(`the identity "${csmsIdentity}" cannot stand in a URL`);
  }
  if (/\p{Surrogate}/u.test(csmsIdentity)) throw new TypeError('the identity holds half a character');
  const link = parse(url);
  link.pathname = `${link.pathname.replace(/\/$/, '')}/${encodeURIComponent(csmsIdentity)}`;
  link.hash = '';
  return link;
}

function parse(url: string): URL {
  if (!URL.canParse(url)) throw new TypeError('the URL of the CSMS cannot be read');
  const parsed = new URL(url);
  if (parsed.protocol === 'ws:' || parsed.protocol === 'wss:') return parsed;
  throw new TypeError(`the URL of the CSMS starts with ${parsed.protocol} instead of ws: or wss:`);
}

/** HTTP Basic from bytes: an AuthorizationKey is not text (OCPP-J 1.6 §6.2.2, security whitepaper §3). */
export function basicHeader(identity: string, password: Buffer): string {
  const credentials = Buffer.concat([Buffer.from(`${identity}:`, 'utf8'), password]);
  return `Basic ${credentials.toString('base64')}`;
}

/** Whether a link with these settings would be the same link. */
export function sameSettings(one: LinkSettings, other: LinkSettings): boolean {
  return (
    one.url === other.url &&
    one.csmsIdentity === other.csmsIdentity &&
    samePassword(one.password, other.password) &&
    one.tls.ca === other.tls.ca &&
    one.tls.cert === other.tls.cert &&
    one.tls.key === other.tls.key
  );
}

function samePassword(one: Buffer | undefined, other: Buffer | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.equals(other);
}

/** What `ws` is told about identity and trust; the certificate of the CSMS is always verified. */
export function trustOptions(settings: LinkSettings): ClientOptions {
  const { csmsIdentity, password, tls } = settings;
  return {
    ...(password === undefined ? {} : { headers: { Authorization: basicHeader(csmsIdentity, password) } }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  };
}
