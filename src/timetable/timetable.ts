import type { Clock, Log } from '../gateway/ports.ts';
import { type DueTimes, dueTimes, lookAt } from './due-times.ts';
import type { CronTimes, ServedJob, ServedTimes, TimetableMeters } from './ports.ts';

export type TimetableJob = {
  readonly name: string;
  readonly times: CronTimes;
  /** Does what was due at `dueMs`; ends soon when `stopped`. What was cut short so is done again after the next start. */
  readonly run: (dueMs: number, stopped: AbortSignal) => Promise<'done' | 'failed'>;
};

export type TimetableParts = {
  readonly store: ServedTimes;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: TimetableMeters;
  /** Calls back once a minute; the returned function ends it. */
  readonly everyMinute: (look: () => void) => () => void;
};

type Entry = {
  readonly name: string;
  job: TimetableJob;
  due: DueTimes;
  /** Nothing until then is to be served any more. */
  servedMs: number;
  isRunning: boolean;
};

/**
 * Runs jobs at their times, each at most once at a time. What is due is found out from what was served, which is on disk:
 * a time that was missed, by a gateway that did not run or a job that took too long, is served once, when that is over. A
 * job has served a time when it has ended, well or badly; SIGKILL in the middle makes it begin anew.
 */
export class Timetable {
  readonly #parts: TimetableParts;
  #entries: Entry[] = [];
  readonly #stop = new AbortController();
  #endTick: () => void = () => undefined;

  private constructor(parts: TimetableParts) {
    this.#parts = parts;
  }

  /** Takes up where an earlier run left. Of a job that is new, or has other times than before, nothing was missed. */
  static async start(jobs: readonly TimetableJob[], parts: TimetableParts): Promise<Timetable> {
    const known = await parts.store.servedJobs();
    const timetable = new Timetable(parts);
    for (const job of jobs) {
      const before = known.find((served) => isOf(served, job));
      const entry = newEntry(job, before?.servedMs ?? parts.clock.now());
      if (before === undefined) await timetable.#save(entry);
      timetable.#entries.push(entry);
    }
    timetable.#endTick = parts.everyMinute(() => timetable.#look());
    timetable.#look();
    return timetable;
  }

  /**
   * Goes on with other jobs. Of one that is new, or has other times than before, nothing was missed; what runs of one that
   * is gone, or changed, comes to its end.
   */
  change(jobs: readonly TimetableJob[]): void {
    const nowMs = this.#parts.clock.now();
    const entries = jobs.map((job) => {
      const known = this.#entries.find(({ name }) => name === job.name);
      const isSame = known !== undefined && sameTimes(known.job.times, job.times);
      const entry = known ?? newEntry(job, nowMs);
      entry.job = job;
      if (!isSame) Object.assign(entry, { due: dueTimes(job.times), servedMs: nowMs });
      if (!isSame) void this.#save(entry);
      return entry;
    });
    this.#entries = entries;
  }

  /** Begins nothing more, and tells what is under way to end. */
  stop(): void {
    this.#endTick();
    this.#stop.abort();
  }

  #look(): void {
    const nowMs = this.#parts.clock.now();
    for (const entry of this.#entries) {
      if (entry.isRunning) continue;
      const look = lookAt(entry.due, entry.servedMs, nowMs);
      if (look.kind === 'nothing') entry.servedMs = look.servedMs;
      else void this.#serve(entry, look.dueMs);
    }
  }

  /** Never rejects. */
  async #serve(entry: Entry, dueMs: number): Promise<void> {
    const { clock, log, meters } = this.#parts;
    const { name: job } = entry;
    const startedMs = clock.elapsed();
    entry.isRunning = true;
    log.info('scheduled job began', { job, due: new Date(dueMs).toISOString() });
    const outcome = await this.#outcomeOf(entry, dueMs);
    if (this.#stop.signal.aborted) return log.info('scheduled job cut short', { job });
    log.info('scheduled job ended', { job, outcome, durationMs: Math.round(clock.elapsed() - startedMs) });
    meters.ran(job, outcome);
    // its times may be others by now, which count from when they came
    entry.servedMs = Math.max(entry.servedMs, dueMs);
    await this.#save(entry);
    entry.isRunning = false;
  }

  async #outcomeOf({ name, job }: Entry, dueMs: number): Promise<'done' | 'failed'> {
    try {
      return await job.run(dueMs, this.#stop.signal);
    } catch (cause) {
      if (!this.#stop.signal.aborted) this.#parts.log.error('scheduled job failed', { job: name }, cause);
      return 'failed';
    }
  }

  /** Never rejects: what cannot be written is only done again after a restart. */
  async #save({ name, job, servedMs }: Entry): Promise<void> {
    try {
      await this.#parts.store.saveServedJob({ job: name, ...job.times, servedMs });
    } catch (cause) {
      this.#parts.log.error('served time not kept', { job: name }, cause);
    }
  }
}

const isOf = ({ job, cron, timezone }: ServedJob, { name, times }: TimetableJob): boolean =>
  job === name && sameTimes({ cron, timezone }, times);

const sameTimes = (one: CronTimes, other: CronTimes): boolean =>
  one.cron === other.cron && one.timezone === other.timezone;

const newEntry = (job: TimetableJob, servedMs: number): Entry => ({
  name: job.name,
  job,
  due: dueTimes(job.times),
  servedMs,
  isRunning: false,
});
