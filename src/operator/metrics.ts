import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock, Log } from '../gateway/ports.ts';
import { createGauges } from './gauges.ts';
import { type Readings, type Sources, takeReadings } from './readings.ts';

export type MetricsOptions = Sources & {
  /** Of `createMeters`. */
  readonly registry: Registry;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly version: string;
  /** False: one number for all chargers instead of one each. */
  readonly chargerLabels: boolean;
};

export interface Metrics {
  readonly contentType: string;
  /** Prometheus' text format; what cannot be read is left out, counted and logged. */
  text(): Promise<string>;
  /** Ends the sampling of the event loop. */
  close(): void;
}

/** What `/metrics` shows: the meters' counts, and the state of the gateway at the moment of asking. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { registry, clock, log } = options;
  showBuild(registry, options.version);
  const close = watchEventLoop(registry);
  const show = createGauges(registry, options.chargerLabels);
  const failures = new Counter({
    name: 'ocppgw_metrics_failures_total',
    help: 'Readings that could not be taken for /metrics.',
    labelNames: ['part'],
    registers: [registry],
  });
  const failed = (part: keyof Readings, cause: unknown) => {
    failures.inc({ part });
    log.warn('reading for metrics failed', { part, error: cause });
  };
  return {
    contentType: registry.contentType,
    text: async () => {
      show(await takeReadings(options, failed), clock.now());
      return registry.metrics();
    },
    close,
  };
}

function showBuild(registry: Registry, version: string): void {
  const build = new Gauge({
    name: 'ocppgw_build_info',
    help: 'Always 1; the labels tell what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  build.set({ version, node: process.versions.node }, 1);
}

const sampleEveryMs = 20;

/** The delay of a timer beyond its time; returns how to end the sampling. */
function watchEventLoop(registry: Registry): () => void {
  const delays = monitorEventLoopDelay({ resolution: sampleEveryMs });
  delays.enable();
  const lagS = (delayNs: number) => (delays.count === 0 ? 0 : Math.max(0, delayNs / 1e9 - sampleEveryMs / 1000));
  const lag = new Gauge({
    name: 'ocppgw_event_loop_lag_seconds',
    help: 'How late the event loop runs its timers, since the last scrape.',
    labelNames: ['quantile'],
    registers: [],
    collect() {
      this.set({ quantile: '0.5' }, lagS(delays.percentile(50)));
      this.set({ quantile: '0.99' }, lagS(delays.percentile(99)));
      this.set({ quantile: '1' }, lagS(delays.max));
      delays.reset();
    },
  });
  registry.registerMetric(lag);
  return () => delays.disable();
}
