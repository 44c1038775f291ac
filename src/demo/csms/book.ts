import type { Arrival } from '../ledger.ts';
import { isTransactionAction, naturalKey } from '../natural-key.ts';
import { numberOf, type Payload, textOf } from '../payload.ts';

/** A transaction as the CSMS knows it. */
export type CsmsTransaction = {
  readonly id: number;
  /** naturalKey() of its StartTransaction. */
  readonly startKey: string;
  readonly connector: number;
  readonly idTag: string;
  readonly stopped: boolean;
};

/** What the CSMS counted of one station: its half of the ledger, kept for as long as the CSMS lives. */
export class StationBook {
  /** Transaction messages in the order in which they were answered, retries included. */
  readonly arrived: Arrival[] = [];
  /** Messages by action. */
  readonly counts = new Map<string, number>();
  /** Last status by connector. */
  readonly statuses = new Map<number, string>();
  /** Statuses of transfers, in the order in which they came. */
  readonly firmware: string[] = [];
  readonly diagnostics: string[] = [];
  readonly #byStart = new Map<string, CsmsTransaction>();
  readonly #byId = new Map<number, CsmsTransaction>();

  get transactions(): readonly CsmsTransaction[] {
    return [...this.#byStart.values()];
  }

  /** The newest transaction that runs on a connector. */
  running(connector: number): CsmsTransaction | undefined {
    return this.transactions.findLast((transaction) => transaction.connector === connector && !transaction.stopped);
  }

  /** The transaction that this StartTransaction made, by its naturalKey(). */
  startedBy(startKey: string): CsmsTransaction | undefined {
    return this.#byStart.get(startKey);
  }

  /** Writes one message down. For a StartTransaction, a retry finds the transaction that the first one made. */
  enter(action: string, payload: Payload, nextTransactionId: () => number): CsmsTransaction | undefined {
    this.counts.set(action, (this.counts.get(action) ?? 0) + 1);
    if (action === 'StatusNotification') this.#enterStatus(payload);
    if (action === 'FirmwareStatusNotification') this.firmware.push(textOf(payload, 'status') ?? '');
    if (action === 'DiagnosticsStatusNotification') this.diagnostics.push(textOf(payload, 'status') ?? '');
    if (!isTransactionAction(action)) return undefined;
    const key = naturalKey(action, payload);
    const transaction =
      action === 'StartTransaction' ? this.#begin(key, payload, nextTransactionId) : this.#find(payload);
    this.arrived.push({ key, start: transaction?.startKey });
    if (action === 'StopTransaction' && transaction !== undefined) this.#keep({ ...transaction, stopped: true });
    return transaction;
  }

  #enterStatus(payload: Payload): void {
    this.statuses.set(numberOf(payload, 'connectorId') ?? 0, textOf(payload, 'status') ?? '');
  }

  #begin(startKey: string, payload: Payload, nextTransactionId: () => number): CsmsTransaction {
    const known = this.#byStart.get(startKey);
    if (known !== undefined) return known;
    const connector = numberOf(payload, 'connectorId') ?? 0;
    const idTag = textOf(payload, 'idTag') ?? '';
    return this.#keep({ id: nextTransactionId(), startKey, connector, idTag, stopped: false });
  }

  #find(payload: Payload): CsmsTransaction | undefined {
    const id = numberOf(payload, 'transactionId');
    return id === undefined ? undefined : this.#byId.get(id);
  }

  #keep(transaction: CsmsTransaction): CsmsTransaction {
    this.#byStart.set(transaction.startKey, transaction);
    this.#byId.set(transaction.id, transaction);
    return transaction;
  }
}
