import { monitorEventLoopDelay } from 'node:perf_hooks';
import { mainThreadMs } from './turns.ts';

/** What a measured process has used. */
export type Usage = {
  /** User and system time since its start. */
  readonly cpuMs: number;
  /** Of it, the main thread's; NaN where the kernel does not tell. */
  readonly mainCpuMs: number;
  readonly rssBytes: number;
  /** How late the event loop ran, 99th percentile since the last question. */
  readonly loopDelayP99Ms: number;
  /** The longest turn in the same time. */
  readonly loopDelayMaxMs: number;
};

const resolutionMs = 5;

/** What every measured process answers. */
export function usageAsks() {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  return {
    usage: (): Usage => {
      const { user, system } = process.cpuUsage();
      const lateMs = (ns: number) => (delays.count === 0 ? 0 : Math.max(0, ns / 1e6 - resolutionMs));
      const [loopDelayP99Ms, loopDelayMaxMs] = [lateMs(delays.percentile(99)), lateMs(delays.max)];
      delays.reset();
      const cpuMs = (user + system) / 1000;
      return { cpuMs, mainCpuMs: mainThreadMs(), rssBytes: process.memoryUsage.rss(), loopDelayP99Ms, loopDelayMaxMs };
    },
    /** Collects twice: what the first round finalises, the second frees. */
    collectGarbage: async (): Promise<void> => {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 200));
      globalThis.gc?.();
    },
  };
}

export type UsageAsks = ReturnType<typeof usageAsks>;

/** A relay: it tells what it used, and where chargers reach it. */
export type RelayAsks = UsageAsks & { readonly port: () => number };
