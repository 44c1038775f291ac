import { setTimeout as pause } from 'node:timers/promises';

/** Waits; false when the signal came first. */
export async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Waits for the work, but no longer than the deadline, nor after the signal. Rejects when the work does. */
export async function within(work: Promise<unknown>, deadlineMs: number, signal?: AbortSignal): Promise<void> {
  const done = new AbortController();
  const ends = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
  await Promise.race([work, slept(deadlineMs, ends)]).finally(() => done.abort());
}
