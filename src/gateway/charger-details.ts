import type { BootView, ChargerDetails, ChargerView } from './operator-port.ts';
import type { BootRecord, StationRecord, TransactionRecord } from './store-port.ts';

/** All that is known of a charger, from its view and what is kept of it. */
export function chargerDetails(
  view: ChargerView,
  { firstSeenMs }: StationRecord,
  transactions: readonly TransactionRecord[],
  changedSettings: Readonly<Record<string, string>>,
  lacks: readonly string[],
): ChargerDetails {
  return {
    ...view,
    firstSeenMs,
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

/** The last boot as people see it. */
export function bootView({ payload, atMs, csms, unheard }: BootRecord): BootView {
  return { payload, atMs, csms: csms && { status: csms.status, intervalS: csms.intervalS }, unheard };
}
