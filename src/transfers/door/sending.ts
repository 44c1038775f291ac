import type { Writable } from 'node:stream';
import { EndedEarly } from '../chunks.ts';
import type { SpooledFile } from '../ports.ts';
import type { Chunk } from '../spool/shared-chunks.ts';
import type { FileSpool } from '../spool/spool.ts';
import type { Throttle } from './throttle.ts';

export type SendRange = {
  readonly spool: FileSpool;
  readonly file: SpooledFile;
  readonly from: number;
  /** The byte after the last. */
  readonly to: number;
  /** Absent: as fast as the destination takes it. */
  readonly throttle?: Throttle | undefined;
};

/** Sends bytes of a spooled file and ends the destination; `sent` counts those that have left. */
export class Sending {
  readonly #range: SendRange;
  readonly #destination: Writable;
  /** Rejects when the destination is closed. */
  readonly #closed: Promise<never>;
  sent = 0;

  constructor(range: SendRange, destination: Writable) {
    this.#range = range;
    this.#destination = destination;
    this.#closed = new Promise((_, reject) => {
      destination.once('close', () => reject(new EndedEarly('the connection ended early')));
    });
    // After the last byte nobody waits for it any more.
    this.#closed.catch(() => undefined);
    destination.on('error', () => undefined);
  }

  /** Resolves when the destination has taken all of it. Rejects when it was closed before. */
  async run(): Promise<void> {
    const { spool, file, from, to } = this.#range;
    const handle = await spool.read(file.sha256);
    const chunkAt = (offset: number) => spool.chunks.take(handle, file.sha256, file.bytes, offset);
    let next: Promise<Chunk> | undefined;
    try {
      next = from < to ? chunkAt(from) : undefined;
      for (let at = from; next !== undefined; at = from + this.sent) {
        const chunk = await next;
        const end = Math.min(chunk.offset + chunk.bytes.length, to);
        // Read ahead while this one leaves.
        next = end < to ? chunkAt(end) : undefined;
        next?.catch(() => undefined);
        await this.#send(chunk, at, end);
      }
      await this.#orClosed((done) => this.#destination.end(done));
    } finally {
      await next?.then(
        (chunk) => chunk.release(),
        () => undefined,
      );
      await handle.close();
    }
  }

  async #send(chunk: Chunk, from: number, to: number): Promise<void> {
    try {
      const { throttle } = this.#range;
      const pieceBytes = throttle?.pieceBytes ?? to - from;
      for (let at = from; at < to; at += pieceBytes) {
        const piece = chunk.bytes.subarray(at - chunk.offset, Math.min(at + pieceBytes, to) - chunk.offset);
        if (throttle !== undefined) await this.#orClosed((done) => throttle.take(piece.length, done));
        await this.#orClosed((done) => this.#destination.write(piece, done));
        this.sent += piece.length;
      }
    } finally {
      // The bytes have left, or the connection that had them is closed: nobody reads them any more.
      chunk.release();
    }
  }

  #orClosed(act: (done: (error?: Error | null) => void) => void): Promise<void> {
    const acted = new Promise<void>((resolve, reject) => {
      act((error) => (error ? reject(error) : resolve()));
    });
    return Promise.race([acted, this.#closed]);
  }
}
