/** Which bytes of a file are wanted; `to` is the byte after the last. */
export type Wanted = { readonly kind: 'whole' } | Spec;

type Spec =
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  /** 416: no byte of the file is in any of the ranges. */
  | { readonly kind: 'none' };

/** What a stored file is known by (RFC 9110 §8.8). */
export type Validators = { readonly etag: string; readonly lastModified: string };

const mostRanges = 16;

/**
 * Reads Range and If-Range (RFC 9110 §14.2, §13.1.5). What is not a byte range is ignored, and so are several ranges that
 * can be served: the whole file is then the answer, which every client must take.
 */
export function wantedRange(
  range: string | undefined,
  ifRange: string | undefined,
  bytes: number,
  validators: Validators,
): Wanted {
  const whole: Wanted = { kind: 'whole' };
  const set = range === undefined ? undefined : /^bytes=(.+)$/i.exec(range.trim())?.[1];
  if (set === undefined || !isCurrent(ifRange, validators)) return whole;
  const specs = set.split(',').map((spec) => spec.trim());
  if (specs.length > mostRanges) return whole;
  const parts = specs.map((spec) => readSpec(spec, bytes));
  if (parts.some((part) => part === undefined)) return whole;
  const served = parts.find((part) => part?.kind === 'part');
  if (served === undefined) return { kind: 'none' };
  return parts.length === 1 ? served : whole;
}

/** A date is a strong validator only when it is exactly the one that we gave (RFC 9110 §13.1.5). */
function isCurrent(ifRange: string | undefined, { etag, lastModified }: Validators): boolean {
  return ifRange === undefined || ifRange.trim() === etag || ifRange.trim() === lastModified;
}

function readSpec(spec: string, bytes: number): Spec | undefined {
  const [, first = '', last = ''] = /^(\d{0,16})-(\d{0,16})$/.exec(spec) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return part(Math.max(bytes - Number(last), 0), bytes);
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return part(Number(first), last === '' ? bytes : Math.min(Number(last) + 1, bytes));
}

function part(from: number, to: number): Spec {
  return from < to ? { kind: 'part', from, to } : { kind: 'none' };
}
