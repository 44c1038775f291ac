/** One HTTP message: its first line, and its body. */
export type HttpMessage = { readonly firstLine: string; readonly body: Buffer };

const headEnd = Buffer.from('\r\n\r\n');
const nothing = Buffer.alloc(0);

/** Reads messages with Content-Length from a stream that carries one at a time. */
export class HttpReader {
  #pending: Buffer = nothing;

  /** The message that the chunk completes, if it does. Throws for what it cannot read: the bench is broken then. */
  take(chunk: Buffer): HttpMessage | undefined {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const end = bytes.indexOf(headEnd);
    if (end === -1) return this.#wait(bytes);
    const head = bytes.toString('latin1', 0, end);
    const bodyStart = end + headEnd.length;
    const bodyEnd = bodyStart + lengthOf(head);
    if (bytes.length < bodyEnd) return this.#wait(bytes);
    if (bytes.length > bodyEnd) throw new Error('two HTTP messages at once');
    this.#pending = nothing;
    return { firstLine: head.slice(0, head.indexOf('\r')), body: bytes.subarray(bodyStart) };
  }

  #wait(bytes: Buffer): undefined {
    this.#pending = bytes;
    return undefined;
  }
}

function lengthOf(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an HTTP message without Content-Length: ${head}`);
  return Number(length);
}
