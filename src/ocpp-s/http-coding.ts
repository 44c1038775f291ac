import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/**
 * Content codings of RFC 9110 §8.4.1. OCPP-S 1.6 §6.1 asks both sides for gzip and deflate; `deflate` means zlib's
 * format, and `rawDeflate` is the bare stream that some stacks send under the same name.
 */
export type Coding = 'identity' | 'gzip' | 'deflate' | 'rawDeflate';

const codings: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
]);

/** The coding that a Content-Encoding header names; undefined for one that we do not know, or for several. */
export function codingOf(header: string | undefined): Coding | undefined {
  return codings.get((header ?? '').trim().toLowerCase());
}

export type Inflated =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly coding: Coding }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'broken' };

/** Undoes a coding. Output beyond `maxBytes` is never produced, whatever the input promises. */
export function inflate(bytes: Buffer, named: Coding, maxBytes: number): Inflated {
  const coding = named === 'deflate' && !hasZlibHeader(bytes) ? 'rawDeflate' : named;
  try {
    const inflated = inflaters[coding](bytes, { maxOutputLength: maxBytes });
    return { kind: 'bytes', bytes: inflated, coding };
  } catch (error) {
    return { kind: isTooLarge(error) ? 'tooLarge' : 'broken' };
  }
}

/** Applies a coding. */
export function deflate(bytes: Buffer, coding: Coding): Buffer {
  return deflaters[coding](bytes);
}

/** The Content-Encoding header for a coding; undefined for identity. */
export function codingHeader(coding: Coding): string | undefined {
  if (coding === 'identity') return undefined;
  return coding === 'gzip' ? 'gzip' : 'deflate';
}

type Cap = { readonly maxOutputLength: number };

const inflaters: Readonly<Record<Coding, (bytes: Buffer, cap: Cap) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: gunzipSync,
  deflate: inflateSync,
  rawDeflate: inflateRawSync,
};

const deflaters: Readonly<Record<Coding, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  rawDeflate: (bytes) => deflateRawSync(bytes),
};

/** RFC 1950 §2.2: method 8 in the low nibble, and the first two bytes divisible by 31. */
function hasZlibHeader(bytes: Buffer): boolean {
  if (bytes.length < 2) return false;
  const head = bytes.readUInt16BE(0);
  return ((head >> 8) & 0x0f) === 8 && head % 31 === 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
