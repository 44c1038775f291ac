import { isIP } from 'node:net';
import { harmlessName } from '../door/names.ts';
import { TransferError } from '../errors.ts';

export type Scheme = 'http' | 'https' | 'ftp' | 'ftps';

/** A place outside to fetch from or to bring to, read once. */
export type Location = {
  readonly scheme: Scheme;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Decoded. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** http, https: path and query as they go on the wire; ftp, ftps: the decoded path of the commands. */
  readonly path: string;
  readonly hasQuery: boolean;
  /** Last segment of the path; undefined for a directory. */
  readonly name: string | undefined;
  /** Without credentials and without the query: for logs, and as the key of what is the same resource. */
  readonly shown: string;
  /** What must not be seen in any text. */
  readonly secrets: readonly string[];
};

const defaultPorts: Readonly<Record<Scheme, number>> = { http: 80, https: 443, ftp: 21, ftps: 21 };

const bad = (why: string) => new TransferError('BadLocation', `the location cannot be used: ${why}`);

/** Reads a location of a CSMS or of a config. Throws TransferError `BadLocation`. */
export function readLocation(text: string): Location {
  const trimmed = text.trim();
  // The URL class drops some of them without a word.
  if (/[\p{Cc} ]/u.test(trimmed)) throw bad('it has spaces or control characters in it');
  const scheme = schemeOf(/^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(trimmed)?.[1]);
  // Of ftps the URL class knows nothing: it would take the host as it stands, 127.1 and all.
  const parsed = parseUrl(scheme === 'ftps' ? `ftp${trimmed.slice(4)}` : trimmed);
  if (parsed.hostname === '') throw bad('it names no host');
  return locationOf(scheme, parsed, loginOf(parsed));
}

/** Where a redirect from `location` leads. Throws TransferError `ForbiddenRedirect`. */
export function redirected(location: Location, target: string): Location {
  const base = `${location.scheme}://${hostPort(location)}${location.path}`;
  const parsed = parseUrl(target, base);
  const scheme = parsed.protocol.slice(0, -1);
  if (scheme !== 'http' && scheme !== 'https') throw forbidden(`to ${scheme.slice(0, 20)}`);
  if (location.scheme === 'https' && scheme === 'http') throw forbidden('from https to http');
  const sameOrigin =
    scheme === location.scheme &&
    parsed.hostname === bracketed(location.host) &&
    portOf(scheme, parsed) === location.port;
  return locationOf(scheme, parsed, sameOrigin ? location.login : undefined);
}

/** A text without what must not be seen. */
export function masked(text: string, { secrets }: Location): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
}

/** An address as it stands in a URL. */
function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function hostPort({ host, port }: Location): string {
  return `${bracketed(host)}:${port}`;
}

function forbidden(what: string): TransferError {
  return new TransferError('ForbiddenRedirect', `a redirect ${what}`);
}

function schemeOf(text: string | undefined): Scheme {
  const scheme = text?.toLowerCase();
  if (scheme === 'http' || scheme === 'https' || scheme === 'ftp' || scheme === 'ftps') return scheme;
  throw bad(scheme === undefined ? 'it is no URL' : `${scheme.slice(0, 20)} is not one of http, https, ftp, ftps`);
}

function parseUrl(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch {
    // The error of the URL class holds the whole text, password and all.
    throw bad('it is no URL');
  }
}

function portOf(scheme: Scheme, { port }: URL): number {
  return port === '' ? defaultPorts[scheme] : Number(port);
}

function loginOf({ username, password }: URL): Location['login'] {
  return username === '' && password === '' ? undefined : { user: decode(username), password: decode(password) };
}

function locationOf(scheme: Scheme, parsed: URL, login: Location['login']): Location {
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = portOf(scheme, parsed);
  const isFtp = scheme === 'ftp' || scheme === 'ftps';
  const path = isFtp ? ftpPath(parsed.pathname) : `${parsed.pathname}${parsed.search}`;
  const folders = isFtp ? path : decode(parsed.pathname);
  const shown = `${scheme}://${bracketed(host)}:${port}${parsed.pathname}`;
  const last = folders.split('/').at(-1) ?? '';
  const secrets = secretsOf(parsed, login);
  return { scheme, host, port, login, path, hasQuery: parsed.search !== '', name: harmlessName(last), shown, secrets };
}

/** RFC 1738 §3.2.2: relative to where the login leads; `%2F` at its beginning makes it absolute, and so do two slashes. */
function ftpPath(pathname: string): string {
  return decode(pathname.slice(1).replace(/;type=[aid]$/i, ''));
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw bad('a percent sign in it is followed by nothing that makes sense');
  }
  // FTP commands and header fields end at these.
  if (/\p{Cc}/u.test(decoded)) throw bad('it has control characters in it');
  return decoded;
}

/** Values of a query are the keys of presigned URLs; short ones are no secrets, and would mask half of every text. */
const shortestSecret = 4;

function secretsOf({ username, password, search, searchParams }: URL, login: Location['login']): readonly string[] {
  const both = [password, login?.password ?? '', ...(password === '' ? [] : [username, login?.user ?? ''])];
  const query = [search.slice(1), ...search.slice(1).split(/[&=]/), ...searchParams.values()];
  const kept = [...both, ...query.filter((value) => value.length >= shortestSecret)].filter((secret) => secret !== '');
  return [...new Set(kept)].toSorted((a, b) => b.length - a.length);
}
