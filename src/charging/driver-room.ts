import type { Clock } from '../gateway/ports.ts';

/** What a room wants: to do something now, or to look again later (undefined: only when something changes). */
export type Next =
  | { readonly kind: 'act'; readonly act: () => Promise<void> }
  | { readonly kind: 'sleep'; readonly ms: number | undefined };

/** Timers know no wall clock: when that is set, a change of the limit is at most this late. */
const longestSleepMs = 600_000;

/**
 * One thing that is held to a limit. It looks, acts, and looks again until there is nothing to do; then it sleeps with one
 * timer. It never does two things at once, and what changes while it acts is seen when it looks again.
 */
export class Room {
  readonly #clock: Clock;
  readonly #look: () => Next;
  readonly #failed: (cause: unknown) => void;
  readonly #rested: () => void;
  #work: Promise<void> = Promise.resolve();
  #working = false;
  #again = false;
  #closed = false;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, look: () => Next, failed: (cause: unknown) => void, rested: () => void) {
    this.#clock = clock;
    this.#look = look;
    this.#failed = failed;
    this.#rested = rested;
  }

  /** Nothing is under way. */
  get rests(): boolean {
    return !this.#working;
  }

  /** Something may have changed. */
  kick(): void {
    this.#again = true;
    if (this.#working || this.#closed) return;
    this.#working = true;
    this.#work = this.#run();
  }

  /** Looks no more; resolves when what is under way is over. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#work;
  }

  async #run(): Promise<void> {
    this.#cancelTimer();
    try {
      while (this.#again && !this.#closed) await this.#step();
    } catch (cause) {
      this.#failed(cause);
    } finally {
      this.#working = false;
    }
    this.#rested();
  }

  async #step(): Promise<void> {
    this.#again = false;
    const next = this.#look();
    if (next.kind === 'act') {
      await next.act();
      this.#again = true;
    } else if (next.ms !== undefined) {
      this.#cancelTimer();
      this.#cancelTimer = this.#clock.after(Math.min(Math.max(next.ms, 1), longestSleepMs), () => this.kick());
    }
  }
}
