import type { IncomingHttpHeaders } from 'node:http';

/** What tells one version of a file at a location from the next. */
export type Version =
  /** `validator` is good for If-Range: a strong ETag, or a date that is old enough to be one. */
  | { readonly kind: 'http'; readonly validator: string; readonly etag: boolean }
  | { readonly kind: 'ftp'; readonly bytes: number; readonly modifiedAtMs: number };

/** A file may have changed twice in one second, and its date not: only a date that is older than this is a validator. */
const settledMs = 60_000;

/** The version of an answer (RFC 9110 §8.8); undefined when it has none that two answers can be compared by. */
export function httpVersion(headers: IncomingHttpHeaders): Version | undefined {
  const { etag, 'last-modified': modified, date } = headers;
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return { kind: 'http', validator: etag, etag: true };
  const ageMs = Date.parse(date ?? '') - Date.parse(modified ?? '');
  // A weak ETag says that versions may differ in bytes: the date behind it is no better.
  if (etag !== undefined || modified === undefined || !(ageMs >= settledMs)) return undefined;
  return { kind: 'http', validator: modified, etag: false };
}

/** The version of a file on an FTP server by SIZE and MDTM; undefined when one of them is not told, or is too young. */
export function ftpVersion(
  bytes: number | undefined,
  modifiedAtMs: number | undefined,
  nowMs: number,
): Version | undefined {
  if (bytes === undefined || modifiedAtMs === undefined || nowMs - modifiedAtMs < settledMs) return undefined;
  return { kind: 'ftp', bytes, modifiedAtMs };
}

export function sameVersion(one: Version | undefined, other: Version | undefined): boolean {
  if (one?.kind === 'http' && other?.kind === 'http') return one.validator === other.validator;
  if (one?.kind === 'ftp' && other?.kind === 'ftp') {
    return one.bytes === other.bytes && one.modifiedAtMs === other.modifiedAtMs;
  }
  return false;
}

/** An ETag that can only be made from the content, such as those of S3: the same for whatever query leads to it. */
export function isContentHash(version: Version): boolean {
  return version.kind === 'http' && version.etag && /^"[0-9a-f]{32,}(-\d+)?"$/i.test(version.validator);
}
