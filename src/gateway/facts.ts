import type { ChargerFacts } from './charging-port.ts';
import type { Context } from './context.ts';
import type { Station } from './stations.ts';

/** What smart charging must know of a charger, as it is now. */
export async function factsOf(context: Context, station: Station): Promise<ChargerFacts> {
  const open = await context.store.openTransactions(station.identity);
  const { identity, record } = station;
  return {
    identity,
    wire: record.wire,
    connectors: Math.max(record.connectors, 1),
    boot: record.boot?.payload,
    statuses: Object.fromEntries([...station.statuses].map(([connector, { status }]) => [connector, status])),
    transactions: open.map(({ connector, chargerTxId, idTag, startedAt }) => ({
      connectorId: connector,
      transactionId: chargerTxId,
      idTag,
      startedAtMs: Date.parse(startedAt),
    })),
  };
}
