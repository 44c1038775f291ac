import type { Payload } from '../gateway/ports.ts';
import type { TransactionEffect, TransactionRecord } from '../gateway/store-port.ts';
import type { StartEffect, TransactionTable } from './transaction-table.ts';

type PartEffect = Exclude<TransactionEffect, StartEffect>;

export type Transactions = ReturnType<typeof openTransactions>;

/**
 * Transactions and the ids by which charger and CSMS know them. The open ones of each station are remembered in memory,
 * since every MeterValues asks for them; any change but a counted message forgets what is remembered of the station.
 */
export function openTransactions(table: TransactionTable, numberOf: (identity: string) => number) {
  const remembered = new Map<number, readonly TransactionRecord[]>();
  const changed = (transaction: TransactionRecord): TransactionRecord => {
    remembered.delete(numberOf(transaction.station));
    return transaction;
  };

  const open = (station: number): readonly TransactionRecord[] => {
    const transactions = remembered.get(station) ?? table.open(station);
    remembered.set(station, transactions);
    return transactions;
  };
  const ofCharger = (station: number, chargerTxId: number) =>
    open(station).findLast((transaction) => transaction.chargerTxId === chargerTxId) ??
    table.ofCharger(station, chargerTxId);

  /** The transaction that an update or a stop belongs to; an unknown id means the connector's only open one. */
  const find = (station: number, effect: PartEffect): TransactionRecord | undefined => {
    const named = effect.chargerTxId === undefined ? undefined : ofCharger(station, effect.chargerTxId);
    if (named !== undefined || effect.kind === 'stop' || effect.connector === undefined) return named;
    const onConnector = open(station).filter((transaction) => transaction.connector === effect.connector);
    return onConnector.length === 1 ? onConnector[0] : undefined;
  };

  return {
    /** The open ones, oldest first. */
    open,
    ofCharger,
    ofCsms: table.ofCsms,
    ofStart: table.ofStart,
    of: (station: number, id: number) => open(station).find((transaction) => transaction.id === id) ?? table.get(id),
    openUses: (station: number, chargerTxId: number) =>
      open(station).some((transaction) => transaction.chargerTxId === chargerTxId),
    start: (seq: number, station: number, atMs: number, effect: StartEffect) =>
      changed(table.insert(seq, station, atMs, effect)),
    /** Counts one more message of the transaction; undefined if the effect belongs to none. */
    advance: (station: number, effect: PartEffect, atMs: number): TransactionRecord | undefined => {
      const before = find(station, effect);
      if (before === undefined) return undefined;
      if (effect.kind === 'stop') table.stop(before.id, atMs, effect);
      else table.advance(before.id, atMs);
      const after = advanced(before, effect);
      remembered.set(station, withAdvanced(open(station), after));
      return after;
    },
    tell: (id: number, chargerTxId: number, idTagInfo: Payload, offline: boolean) =>
      changed(table.tell(id, chargerTxId, idTagInfo, offline)),
    mapCsms: (id: number, csmsTxId: string) => changed(table.mapCsms(id, csmsTxId)),
    setDead: (id: number, dead: boolean) => changed(table.setDead(id, dead)),
    markLateRefusal: (id: number) => changed(table.markLateRefusal(id)),
    /** Rows were changed behind the memory's back, or a rollback undid some. */
    forget: () => remembered.clear(),
  };
}

function advanced(before: TransactionRecord, effect: PartEffect): TransactionRecord {
  const state = effect.kind === 'stop' && before.state === 'open' ? 'stopped' : before.state;
  return { ...before, state, nextSeqNo: before.nextSeqNo + 1 };
}

const withAdvanced = (open: readonly TransactionRecord[], one: TransactionRecord): readonly TransactionRecord[] =>
  open.map((other) => (other.id === one.id ? one : other)).filter(({ state }) => state === 'open');
