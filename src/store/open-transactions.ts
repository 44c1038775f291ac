import type { TransactionRecord } from '../gateway/store-port.ts';

/** The open transactions of stations in memory, oldest first: asked for by every command that concerns charging. */
export class OpenTransactions {
  readonly #open = new Map<string, readonly TransactionRecord[]>();

  /** Undefined when they must be asked for. */
  of(station: string): readonly TransactionRecord[] | undefined {
    return this.#open.get(station);
  }

  read(station: string, open: readonly TransactionRecord[]): void {
    this.#open.set(station, open);
  }

  /** Takes over what became of a transaction; a new one is the youngest. */
  changed(transaction: TransactionRecord): void {
    const { station, id, state } = transaction;
    const before = this.#open.get(station);
    if (before === undefined) return;
    if (state !== 'open') this.#open.set(station, without(before, id));
    else if (before.some((known) => known.id === id)) this.#open.set(station, replaced(before, transaction));
    else this.#open.set(station, [...before, transaction]);
  }

  forget(): void {
    this.#open.clear();
  }
}

function without(open: readonly TransactionRecord[], id: number): readonly TransactionRecord[] {
  return open.filter((known) => known.id !== id);
}

function replaced(open: readonly TransactionRecord[], transaction: TransactionRecord): readonly TransactionRecord[] {
  return open.map((known) => (known.id === transaction.id ? transaction : known));
}
