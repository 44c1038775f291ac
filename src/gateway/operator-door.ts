import { chargerDetails } from './charger-details.ts';
import type { Context } from './context.ts';
import type { ChargerView, OperatorDoor } from './operator-port.ts';
import type { Station } from './stations.ts';

/** What people may see and do, on a running gateway. `resume` delivers whatever waits. */
export function createOperatorDoor(context: Context, resume: () => Promise<void>): OperatorDoor {
  const { store, stations } = context;
  return {
    chargers: async () => {
      const open = await store.openTransactionCounts();
      return [...stations.all()].map((station) => view(context, station, open.get(station.identity) ?? 0));
    },
    charger: async (identity) => {
      const station = stations.find(identity);
      if (station === undefined) return undefined;
      const open = await store.openTransactions(station.identity);
      const { record, linkSettings, statuses, lacks } = station;
      const told = new Map([...statuses].map(([connector, { status }]) => [connector, status]));
      const heard = { statuses: told, lacks: [...lacks.keys()] };
      return chargerDetails(view(context, station, open.length), record, open, linkSettings, heard);
    },
    adopt: async (identity) => {
      const adopted = await setStanding(context, identity, 'accepted');
      if (adopted) await resume();
      return adopted;
    },
    block: (identity) => setStanding(context, identity, 'blocked'),
    outbox: (filter) => store.outbox(filter),
    retry: async (seq) => {
      const rows = await store.retryDead(seq);
      await resume();
      return rows;
    },
    drop: (seq) => store.dropDead(seq),
    counts: () => store.counts(),
    ready: async () => {
      const { writable } = await store.health();
      return { ready: writable, reasons: writable ? [] : ['the store cannot be written'] };
    },
  };
}

async function setStanding(context: Context, identity: string, standing: 'accepted' | 'blocked'): Promise<boolean> {
  const station = context.stations.find(identity);
  if (station === undefined) return false;
  await context.stations.update(station, { standing });
  if (standing === 'blocked') context.links.close(station.identity);
  context.log.info('charger standing changed', { station: station.identity, standing });
  return true;
}

function view(context: Context, station: Station, openTransactions: number): ChargerView {
  const { record } = station;
  return {
    identity: station.identity,
    csmsIdentity: record.csmsIdentity,
    standing: station.settings.blocked ? 'blocked' : record.standing,
    wire: record.wire,
    lastSeenMs: record.lastSeenMs,
    conflict: station.conflict,
    source: record.source,
    callback: record.callback,
    noCommandsReason: record.callback === undefined ? station.noCommandsReason : undefined,
    boot: record.boot?.told,
    link: context.links.state(station.identity),
    openTransactions,
  };
}
