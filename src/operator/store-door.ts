import { bootView, chargerDetails } from '../gateway/charger-details.ts';
import type { ChargerView, OperatorDoor } from '../gateway/operator-port.ts';
import type { MessageCounts, Standing, StationRecord, Store } from '../gateway/store-port.ts';

/** The operator's door to a data folder on which no gateway runs: what is on disk, with every link closed. */
export function storeOperatorDoor(store: Store): OperatorDoor {
  return {
    chargers: async () => {
      const [open, messages] = await Promise.all([store.openTransactionCounts(), store.messageCounts()]);
      return (await store.stations()).map((record) =>
        viewOf(record, open.get(record.identity) ?? 0, messages.get(record.identity)),
      );
    },
    charger: async (identity) => {
      const record = await recordOf(store, identity);
      if (record === undefined) return undefined;
      const open = await store.openTransactions(record.identity);
      const changed = await store.settings(record.identity);
      const messages = (await store.messageCounts()).get(record.identity);
      return chargerDetails(viewOf(record, open.length, messages), record, open, changed, []);
    },
    adopt: (identity) => setStanding(store, identity, 'accepted'),
    block: (identity) => setStanding(store, identity, 'blocked'),
    outbox: (filter) => store.outbox(filter),
    retry: (seq) => store.retryDead(seq),
    drop: (seq) => store.dropDead(seq),
    counts: () => store.counts(),
    ready: async () => ({ ready: false, reasons: ['the gateway does not run'] }),
  };
}

function viewOf(
  record: StationRecord,
  openTransactions: number,
  { waiting, dead }: MessageCounts = { waiting: 0, dead: 0 },
): ChargerView {
  const { identity, csmsIdentity, standing, wire, lastSeenMs, source, callback, boot, connectors } = record;
  return {
    identity,
    csmsIdentity,
    standing,
    wire,
    lastSeenMs,
    conflict: false,
    source,
    callback,
    noCommandsReason: 'the gateway does not run',
    boot: boot?.told,
    lastBoot: boot && bootView(boot),
    link: { kind: 'closed' },
    openTransactions,
    waiting,
    dead,
    connectors: Array.from({ length: connectors + 1 }, (_, connector) => ({
      connector,
      told: undefined,
      metered: undefined,
    })),
  };
}

async function setStanding(store: Store, identity: string, standing: Standing): Promise<boolean> {
  const record = await recordOf(store, identity);
  if (record === undefined) return false;
  await store.saveStation({ ...record, standing });
  return true;
}

/** An identity is a CiString: OCPP 1.6 §7 compares them without case. */
async function recordOf(store: Store, identity: string): Promise<StationRecord | undefined> {
  return (await store.stations()).find((one) => one.identity.toLowerCase() === identity.toLowerCase());
}
