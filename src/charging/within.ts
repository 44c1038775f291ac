import type { Clock } from '../gateway/ports.ts';

/** What `done` resolves with; undefined when that takes longer. */
export function within<T>(clock: Clock, done: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    done.then(resolve, reject).finally(cancel);
  });
}
