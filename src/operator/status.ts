import type { ChargerView } from '../gateway/operator-port.ts';
import type { Clock, Log } from '../gateway/ports.ts';
import { isAlive } from './liveness.ts';
import type { SiteStatus } from '../charging/site/ports.ts';
import type { ConfigDoor } from './config-routes.ts';
import type { Metrics } from './metrics.ts';
import { type Readiness, type Readings, type Sources, takeReadings } from './readings.ts';
import { json, type Route } from './routes.ts';
import { health, readiness, state } from './views/status.ts';
import { DeadlineExceeded, within } from './within.ts';

export type StatusOptions = Sources & {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly version: string;
  /** Absent: the config cannot be read again. */
  readonly config?: Pick<ConfigDoor, 'last'> | undefined;
};

const readyDeadlineMs = 5_000;

/** How the gateway is, for those who watch it. */
export function statusRoutes(options: StatusOptions): readonly Route[] {
  const startedMs = options.clock.elapsed();
  const get = (path: string, told: Omit<Route, 'method' | 'path'>): Route => ({ method: 'GET', path: [path], ...told });
  return [
    get('healthz', {
      scope: 'open',
      summary: 'The process is alive',
      gives: health,
      answer: async () => json({ alive: true }),
    }),
    get('readyz', {
      scope: 'open',
      summary: 'The store can be written and the listeners are up',
      gives: readiness,
      answer: async () => {
        const { ready, reasons } = await askReadiness(options);
        return json({ ready, reasons }, ready ? 200 : 503);
      },
    }),
    get('metrics', {
      scope: 'read',
      summary: 'Metrics in the text format of Prometheus',
      media: 'text/plain',
      answer: async () => {
        const { metrics } = options;
        return { status: 200, body: { kind: 'text', type: metrics.contentType, text: await metrics.text() } };
      },
    }),
    get('statusz', {
      scope: 'read',
      summary: 'The state of each part',
      gives: state,
      answer: async () => json(await describe(options, options.clock.elapsed() - startedMs)),
    }),
  ];
}

async function askReadiness({ door }: StatusOptions): Promise<Readiness> {
  try {
    return await within(readyDeadlineMs, 'the gateway', door.ready());
  } catch (thrown) {
    if (!(thrown instanceof DeadlineExceeded)) throw thrown;
    return { ready: false, reasons: [thrown.message] };
  }
}

async function describe(options: StatusOptions, uptimeMs: number): Promise<unknown> {
  const { log, clock, version } = options;
  const unread: string[] = [];
  const readings = await takeReadings(options, (part, cause) => {
    unread.push(part);
    log.warn('reading for status failed', { part, error: cause });
  });
  const nowMs = clock.now();
  return {
    version,
    node: process.versions.node,
    time: new Date(nowMs).toISOString(),
    uptimeS: Math.floor(uptimeMs / 1000),
    ready: readings.ready,
    outbox: describeOutbox(readings, nowMs),
    transactionsActive: readings.counts?.openTransactions,
    chargers: readings.chargers && describeFleet(readings.chargers, nowMs),
    alarms: readings.sites?.flatMap(describeAlarms),
    reload: options.config?.last(),
    store: { walBytes: readings.storeHealth?.walBytes, diskFreeBytes: readings.diskFreeBytes },
    unread,
  };
}

const describeAlarms = ({ id: site, alarms }: SiteStatus) => alarms.map((alarm) => ({ site, ...alarm }));

function describeOutbox({ counts }: Readings, nowMs: number) {
  if (counts === undefined) return undefined;
  const { waiting, dead, oldestMs } = counts;
  return { waiting, dead, oldestS: oldestMs === undefined ? undefined : Math.max(0, nowMs - oldestMs) / 1000 };
}

function describeFleet(chargers: readonly ChargerView[], nowMs: number) {
  const count = (is: (charger: ChargerView) => boolean) => chargers.filter(is).length;
  return {
    accepted: count(({ standing }) => standing === 'accepted'),
    quarantined: count(({ standing }) => standing === 'quarantined'),
    blocked: count(({ standing }) => standing === 'blocked'),
    alive: count((charger) => isAlive(charger, nowMs)),
    conflicts: count(({ conflict }) => conflict),
    withoutCommands: count(({ noCommandsReason }) => noCommandsReason !== undefined),
    csmsConnected: count(({ link }) => link.kind === 'open'),
  };
}
