import { mostPriceBytes } from '../config/prices.ts';

export type Fetched =
  | { readonly kind: 'fetched'; readonly text: string }
  /** `reason` never holds the URL, whose query may hold a key. */
  | { readonly kind: 'failed'; readonly reason: string };

/** For the whole answer. */
const deadlineMs = 10_000;

/** Fetches a price list, 1 MiB and 10 s at most; resolves whatever becomes of it. */
export async function fetchPriceList(url: string, stopped: AbortSignal): Promise<Fetched> {
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(deadlineMs)]);
    const response = await fetch(url, { signal, headers: { accept: 'application/json, text/csv, */*;q=0.1' } });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { kind: 'failed', reason: `HTTP status ${response.status}` };
    }
    return await bounded(response.body);
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

async function bounded(body: ReadableStream<Uint8Array>): Promise<Fetched> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // leaving the loop ends the transfer
    if (bytes > mostPriceBytes) return { kind: 'failed', reason: `more than ${mostPriceBytes} bytes` };
    chunks.push(chunk);
  }
  return { kind: 'fetched', text: Buffer.concat(chunks).toString('utf8') };
}

/** `fetch` hides the system's code in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') return `no whole answer within ${deadlineMs / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name === 'AbortError' ? 'stopped' : 'the connection failed';
}
