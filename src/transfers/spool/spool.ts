import { randomUUID } from 'node:crypto';
import { type FileHandle, readdir, rename, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock, Log } from '../../gateway/ports.ts';
import { TransferError } from '../errors.ts';
import type { Spool, SpooledFile, SpoolUsage } from '../ports.ts';
import { Turns } from '../turns.ts';
import { makeFolder, openToRead, regularFiles, syncFolder } from './disk.ts';
import { Draft, type Room } from './draft.ts';
import { SharedChunks } from './shared-chunks.ts';

export type SpoolSettings = {
  readonly folder: string;
  readonly quotaBytes: number;
  /** Uploads of chargers that nobody came back to are removed at the start when they are older. */
  readonly keepUploadsMs: number;
};

export type SpoolParts = { readonly clock: Clock; readonly log: Log };

type Kept = { readonly file: SpooledFile; readonly holders: Set<string>; usedAtMs: number };

const hex64 = /^[0-9a-f]{64}$/;
const uploadName = /^[a-z0-9]{1,64}$/;

/**
 * Files by their hash, below `sha256/`: written beside it (`fetching/`, `incoming/`), synced, renamed, and the folder
 * synced, so that what has a name here is whole. When the quota is used up, the file that was not used for longest and
 * that nobody holds gives way.
 */
export class FileSpool implements Spool, Room {
  /** What is read of its files, for all who send them. */
  readonly chunks = new SharedChunks();
  readonly #settings: SpoolSettings;
  readonly #parts: SpoolParts;
  readonly #kept = new Map<string, Kept>();
  #usedBytes = 0;
  /** Places are given and taken one after the other: a name that is being removed is not the one just moved there. */
  readonly #moves = new Turns();

  private constructor(settings: SpoolSettings, parts: SpoolParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /** Finds what an earlier run left: whole files and uploads stay, fetches that were cut are removed. */
  static async open(settings: SpoolSettings, parts: SpoolParts): Promise<FileSpool> {
    const spool = new FileSpool(settings, parts);
    await makeFolder(dirname(settings.folder), basename(settings.folder));
    for (const name of ['sha256', 'fetching', 'incoming']) await makeFolder(settings.folder, name);
    for (const { path } of await regularFiles(join(settings.folder, 'fetching'))) await unlink(path);
    await spool.#scanUploads();
    await spool.#scanFiles();
    return spool;
  }

  find(sha256: string): SpooledFile | undefined {
    return this.#kept.get(sha256)?.file;
  }

  hold(sha256: string, holder: string): boolean {
    const kept = this.#kept.get(sha256);
    kept?.holders.add(holder);
    return kept !== undefined;
  }

  release(sha256: string, holder: string): void {
    this.#kept.get(sha256)?.holders.delete(holder);
  }

  pathOf(sha256: string): string | undefined {
    return this.#kept.has(sha256) ? this.#placeOf(sha256) : undefined;
  }

  async prune(beforeMs: number): Promise<void> {
    const idle = [...this.#kept.values()].filter(({ holders, usedAtMs }) => holders.size === 0 && usedAtMs < beforeMs);
    for (const kept of idle) await this.#evict(kept);
  }

  usage(): SpoolUsage {
    return { files: this.#kept.size, bytes: this.#usedBytes, quotaBytes: this.#settings.quotaBytes };
  }

  /** Opens a file for reading and counts it as used. Rejects with TransferError `NotFound`. */
  async read(sha256: string): Promise<FileHandle> {
    const kept = this.#kept.get(sha256);
    if (kept === undefined) throw new TransferError('NotFound', `no file ${sha256.slice(0, 12)} in the spool`);
    const place = this.#placeOf(sha256);
    const handle = await openToRead(place);
    kept.usedAtMs = this.#parts.clock.now();
    await utimes(place, kept.usedAtMs / 1000, kept.usedAtMs / 1000);
    return handle;
  }

  /** A file on its way in that a restart removes. */
  draft(maxBytes: number): Promise<Draft> {
    return Draft.open(join(this.#settings.folder, 'fetching', randomUUID()), maxBytes, this);
  }

  /** The upload called `name` ([a-z0-9]), where it stands: a restart leaves it for a while. */
  upload(name: string, maxBytes: number): Promise<Draft> {
    if (!uploadName.test(name)) throw new RangeError('an upload is called by its token');
    return Draft.open(join(this.#settings.folder, 'incoming', name), maxBytes, this);
  }

  async take(bytes: number): Promise<void> {
    while (this.#usedBytes + bytes > this.#settings.quotaBytes) {
      const victim = this.#leastUsed();
      if (victim === undefined) {
        throw new TransferError('SpoolFull', `the spool's ${this.#settings.quotaBytes} bytes are in use`);
      }
      await this.#evict(victim);
    }
    this.#usedBytes += bytes;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  adopt(path: string, file: SpooledFile, holder: string): Promise<void> {
    return this.#moves.take(async () => {
      const known = this.#kept.get(file.sha256);
      if (known !== undefined) {
        known.holders.add(holder);
        this.give(file.bytes);
        return unlink(path);
      }
      const place = this.#placeOf(file.sha256);
      await makeFolder(join(this.#settings.folder, 'sha256'), file.sha256.slice(0, 2));
      await rename(path, place);
      await syncFolder(dirname(place));
      this.#kept.set(file.sha256, { file, holders: new Set([holder]), usedAtMs: this.#parts.clock.now() });
    });
  }

  #placeOf(sha256: string): string {
    return join(this.#settings.folder, 'sha256', sha256.slice(0, 2), sha256);
  }

  #leastUsed(): Kept | undefined {
    let least: Kept | undefined;
    for (const kept of this.#kept.values()) {
      if (kept.holders.size === 0 && (least === undefined || kept.usedAtMs < least.usedAtMs)) least = kept;
    }
    return least;
  }

  #evict({ file, holders }: Kept): Promise<void> {
    return this.#moves.take(async () => {
      if (holders.size > 0 || !this.#kept.delete(file.sha256)) return;
      await unlink(this.#placeOf(file.sha256));
      this.give(file.bytes);
      this.#parts.log.info('spooled file evicted', { sha256: file.sha256, bytes: file.bytes });
    });
  }

  async #scanUploads(): Promise<void> {
    const oldestMs = this.#parts.clock.now() - this.#settings.keepUploadsMs;
    for (const { path, bytes, modifiedAtMs } of await regularFiles(join(this.#settings.folder, 'incoming'))) {
      if (modifiedAtMs < oldestMs) await unlink(path);
      else this.#usedBytes += bytes;
    }
  }

  async #scanFiles(): Promise<void> {
    const folder = join(this.#settings.folder, 'sha256');
    for (const shelf of await readdir(folder)) {
      for (const { name, bytes, modifiedAtMs } of await regularFiles(join(folder, shelf))) {
        if (!hex64.test(name) || !name.startsWith(shelf)) continue;
        this.#kept.set(name, { file: { sha256: name, bytes }, holders: new Set(), usedAtMs: modifiedAtMs });
        this.#usedBytes += bytes;
      }
    }
  }
}
