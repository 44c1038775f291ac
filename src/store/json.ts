import type { Payload } from '../gateway/ports.ts';

/** Reads what this store wrote: a payload, or a part of one. */
export function parsePayload(text: string): Payload {
  return JSON.parse(text) as Payload;
}
