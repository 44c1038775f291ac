import { isRecord, type Payload } from '../payload.ts';

/**
 * The `soap` package's objects as plain payload: it reads xs:dateTime into Date objects and empty elements into null,
 * and hands decimals over as text, which stays text here.
 */
export function fromSoap(value: unknown): Payload {
  return isRecord(value) ? record(value) : {};
}

function record(value: Payload): Payload {
  const entries = Object.entries(value).filter(([name, field]) => field !== null && name !== 'attributes');
  return Object.fromEntries(entries.map(([name, field]) => [name, plain(field)]));
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(value)) return value.map(plain);
  return isRecord(value) ? record(value) : value;
}
