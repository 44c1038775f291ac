import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, unlink } from 'node:fs/promises';
import { TransferError } from '../errors.ts';
import type { Foretell, SpooledFile } from '../ports.ts';
import { openToWrite, writeFailure } from './disk.ts';

/** What a draft asks of the spool that it is to go into. */
export interface Room {
  /** Takes bytes out of the quota, evicting files that nobody holds. Rejects with TransferError `SpoolFull`. */
  take(bytes: number): Promise<void>;
  give(bytes: number): void;
  /** Gives a whole and synced file its place under its hash. The bytes stay taken, unless the file was there already. */
  adopt(path: string, file: SpooledFile, holder: string): Promise<void>;
}

const readBytes = 1024 * 1024;

/** A file on its way into the spool. One writer at a time; its owner sees to that. */
export class Draft {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #room: Room;
  readonly #maxBytes: number;
  /** Of the bytes before `#hashed`. */
  #hash: Hash = createHash('sha256');
  #hashed = 0;
  #bytes: number;
  #ended = false;

  private constructor(path: string, handle: FileHandle, bytes: number, maxBytes: number, room: Room) {
    this.#path = path;
    this.#handle = handle;
    this.#bytes = bytes;
    this.#maxBytes = maxBytes;
    this.#room = room;
  }

  /** Opens a draft at `path`, which goes on after the bytes that lie there, if any: they are in the quota already. */
  static async open(path: string, maxBytes: number, room: Room): Promise<Draft> {
    const handle = await openToWrite(path);
    const { size } = await handle.stat();
    return new Draft(path, handle, size, maxBytes, room);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends. Rejects with TransferError `TooLarge` or `SpoolFull`; what was written before stays. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#bytes + chunk.length > this.#maxBytes) {
      throw new TransferError('TooLarge', `more than ${this.#maxBytes} bytes`);
    }
    await this.#room.take(chunk.length);
    const at = this.#bytes;
    try {
      await this.#writeAll(chunk, at);
    } catch (thrown) {
      this.#room.give(chunk.length);
      await this.#handle.truncate(at);
      throw writeFailure(thrown);
    }
    this.#bytes = at + chunk.length;
    if (this.#hashed === at) this.#digest(chunk);
  }

  /** Cuts the file to its first `offset` bytes, where writing goes on; `offset` is at most `bytes`. */
  async rewind(offset: number): Promise<void> {
    if (offset > this.#bytes) throw new RangeError(`offset ${offset} of ${this.#bytes} bytes`);
    if (offset === this.#bytes) return;
    await this.#handle.truncate(offset);
    this.#room.give(this.#bytes - offset);
    this.#bytes = offset;
    if (this.#hashed > offset) {
      this.#hash = createHash('sha256');
      this.#hashed = 0;
    }
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  /** The hash of all bytes so far, by another algorithm of node:crypto: reads the file once more. */
  async digest(algorithm: string): Promise<Buffer> {
    const hash = createHash(algorithm);
    await this.#readFrom(0, (chunk) => hash.update(chunk));
    return hash.digest();
  }

  /** Lower-case hex of all bytes so far. */
  async sha256(): Promise<string> {
    await this.#readFrom(this.#hashed, (chunk) => this.#digest(chunk));
    return this.#hash.copy().digest('hex');
  }

  /**
   * Moves the file into the spool, held for `holder`: on disk when this resolves. The draft is used up, unless `foretell`
   * rejects.
   */
  async commit(holder: string, foretell?: Foretell): Promise<SpooledFile> {
    const file = { sha256: await this.sha256(), bytes: this.#bytes };
    await this.#handle.sync();
    await foretell?.(file);
    await this.close();
    await this.#room.adopt(this.#path, file, holder);
    return file;
  }

  /** Removes the file. */
  async discard(): Promise<void> {
    if (this.#ended) return;
    await this.close();
    await unlink(this.#path);
    this.#room.give(this.#bytes);
  }

  /** Leaves the file where it is, to be opened again. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#handle.close();
  }

  #digest(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#hashed += chunk.length;
  }

  async #writeAll(chunk: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, at + done);
      done += bytesWritten;
    }
  }

  async #readFrom(start: number, use: (chunk: Buffer) => void): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, Math.max(this.#bytes - start, 1)));
    for (let at = start; at < this.#bytes; ) {
      const { bytesRead } = await this.#handle.read(buffer, 0, Math.min(buffer.length, this.#bytes - at), at);
      if (bytesRead === 0) throw new Error('a file in the spool became shorter by another hand');
      use(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }
}
