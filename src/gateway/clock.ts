import { performance } from 'node:perf_hooks';
import type { Clock } from './ports.ts';

/** Node runs timers beyond this at once. */
const longestMs = 0x7fff_ffff;

/** The clock of the machine. Its timers do not keep the process alive; after 24 days at the latest they run. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, longestMs)).unref();
    return () => clearTimeout(timer);
  },
};
