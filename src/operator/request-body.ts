import type { IncomingMessage } from 'node:http';

/** A forecast of two days in steps of a minute. */
const mostBytes = 512 * 1024;

/** A request whose body cannot be taken; the status says why. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Throws BodyRefused for a body that is no JSON: a page of another site can send forms and plain text without asking us. */
export function refuseForms({ headers }: IncomingMessage): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody || /^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) return;
  throw new BodyRefused(415, 'a body needs content-type: application/json');
}

/** The JSON text of a request, read. Rejects with BodyRefused. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new BodyRefused(413, `the body is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new BodyRefused(400, `the body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
