const lineFeed = 0x0a;

/** Telnet's commands, IAC and the codes behind it (RFC 854). */
const firstTelnetByte = 0xf0;

/**
 * Cuts the bytes of a control connection into lines, wherever TCP cut them. Telnet's commands before a
 * line are dropped: clients put interrupt and synch before ABOR (RFC 959 §4.1.3).
 */
export class LineReader {
  readonly #longest: number;
  #held: Buffer = Buffer.alloc(0);

  /** `longest` in bytes, without the line end. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Bytes of a line that has no end yet. */
  get pending(): number {
    return this.#held.length;
  }

  /** The lines that are complete now; `tooLong` when there is one that is longer than allowed. */
  push(chunk: Buffer): readonly string[] | 'tooLong' {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const lines: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(lineFeed, from); end !== -1; end = bytes.indexOf(lineFeed, from)) {
      // One byte more for the carriage return.
      if (end - from > this.#longest + 1) return 'tooLong';
      lines.push(textOf(bytes.subarray(from, end)));
      from = end + 1;
    }
    this.#held = bytes.subarray(from);
    return this.#held.length > this.#longest + 1 ? 'tooLong' : lines;
  }
}

function textOf(line: Buffer): string {
  const start = line.findIndex((byte) => byte < firstTelnetByte);
  return line.toString('utf8', start === -1 ? line.length : start).replace(/\r$/, '');
}
