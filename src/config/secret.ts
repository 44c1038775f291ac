import { inspect } from 'node:util';

/** Bytes that no log, error or JSON shows: printing one in any way gives `[secret]`. */
export class Secret {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The bytes themselves; what is done with them is the caller's care. */
  reveal(): Buffer {
    return this.#bytes;
  }

  /** The bytes read as UTF-8. */
  revealText(): string {
    return this.#bytes.toString('utf8');
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
