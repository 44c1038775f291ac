import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../errors.ts';
import type { Draft } from '../spool/draft.ts';

/** What somebody says that the bytes of a whole file hash to. */
export type Claim = {
  /** Where it was said, such as `repr-digest`. */
  readonly source: string;
  /** As node:crypto calls it. */
  readonly algorithm: 'sha256' | 'sha512' | 'sha1' | 'md5';
  readonly digest: Buffer;
};

const algorithms: ReadonlyMap<string, Claim['algorithm']> = new Map<string, Claim['algorithm']>([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
  ['sha', 'sha1'],
  ['md5', 'md5'],
]);

const lengths: Readonly<Record<Claim['algorithm'], number>> = { sha256: 32, sha512: 64, sha1: 20, md5: 16 };

/**
 * What the headers of an answer say of the whole file. Content-MD5 (RFC 1864) and Content-Digest (RFC 9530 §2) are of the
 * bytes in this message: of a part they say nothing that we could check. What cannot be read is no claim.
 */
export function claimsOf(headers: IncomingHttpHeaders, whole: boolean): readonly Claim[] {
  const claims = [
    ...structuredDigests('repr-digest', headers['repr-digest']),
    ...listedDigests('digest', headers['digest']),
    claim('x-amz-checksum-sha256', 'sha256', oneOf(headers['x-amz-checksum-sha256'])),
  ];
  if (whole) {
    claims.push(...structuredDigests('content-digest', headers['content-digest']));
    claims.push(claim('content-md5', 'md5', oneOf(headers['content-md5'])));
  }
  return claims.filter((read) => read !== undefined);
}

/** RFC 9530 §3: `sha-256=:base64:`, with commas between. */
function structuredDigests(source: string, header: string | string[] | undefined): (Claim | undefined)[] {
  return entriesOf(header).map(([name, value]) => claim(source, algorithms.get(name), /^:(.*):$/.exec(value)?.[1]));
}

/** RFC 3230 §4.3.2: `SHA-256=base64`. */
function listedDigests(source: string, header: string | string[] | undefined): (Claim | undefined)[] {
  return entriesOf(header).map(([name, value]) => claim(source, algorithms.get(name), value));
}

function entriesOf(header: string | string[] | undefined): [string, string][] {
  const entries = [header ?? []].flat().flatMap((line) => line.split(','));
  return entries.map((entry) => {
    const [, name = '', value = ''] = /^\s*([A-Za-z0-9-]+)\s*=\s*(\S*)\s*$/.exec(entry) ?? [];
    return [name.toLowerCase(), value];
  });
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return [header ?? []].flat()[0];
}

function claim(
  source: string,
  algorithm: Claim['algorithm'] | undefined,
  base64: string | undefined,
): Claim | undefined {
  if (algorithm === undefined || base64 === undefined) return undefined;
  const digest = Buffer.from(base64, 'base64');
  // Amazon's checksum of a file that came in parts is one of checksums, and ends in the number of parts.
  return digest.length === lengths[algorithm] && !/-\d+$/.test(base64) ? { source, algorithm, digest } : undefined;
}

/** What must be true of a fetched file. */
export type Expectation = {
  readonly sha256: string | undefined;
  readonly minBytes: number;
  readonly claims: readonly Claim[];
  /** The length that somebody told: `length`, or nothing. */
  readonly lengthTold: boolean;
  /** It was put together from more than one connection. */
  readonly joined: boolean;
};

/**
 * Every source of integrity must agree; returns their names. Rejects with TransferError: `WrongHash` when a whole file is
 * another one than was asked for, `Corrupt` when it may be due to how it came, `TooSmall`, `Unverifiable`.
 */
export async function proveWhole(draft: Draft, expectation: Expectation): Promise<readonly string[]> {
  const { sha256, minBytes, claims, lengthTold, joined } = expectation;
  if (draft.bytes < Math.max(minBytes, 1)) throw new TransferError('TooSmall', `the file has ${draft.bytes} bytes`);
  const proofs = lengthTold ? ['length'] : [];
  for (const { source, algorithm, digest } of claims) {
    if (!(await digestOf(draft, algorithm)).equals(digest)) {
      throw new TransferError('Corrupt', `the file is not what ${source} says`);
    }
    proofs.push(source);
  }
  if (sha256 !== undefined) {
    if ((await draft.sha256()) !== sha256.toLowerCase()) {
      const code = joined ? 'Corrupt' : 'WrongHash';
      throw new TransferError(code, `the file's SHA-256 is ${await draft.sha256()}`);
    }
    proofs.push('sha256');
  }
  if (proofs.length === 0) throw new TransferError('Unverifiable', 'nothing says where the file ends');
  return proofs;
}

async function digestOf(draft: Draft, algorithm: Claim['algorithm']): Promise<Buffer> {
  return algorithm === 'sha256' ? Buffer.from(await draft.sha256(), 'hex') : draft.digest(algorithm);
}
