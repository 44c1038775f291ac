import { numberOf, type Station } from './stations.ts';
import type { Delivery, Payload } from './ports.ts';

/** Something that ends a transaction, and that the charger has accepted or was told. Ids are the charger's own. */
export type Order =
  | { readonly kind: 'stop'; readonly transactionId: number }
  | { readonly kind: 'refusal'; readonly transactionId: number }
  | { readonly kind: 'reset'; readonly type: 'Hard' | 'Soft' }
  | { readonly kind: 'unlock'; readonly connectorId: number };

/** How long after an order the end of a transaction is taken for its effect. */
const effectMs = 300_000;

/** A charger that is told more than this within that time is not behaving as chargers do. */
const rememberedAtMost = 32;

/** Remembers a call that the charger accepted, if it is one that ends transactions; `nowMs` is monotonic. */
export function noteOrder(station: Station, action: string, payload: Payload, delivery: Delivery, nowMs: number): void {
  if (delivery.kind !== 'answered') return;
  const order = orderOf(action, payload, delivery.payload['status']);
  if (order !== undefined) remember(station, order, nowMs);
}

/** Remembers that the charger was told of a transaction whose tag may not charge. */
export function noteRefusal(station: Station, transactionId: number, nowMs: number): void {
  remember(station, { kind: 'refusal', transactionId }, nowMs);
}

/** The orders that may still have an effect, the newest first. */
export function ordersInEffect(station: Station, nowMs: number): readonly Order[] {
  return station.orders
    .filter(({ atMs }) => nowMs - atMs <= effectMs)
    .map(({ order }) => order)
    .toReversed();
}

/** A charger that begins a transaction has been reset, or its connector locked again, since it was told so. */
export function forgetOrders(station: Station, connectorId: number): void {
  const done = ({ order }: { readonly order: Order }) =>
    order.kind === 'reset' || (order.kind === 'unlock' && order.connectorId === connectorId);
  station.orders = station.orders.filter((entry) => !done(entry));
}

function remember(station: Station, order: Order, atMs: number): void {
  station.orders = [...station.orders, { order, atMs }].slice(-rememberedAtMost);
}

function orderOf(action: string, payload: Payload, status: unknown): Order | undefined {
  switch (action) {
    case 'RemoteStopTransaction': {
      const transactionId = numberOf(payload, 'transactionId');
      return status === 'Accepted' && transactionId !== undefined ? { kind: 'stop', transactionId } : undefined;
    }
    case 'Reset':
      return status === 'Accepted' ? { kind: 'reset', type: payload['type'] === 'Hard' ? 'Hard' : 'Soft' } : undefined;
    case 'UnlockConnector': {
      const connectorId = numberOf(payload, 'connectorId');
      return status === 'Unlocked' && connectorId !== undefined ? { kind: 'unlock', connectorId } : undefined;
    }
    default:
      return undefined;
  }
}
