import type { Clock } from '../../gateway/ports.ts';
import { TransferError } from '../errors.ts';
import type { Persistence } from '../ports.ts';

export type AttemptParts = {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly chance: () => number;
  readonly signal: AbortSignal;
  /** Told of each failure that another attempt follows. */
  readonly failed: (error: TransferError, pauseMs: number) => void;
};

const longestPauseMs = 15 * 60_000;
const shortestPauseMs = 1_000;

/** Does `work` until it succeeds, fails for good, or has been tried once more than there are retries. */
export async function inAttempts<T>(
  { retries, retryIntervalMs }: Persistence,
  parts: AttemptParts,
  work: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof TransferError) || thrown.permanent || failures > retries) throw thrown;
      const pauseMs = pauseAfter(failures, retryIntervalMs, parts.chance());
      parts.failed(thrown, pauseMs);
      await pause(pauseMs, parts);
    }
  }
}

/** Doubles up to 15 minutes; a quarter more or less is left to chance, so that those who failed together part. */
export function pauseAfter(failures: number, retryIntervalMs: number, chance: number): number {
  const plannedMs = Math.max(retryIntervalMs, shortestPauseMs) * 2 ** Math.min(failures - 1, 20);
  return Math.min(plannedMs, longestPauseMs) * (0.75 + chance / 2);
}

function pause(ms: number, { clock, signal }: AttemptParts): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      end();
      reject(cancelled(signal));
    };
    const cancel = clock.after(ms, () => {
      end();
      resolve();
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}

/** Why a signal was given. */
export function cancelled(signal: AbortSignal): TransferError {
  return signal.reason instanceof TransferError ? signal.reason : new TransferError('Cancelled', 'it was cancelled');
}
