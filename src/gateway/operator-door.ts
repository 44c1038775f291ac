import { bootView, chargerDetails } from './charger-details.ts';
import type { Context } from './context.ts';
import type { ChargerView, OperatorDoor } from './operator-port.ts';
import type { Station } from './stations.ts';
import type { MessageCounts } from './store-port.ts';

/** What people may see and do, on a running gateway. `resume` delivers whatever waits. */
export function createOperatorDoor(context: Context, resume: () => Promise<void>): OperatorDoor {
  const { store, stations } = context;
  return {
    chargers: async () => {
      const [open, messages] = await Promise.all([store.openTransactionCounts(), store.messageCounts()]);
      return [...stations.all()].map((station) => {
        const { identity } = station;
        return view(context, station, { open: open.get(identity) ?? 0, ...(messages.get(identity) ?? noMessages) });
      });
    },
    charger: async (identity) => {
      const station = stations.find(identity);
      if (station === undefined) return undefined;
      const { record, linkSettings, lacks } = station;
      const [open, messages] = await Promise.all([store.openTransactions(record.identity), store.messageCounts()]);
      const counts = { open: open.length, ...(messages.get(record.identity) ?? noMessages) };
      return chargerDetails(view(context, station, counts), record, open, linkSettings, [...lacks.keys()]);
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

const noMessages: MessageCounts = { waiting: 0, dead: 0 };

type Counts = MessageCounts & { readonly open: number };

function view(context: Context, station: Station, { open, waiting, dead }: Counts): ChargerView {
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
    lastBoot: record.boot && bootView(record.boot),
    link: context.links.state(station.identity),
    openTransactions: open,
    waiting,
    dead,
    connectors: Array.from({ length: record.connectors + 1 }, (_, connector) => ({
      connector,
      told: station.statuses.get(connector)?.payload,
      metered: station.metered.get(connector),
    })),
  };
}
