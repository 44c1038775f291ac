import type { OpenTransaction } from '../../gateway/charging-port.ts';
import { type Appetite, unknownAppetite } from './appetite.ts';
import type { SessionEnergy } from './ports.ts';

/** A car with a running transaction. */
export type Car = {
  readonly transactionId: number | undefined;
  /** In lower case. */
  readonly idTag: string;
  /** When its transaction began, by the charger's clock; and when it was first seen here. */
  readonly sinceS: number;
  readonly seenAtS: number;
  readonly energy: SessionEnergy;
  readonly appetite: Appetite;
};

/** How long somebody was there. */
export type Stay = { readonly idTag: string; readonly hours: number };

/** A car that was just seen. `startWh`: its register when it began, if that was heard. */
export function carOf(transaction: OpenTransaction, startWh: number | undefined, atS: number): Car {
  const sinceS = beginningOf(transaction, atS);
  return {
    transactionId: transaction.transactionId,
    idTag: transaction.idTag.toLowerCase(),
    sinceS,
    seenAtS: atS,
    energy: { sinceS, startWh, servedWh: 0 },
    appetite: unknownAppetite,
  };
}

/** A transaction is told from others on its connector by its beginning, which its id may come after. */
export function isOf({ sinceS, idTag }: Car, transaction: OpenTransaction): boolean {
  return beginningOf(transaction, sinceS) === sinceS && transaction.idTag.toLowerCase() === idTag;
}

/** A time that is none is `otherwiseS`. */
export function beginningOf({ startedAtMs }: OpenTransaction, otherwiseS: number): number {
  return Number.isFinite(startedAtMs) ? Math.floor(startedAtMs / 1000) : otherwiseS;
}

/** How long a car was there that leaves at `endS`, by its charger's clock if that may be. */
export function stayOf({ idTag, sinceS }: Car, endS: number | undefined, atS: number): Stay {
  const leftS = endS !== undefined && endS >= sinceS && endS <= atS ? endS : atS;
  return { idTag, hours: (leftS - sinceS) / 3600 };
}
