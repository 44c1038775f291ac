import { existsSync, readFileSync } from 'node:fs';

/** CPU of the main thread, ns, and two numbers that do not matter here (proc(5), schedstat). */
const schedstat = `/proc/self/task/${process.pid}/schedstat`;
const isTold = existsSync(schedstat);
const lookMs = 5;

/**
 * The longest turn of the event loop by the CPU that it took: what a loop delay is on a machine that nobody else uses,
 * to within the 5 ms between two looks. No number where the kernel does not tell.
 */
export class Turns {
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #longestMs = 0;

  watch(): void {
    this.#longestMs = 0;
    this.#lastMs = mainThreadMs();
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** Ends the watch; ms. */
  longestMs(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#longestMs;
  }

  #look(): void {
    const nowMs = mainThreadMs();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}

/** CPU of the main thread since its start; NaN where the kernel does not tell. */
export function mainThreadMs(): number {
  if (!isTold) return Number.NaN;
  return Number(readFileSync(schedstat, 'latin1').split(' ')[0]) / 1e6;
}
