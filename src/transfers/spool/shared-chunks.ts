import type { FileHandle } from 'node:fs/promises';

/** A piece of a file. Its bytes are good until it is released, once by each who took it. */
export type Chunk = {
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  release(): void;
};

const chunkBytes = 512 * 1024;
const keptBytes = 16 * 1024 * 1024;
/** Buffers that rest, for the next chunks. */
const mostResting = 8;

type Entry = { readonly loaded: Promise<Buffer>; uses: number; kept: boolean; buffer: Buffer };

/**
 * Pieces of spooled files as they were read of late, shared by all who send them: twenty chargers that fetch one image
 * side by side read it once. What a file is called by is its content, so that no piece is ever out of date.
 */
export class SharedChunks {
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #resting: Buffer[] = [];

  /** The piece of a file of `fileBytes` that `offset` lies in. Rejects when it cannot be read. */
  async take(handle: FileHandle, sha256: string, fileBytes: number, offset: number): Promise<Chunk> {
    const start = offset - (offset % chunkBytes);
    const key = `${sha256}:${start}`;
    const entry = this.#entries.get(key) ?? this.#load(handle, start, Math.min(chunkBytes, fileBytes - start));
    entry.uses += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#forgetOldest();
    try {
      const bytes = await entry.loaded;
      return { offset: start, bytes, release: () => this.#release(entry) };
    } catch (thrown) {
      this.#forget(key, entry);
      this.#release(entry);
      throw thrown;
    }
  }

  #load(handle: FileHandle, start: number, length: number): Entry {
    const buffer = this.#resting.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
    return { loaded: readAll(handle, buffer.subarray(0, length), start), uses: 0, kept: true, buffer };
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries;
    if (oldest !== undefined && this.#entries.size * chunkBytes > keptBytes) this.#forget(...oldest);
  }

  #forget(key: string, entry: Entry): void {
    if (!entry.kept) return;
    this.#entries.delete(key);
    entry.kept = false;
    this.#rest(entry);
  }

  #release(entry: Entry): void {
    entry.uses -= 1;
    this.#rest(entry);
  }

  /** The buffer of a piece that nobody has and that is not kept either is used again. */
  #rest({ uses, kept, buffer }: Entry): void {
    if (uses === 0 && !kept && this.#resting.length < mostResting) this.#resting.push(buffer);
  }
}

async function readAll(handle: FileHandle, into: Buffer, start: number): Promise<Buffer> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, start + done);
    if (bytesRead === 0) throw new Error('a file in the spool became shorter by another hand');
    done += bytesRead;
  }
  return into;
}
