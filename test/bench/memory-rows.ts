import type { Payload } from '../../src/gateway/ports.ts';
import type { OutboxRow, SessionEnd, TransactionRecord } from '../../src/gateway/store-port.ts';

/** A transaction as the memory store keeps it. */
export type Transaction = { -readonly [K in keyof TransactionRecord]: TransactionRecord[K] } & {
  readonly startSeq: number;
  lastAtMs: number;
  stopped: boolean;
  dead: boolean;
  told: Payload | undefined;
  end: SessionEnd;
};

/** A message as the memory store keeps it. */
export type Row = Omit<OutboxRow, 'transaction' | 'attempts' | 'notBeforeMs' | 'offline' | 'deadReason'> & {
  readonly tx: Transaction | undefined;
  readonly replaceKey: string | undefined;
  attempts: number;
  notBeforeMs: number;
  offline: boolean;
  deadReason: string | undefined;
};

/** As the port shows it. Written out: to copy the rest of an object costs ten times as much, for every message. */
export function recordOf(tx: Transaction): TransactionRecord {
  const { id, station, connector, idTag, startedAt, meterStart, reservationId, remoteStartId } = tx;
  const { chargerTxId, csmsTxId, offline, lateRefusal, nextSeqNo } = tx;
  const state = tx.dead ? 'dead' : tx.stopped ? 'stopped' : 'open';
  return {
    id,
    station,
    connector,
    idTag,
    startedAt,
    meterStart,
    reservationId,
    remoteStartId,
    chargerTxId,
    csmsTxId,
    state,
    offline,
    lateRefusal,
    nextSeqNo,
  };
}

/** As recordOf, for one that may not be there. */
export const copyOf = (tx: Transaction | undefined) => tx && recordOf(tx);

/** As the port shows it. */
export function shown(row: Row): OutboxRow {
  const { tx, seq, station, action, payload, lane, atMs, attempts, notBeforeMs, offline, txSeqNo, deadReason } = row;
  const transaction = tx && recordOf(tx);
  return {
    seq,
    station,
    action,
    payload,
    lane,
    atMs,
    attempts,
    notBeforeMs,
    offline,
    transaction,
    txSeqNo,
    deadReason,
  };
}
