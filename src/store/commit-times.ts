import type { CommitTimes } from '../gateway/store-port.ts';

const most = 1_000;

/** How long the last commits took: nearly all of it is the sync to the disk. */
export class LastCommits {
  readonly #seconds = new Float64Array(most);
  #count = 0;

  add(seconds: number): void {
    this.#seconds[this.#count % most] = seconds;
    this.#count += 1;
  }

  /** Undefined before the first. */
  times(): CommitTimes | undefined {
    const sorted = this.#seconds.slice(0, Math.min(this.#count, most)).toSorted();
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    return sorted.length === 0 ? undefined : { medianS: at(0.5), p99S: at(0.99), longestS: at(1) };
  }
}
