import type { BootView, ChargerDetails, ChargerView } from './operator-port.ts';
import type { BootRecord, StationRecord, TransactionRecord } from './store-port.ts';

/** What only a running gateway knows of a charger. */
type Heard = {
  readonly statuses: ReadonlyMap<number, string>;
  readonly lacks: readonly string[];
};

export function chargerDetails(
  view: ChargerView,
  { firstSeenMs, boot, connectors }: StationRecord,
  transactions: readonly TransactionRecord[],
  changedSettings: Readonly<Record<string, string>>,
  { statuses, lacks }: Heard,
): ChargerDetails {
  return {
    ...view,
    firstSeenMs,
    lastBoot: boot && bootView(boot),
    connectors: Array.from({ length: connectors + 1 }, (_, connector) => ({
      connector,
      status: statuses.get(connector),
    })),
    transactions: transactions.map(({ connector, chargerTxId, csmsTxId, startedAt }) => ({
      connector,
      chargerTxId,
      csmsTxId,
      startedAt,
    })),
    lacks,
    changedSettings: Object.keys(changedSettings),
  };
}

function bootView({ payload, atMs, csms, unheard }: BootRecord): BootView {
  return { payload, atMs, csms: csms && { status: csms.status, intervalS: csms.intervalS }, unheard };
}
