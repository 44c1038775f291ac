import type { OpenTransaction } from '../../gateway/charging-port.ts';
import { type Appetite, unknownAppetite } from './appetite.ts';
import type { SessionEnergy, SessionTarget } from './ports.ts';

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

/** A car whose session is over and that may still be there, and what was said of it. */
export type Visit = {
  readonly car: Car;
  readonly target: SessionTarget | undefined;
  readonly chargerTarget: SessionTarget | undefined;
  /** Undefined where nobody told of the end. */
  readonly endS: number | undefined;
};

/** A car that was just seen. `startWh`: its register when it began; `before`: its visit so far. */
export function carOf(
  transaction: OpenTransaction,
  startWh: number | undefined,
  before: Car | undefined,
  atS: number,
): Car {
  const sinceS = beginningOf(transaction, atS);
  return {
    transactionId: transaction.transactionId,
    idTag: idTagOf(transaction),
    sinceS,
    seenAtS: atS,
    energy: {
      sinceS,
      arrivedS: before?.energy.arrivedS ?? sinceS,
      earlierWh: before === undefined ? 0 : before.energy.earlierWh + before.energy.servedWh,
      ...(startWh === undefined ? {} : { startWh }),
      servedWh: 0,
    },
    appetite: unknownAppetite,
  };
}

/** What a StartTransaction tells of the transaction that it begins. */
export type Begun = { readonly idTag: string; readonly sinceS: number; readonly startWh: number };

export function isBegun(begun: Begun | undefined, transaction: OpenTransaction): begun is Begun {
  return begun?.idTag === idTagOf(transaction) && begun.sinceS === beginningOf(transaction, Number.NaN);
}

/** In lower case: idTags are compared without it. */
export function idTagOf({ idTag }: OpenTransaction): string {
  return idTag.toLowerCase();
}

/** A transaction is told from others on its connector by its beginning, which its id may come after. */
export function isOf({ sinceS, idTag }: Car, transaction: OpenTransaction): boolean {
  return beginningOf(transaction, sinceS) === sinceS && idTagOf(transaction) === idTag;
}

/** A time that is none is `otherwiseS`. */
export function beginningOf({ startedAtMs }: OpenTransaction, otherwiseS: number): number {
  return Number.isFinite(startedAtMs) ? Math.floor(startedAtMs / 1000) : otherwiseS;
}

/** Longer than that nobody waits to be charged on; a connector that never says that it is free has another visit then. */
const longestPauseS = 12 * 3600;

/** Whether a transaction continues a visit: somebody stopped it for a while, or its end was lost. */
export function goesOn({ car, endS }: Visit, transaction: OpenTransaction): boolean {
  const pauseS = endS === undefined ? 0 : beginningOf(transaction, endS) - endS;
  return car.idTag === idTagOf(transaction) && pauseS < longestPauseS;
}

/** Undefined for a visit of whose end nobody told. */
export function stayOf({ car, endS }: Visit): Stay | undefined {
  return endS === undefined ? undefined : { idTag: car.idTag, hours: (endS - car.energy.arrivedS) / 3600 };
}
