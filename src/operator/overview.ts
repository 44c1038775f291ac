import type { Clock, Log } from '../gateway/ports.ts';
import { alarmsOf } from './alarms.ts';
import { chargerRowsOf, type LiveParts } from './charger-views.ts';
import { type Readings, type Sources, takeReadings } from './readings.ts';
import type { ChargerRow } from './views/chargers.ts';
import type { Overview } from './views/overview.ts';

export type OverviewParts = Omit<Sources, 'transfers'> & {
  readonly live: LiveParts;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  /** What `clock.elapsed` said at the start of the gateway, ms. */
  readonly startedMs: number;
  readonly version: string;
  readonly log: Log;
  /** Keys of the config that are changed in the file and hold from the next start. */
  readonly restartNeeded: () => readonly string[];
};

/** The gateway at one look; what cannot be read counts as nothing, and is an alarm where that matters. */
export async function overviewNow(parts: OverviewParts): Promise<Overview> {
  const { clock, log, version, startedMs } = parts;
  const readings = await takeReadings({ ...parts, transfers: undefined }, (part, cause) => {
    log.warn('reading for overview failed', { part, error: cause });
  });
  const rows = await chargerRowsOf(readings.chargers ?? [], parts);
  const nowMs = clock.now();
  return {
    version,
    atMs: nowMs,
    uptimeS: Math.floor((clock.elapsed() - startedMs) / 1000),
    ready: readings.ready?.ready ?? false,
    chargers: chargersOf(rows),
    links: linksOf(rows),
    outbox: outboxOf(readings, nowMs),
    powerW: rows.flatMap(({ connectors }) => connectors).reduce((sum, { powerW = 0 }) => sum + powerW, 0),
    transactions: readings.counts?.openTransactions ?? 0,
    alarms: alarmsOf({ readings, rows, nowMs }),
    restartNeeded: parts.restartNeeded(),
  };
}

function chargersOf(rows: readonly ChargerRow[]): Overview['chargers'] {
  const count = (is: (row: ChargerRow) => boolean) => rows.filter(is).length;
  const isServed = ({ standing }: ChargerRow) => standing === 'accepted';
  return {
    accepted: count(isServed),
    quarantined: count(({ standing }) => standing === 'quarantined'),
    blocked: count(({ standing }) => standing === 'blocked'),
    alive: count((row) => isServed(row) && row.alive),
    charging: count(({ openTransactions }) => openTransactions > 0),
    withoutCommands: count((row) => isServed(row) && row.noCommandsReason !== undefined),
  };
}

function linksOf(rows: readonly ChargerRow[]): Overview['links'] {
  const count = (state: ChargerRow['link']) => rows.filter(({ link }) => link === state).length;
  return { open: count('open'), connecting: count('connecting'), closed: count('closed') };
}

function outboxOf({ counts }: Readings, nowMs: number): Overview['outbox'] {
  const { waiting = 0, dead = 0, oldestMs } = counts ?? {};
  return { waiting, dead, oldestS: oldestMs === undefined ? 0 : Math.max(0, nowMs - oldestMs) / 1000 };
}
