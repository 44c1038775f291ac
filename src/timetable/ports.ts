/** The doors of the timetable: what it remembers, what it has copied, and what people see of it. Plain data only. */

/** Minutes of the clocks on the wall, as five cron fields name them. */
export type CronTimes = {
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
};

/** How far a job has come in its times. */
export type ServedJob = CronTimes & {
  readonly job: string;
  /** Wall clock, ms since the epoch: what was due until then is served, or was before the job had these times. */
  readonly servedMs: number;
};

/** Where served times are remembered; on disk when a promise resolves. Rejects with StoreUnavailable. */
export interface ServedTimes {
  servedJobs(): Promise<readonly ServedJob[]>;
  saveServedJob(served: ServedJob): Promise<void>;
}

/** What became of a copy of the store; the reason is for people. */
export type Copied =
  | { readonly kind: 'made'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly reason: string };

export interface CopiedStore {
  /**
   * Copies all that is in the store into a new file, while others write. What stands at `path` is whole, sound and on
   * disk; when it failed, nothing does.
   */
  copyTo(path: string): Promise<Copied>;
}

export type Backup = {
  readonly path: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** Wall clock, ms since the epoch: when it was begun. */
  readonly atMs: number;
};

export type BackupState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly sinceMs: number }
  | { readonly kind: 'made'; readonly backup: Backup }
  | { readonly kind: 'failed'; readonly atMs: number; readonly reason: string };

/** The operator's side of backups. */
export interface BackupsDoor {
  /** Begins one, unless one is under way. */
  begin(): BackupState;
  /** Of the last one since the gateway was started. */
  state(): BackupState;
}

/** What is counted (names in `operator/meters.ts`). */
export interface TimetableMeters {
  ran(job: string, outcome: 'done' | 'failed'): void;
  /** Wall clock, ms since the epoch. */
  newestBackup(atMs: number): void;
}
