import type { Clock } from '../gateway/ports.ts';

/** Why a call to a charger came to nothing. */
export type Failure = 'refused' | 'unreachable';

const firstMs = 5_000;
const longestMs = 600_000;

/** A charger that says no this often to the same thing is not asked again. */
const refusalsAtMost = 6;

/**
 * When the same thing may be tried again: after 5 s, doubling to 10 minutes, part of it left to chance. A charger that
 * says no is left alone after six times. One that cannot be reached is tried on for as long as it takes: until the limit
 * has arrived the site may not be safe, and a call in ten minutes harms nobody.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #chance: () => number;
  #subject = '';
  #failures = 0;
  #refusals = 0;
  #notBeforeMs = 0;

  constructor(clock: Clock, chance: () => number) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Failures before this one in a row, of this subject. */
  get failures(): number {
    return this.#failures;
  }

  /** From now on it is about this; another subject starts afresh. */
  about(subject: string): void {
    if (subject === this.#subject) return;
    this.#subject = subject;
    this.reset();
  }

  reset(): void {
    this.#failures = 0;
    this.#refusals = 0;
    this.#notBeforeMs = 0;
  }

  failed(failure: Failure): void {
    this.#failures += 1;
    if (failure === 'refused') this.#refusals += 1;
    const ms = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures - 1, 20));
    this.pause(ms * (0.75 + this.#chance() / 4));
  }

  pause(ms: number): void {
    this.#notBeforeMs = this.#clock.elapsed() + ms;
  }

  /** Ms until the next attempt; 0: now, undefined: never. */
  waitMs(): number | undefined {
    if (this.#refusals >= refusalsAtMost) return undefined;
    return Math.max(0, this.#notBeforeMs - this.#clock.elapsed());
  }
}
