import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Log } from '../gateway/ports.ts';
import type { Backup, BackupsDoor, BackupState, CopiedStore, TimetableMeters } from './ports.ts';

export type BackupParts = {
  readonly store: CopiedStore;
  readonly settings: {
    readonly folder: string;
    /** How many stay, the newest. */
    readonly keep: number;
  };
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Pick<TimetableMeters, 'newestBackup'>;
};

/** In the order of time. */
const backupName = /^gateway-(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.db$/;
const partialName = /^gateway-[\dTZ.-]+\.db\.partial(-journal)?$/;

/** Copies of the store in a folder: an old one goes when a new one is there, whole and sound. */
export class Backups implements BackupsDoor {
  readonly #parts: BackupParts;
  #state: BackupState = { kind: 'none' };
  #running: Promise<BackupState> | undefined;

  private constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  /** Looks for what an earlier run left. */
  static async open(parts: BackupParts): Promise<Backups> {
    const newestMs = (await namesIn(parts.settings.folder)).flatMap(timeOf).at(-1);
    if (newestMs !== undefined) parts.meters.newestBackup(newestMs);
    return new Backups(parts);
  }

  state(): BackupState {
    return this.#state;
  }

  begin(): BackupState {
    this.make().catch((cause: unknown) => this.#parts.log.error('backup failed', {}, cause));
    return this.#state;
  }

  /** Makes one, or waits for the one that is under way. Rejects when the gateway itself is at fault. */
  make(): Promise<BackupState> {
    this.#running ??= this.#make().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #make(): Promise<BackupState> {
    const { clock, log, meters } = this.#parts;
    const atMs = clock.now();
    this.#state = { kind: 'running', sinceMs: atMs };
    const made = await this.#attempt(atMs);
    this.#state = made;
    if (made.kind === 'failed') log.error('backup failed', { reason: made.reason });
    if (made.kind === 'made') {
      const { path, bytes, durationMs } = made.backup;
      log.info('backup made', { path, bytes, durationMs });
      meters.newestBackup(atMs);
      await this.#removeOld(made.backup);
    }
    return made;
  }

  async #attempt(atMs: number): Promise<BackupState> {
    const { store, clock, settings } = this.#parts;
    const startedMs = clock.elapsed();
    const path = join(settings.folder, nameAt(atMs));
    try {
      await this.#prepareFolder();
      const copied = await store.copyTo(path);
      if (copied.kind === 'failed') return { kind: 'failed', atMs, reason: copied.reason };
      const durationMs = Math.round(clock.elapsed() - startedMs);
      return { kind: 'made', backup: { path, bytes: copied.bytes, durationMs, atMs } };
    } catch (thrown) {
      this.#state = { kind: 'failed', atMs, reason: thrown instanceof Error ? thrown.message : String(thrown) };
      if (isOfTheDisk(thrown)) return this.#state;
      throw thrown;
    }
  }

  async #prepareFolder(): Promise<void> {
    const { folder } = this.#parts.settings;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cut = (await readdir(folder)).filter((name) => partialName.test(name));
    for (const name of cut) await rm(join(folder, name));
  }

  /** Whatever a clock that was wrong has dated it: the one that was just made stays. */
  async #removeOld({ path }: Backup): Promise<void> {
    const { log, settings } = this.#parts;
    const others = (await namesIn(settings.folder))
      .map((name) => join(settings.folder, name))
      .filter((other) => other !== path);
    for (const old of others.slice(0, Math.max(0, others.length - settings.keep + 1))) {
      await rm(old, { force: true });
      log.info('old backup removed', { path: old });
    }
  }
}

/** Of backups, oldest first; none when there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => backupName.test(name)).toSorted();
  } catch (thrown) {
    if (isOfTheDisk(thrown)) return [];
    throw thrown;
  }
}

const nameAt = (ms: number): string => `gateway-${new Date(ms).toISOString().replaceAll(':', '-')}.db`;

const timeOf = (name: string): readonly number[] => {
  const [, date = '', hour = '', minute = '', second = ''] = backupName.exec(name) ?? [];
  const ms = Date.parse(`${date}${hour}:${minute}:${second}`);
  return Number.isNaN(ms) ? [] : [ms];
};

const isOfTheDisk = (thrown: unknown): boolean => thrown instanceof Error && 'syscall' in thrown;
