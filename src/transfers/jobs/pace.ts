import type { Clock, Log } from '../../gateway/ports.ts';

const afterFailureMs = 30_000;
const leastPauseMs = 5_000;

/**
 * One piece of work at a time, and pauses between. Work that fails by our own bug or for want of a disk is logged, and
 * comes again after half a minute.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #log: Log;
  #busy = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #pausedAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Nothing is under way, and the pause is over. */
  get isFree(): boolean {
    return !this.#busy && this.#clock.elapsed() >= this.#notBeforeMs;
  }

  /** No other work for so long. */
  pause(ms: number): void {
    this.#pausedAtMs = this.#clock.elapsed();
    this.#notBeforeMs = this.#pausedAtMs + ms;
  }

  /** Shortens the pause to a few seconds. */
  hurry(): void {
    this.#notBeforeMs = Math.min(this.#notBeforeMs, this.#pausedAtMs + leastPauseMs);
  }

  /** `then` is called when the work is over, unless it failed. */
  start(name: string, work: () => Promise<void>, then: () => void): void {
    this.#busy = true;
    work().then(
      () => {
        this.#busy = false;
        then();
      },
      (cause: unknown) => {
        this.#busy = false;
        this.pause(afterFailureMs);
        this.#log.error('transfer work failed', { work: name }, cause);
      },
    );
  }
}
