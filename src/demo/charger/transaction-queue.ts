import type { Acknowledged } from '../ledger.ts';
import { naturalKey, type TransactionAction } from '../natural-key.ts';
import type { Payload } from '../payload.ts';
import { slept } from '../waiting.ts';
import { Errand } from './errand.ts';
import type { Spoken } from './line.ts';

/** A transaction as its charger knows it. `id` is what StartTransaction.conf said, once it did. */
export type ChargerTransaction = {
  readonly connector: number;
  readonly idTag: string;
  readonly startKey: string;
  id: number | undefined;
};

/** A transaction message without its transaction id, which may not be known yet when the message is written. */
export type QueuedMessage = {
  readonly action: TransactionAction;
  readonly fields: Payload;
  readonly transaction: ChargerTransaction | undefined;
};

export type RetryPolicy = {
  /** Pause before a message that could not be delivered is sent again, for ever: a charger keeps what it must tell. */
  readonly pauseMs: (attempt: number) => number;
  /** TransactionMessageAttempts: how often a fault is accepted before the message is given up (OCPP 1.6 §3.6.1). */
  readonly faultAttempts: number;
};

export type QueueSettings = {
  readonly call: (action: string, payload: Payload) => Promise<Spoken>;
  readonly retry: RetryPolicy;
  /** StartTransaction.conf: the transaction's id is set already. */
  readonly onStarted: (transaction: ChargerTransaction, conf: Payload) => void;
};

/**
 * A charger's memory of what it must tell: first in, first out, one message at a time. A message leaves the queue when
 * it is acknowledged, or when it met too many faults; a lost connection or a missing answer never counts.
 */
export class TransactionQueue {
  /** What was acknowledged, in order: this charger's half of the ledger. */
  readonly acknowledged: Acknowledged[] = [];
  /** Given up after too many faults. */
  readonly givenUp: QueuedMessage[] = [];
  readonly #settings: QueueSettings;
  readonly #waiting: QueuedMessage[] = [];
  readonly #errand: Errand;
  #retries = 0;

  constructor(settings: QueueSettings) {
    this.#settings = settings;
    this.#errand = new Errand(
      () => this.#waiting.length > 0,
      () => this.#run(),
    );
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Times that a message was sent again. */
  get retries(): number {
    return this.#retries;
  }

  add(message: QueuedMessage): void {
    this.#waiting.push(message);
    this.#errand.wake();
  }

  /** Resolves when nothing waits any more, or the queue was stopped. */
  async drained(): Promise<void> {
    await this.#errand.drained();
  }

  /** Sends nothing more; what waits stays unsent. */
  async stop(): Promise<void> {
    await this.#errand.stop();
  }

  async #run(): Promise<void> {
    for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
      const settled = await this.#deliver(head);
      if (!settled) return;
      this.#waiting.shift();
    }
  }

  /** False when the queue was stopped before the message was settled. */
  async #deliver(message: QueuedMessage): Promise<boolean> {
    let faults = 0;
    for (let attempt = 1; !this.#errand.signal.aborted; attempt += 1) {
      const payload = completed(message);
      if (payload === undefined || faults >= this.#settings.retry.faultAttempts) {
        this.givenUp.push(message);
        return true;
      }
      if (attempt > 1) this.#retries += 1;
      const spoken = await this.#settings.call(message.action, payload);
      if (spoken.kind === 'answered') {
        this.#acknowledge(message, spoken.payload);
        return true;
      }
      if (spoken.kind === 'fault') faults += 1;
      await this.#pause(attempt);
    }
    return false;
  }

  #acknowledge(message: QueuedMessage, conf: Payload): void {
    const key = naturalKey(message.action, message.fields);
    this.acknowledged.push({ key, start: message.transaction?.startKey });
    if (message.action !== 'StartTransaction' || message.transaction === undefined) return;
    const id = Number(conf['transactionId']);
    message.transaction.id = Number.isInteger(id) ? id : undefined;
    this.#settings.onStarted(message.transaction, conf);
  }

  async #pause(attempt: number): Promise<void> {
    await slept(this.#settings.retry.pauseMs(attempt), this.#errand.signal);
  }
}

/** The message with its transaction id; undefined when its StartTransaction was given up, so that there is none. */
function completed({ action, fields, transaction }: QueuedMessage): Payload | undefined {
  if (action === 'StartTransaction' || transaction === undefined) return fields;
  return transaction.id === undefined ? undefined : { ...fields, transactionId: transaction.id };
}
