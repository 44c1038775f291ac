/** Several runs of the same work, in ms. */
export type Timing = { readonly medianMs: number; readonly fastestMs: number; readonly slowestMs: number };

/** Runs the work `runs` times after some that do not count. */
export function time(work: () => unknown, runs: number, warmUps = 3): Timing {
  for (let run = 0; run < warmUps; run += 1) work();
  return timingOf(Array.from({ length: runs }, () => once(work)));
}

/** Work, and how often it is done in each turn. */
export type Turn = { readonly work: () => unknown; readonly count: number };

/**
 * Runs two works in turns, so that both meet the same machine, and times each once. Counts that make the turns equally
 * long let the garbage collector, which comes when it comes, fall on both alike.
 */
export function timeInTurns(first: Turn, second: Turn, runs: number): [Timing, Timing] {
  const times: [number[], number[]] = [[], []];
  for (let run = -3; run < runs; run += 1) {
    const [firstMs, secondMs] = [turn(first), turn(second)];
    if (run < 0) continue;
    times[0].push(firstMs);
    times[1].push(secondMs);
  }
  return [timingOf(times[0]), timingOf(times[1])];
}

function turn({ work, count }: Turn): number {
  return once(() => repeat(work, count)) / count;
}

function repeat(work: () => unknown, count: number): void {
  for (let turn = 0; turn < count; turn += 1) work();
}

function once(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function timingOf(timesMs: readonly number[]): Timing {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { medianMs: at(0.5), fastestMs: at(0), slowestMs: at(1) };
}

/** `2.10 s`, `1.23 ms`, `45.0 µs`, `120 ns`. */
export function shownTime(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms >= 1) return `${ms.toFixed(ms >= 100 ? 0 : 2)} ms`;
  return ms >= 0.001 ? `${(ms * 1000).toFixed(1)} µs` : `${(ms * 1_000_000).toFixed(0)} ns`;
}

/** Fastest to slowest. */
export function shownSpread({ fastestMs, slowestMs }: Timing): string {
  return `${shownTime(fastestMs)} – ${shownTime(slowestMs)}`;
}
