import type { Clock } from '../../src/gateway/ports.ts';

type Timer = { readonly atMs: number; readonly run: () => void };

/** Time that moves only when told to. Between two timers all real work (promises, group commits) comes to rest. */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  #wallMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startsAt = '2026-03-01T12:00:00Z') {
    this.#wallMs = Date.parse(startsAt);
  }

  now(): number {
    return this.#wallMs + this.#elapsedMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + Math.max(ms, 0), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that are still to run. */
  pending(): number {
    return this.#timers.size;
  }

  /** The wall clock jumps; monotonic time does not. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  async advance(ms: number): Promise<void> {
    const until = this.#elapsedMs + ms;
    await atRest();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      this.#timers.delete(next);
      next.run();
      await atRest();
    }
    this.#elapsedMs = until;
  }

  /** As `advance`, but like a machine that slept: what became due meanwhile runs once, at the end. */
  async skip(ms: number): Promise<void> {
    this.#elapsedMs += ms;
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.#elapsedMs).toSorted((a, b) => a.atMs - b.atMs);
    for (const timer of due) if (this.#timers.delete(timer)) timer.run();
    await atRest();
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= until && (first === undefined || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }
}

/** Lets promises and a few turns of the event loop (each a group commit) run out. */
export async function atRest(turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
