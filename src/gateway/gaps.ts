import type { Reason } from '../ocpp/messages.generated.ts';
import type { Order } from './orders.ts';
import type { Payload } from './ports.ts';

/*
 * What a charger of an older version of OCPP leaves open, filled from what is remembered of it. Pure functions of the
 * message and of plain data.
 */

/** What is remembered of the connector at which somebody is. */
export type ConnectorMemory = {
  readonly hasTransaction: boolean;
  /** A transaction ended there since it was Available. */
  readonly hadTransaction: boolean;
};

/** The status of a connector that is taken. */
export function statusOfTaken({
  hasTransaction,
  hadTransaction,
}: ConnectorMemory): 'Preparing' | 'Charging' | 'Finishing' {
  if (hasTransaction) return 'Charging';
  return hadTransaction ? 'Finishing' : 'Preparing';
}

/** What is remembered of a transaction that ends. */
export type TransactionMemory = {
  readonly connectorId: number | undefined;
  /** Since when the gateway knows it at the latest, wall clock; undefined when it does not. */
  readonly knownSinceMs: number | undefined;
  /** Of the charger's last BootNotification, wall clock. */
  readonly bootedAtMs: number | undefined;
  /** The newest first. */
  readonly orders: readonly Order[];
};

/** Why a transaction ended, as far as it can be told; undefined when not, which stands for Local (OCPP 1.6 §6.49). */
export function reasonOfStop(stop: Payload, memory: TransactionMemory): Reason | undefined {
  const order = memory.orders.find((candidate) => concerns(candidate, stop, memory));
  if (order !== undefined) return reasonOfOrder(order);
  if (endedBeforeBoot(stop, memory)) return 'Reboot';
  // A person who ends it shows a card; without one the charger ended it by itself.
  return stop['idTag'] === undefined ? 'Other' : undefined;
}

function concerns(order: Order, stop: Payload, { connectorId }: TransactionMemory): boolean {
  switch (order.kind) {
    case 'stop':
    case 'refusal':
      return order.transactionId === stop['transactionId'];
    case 'unlock':
      return order.connectorId === connectorId;
    case 'reset':
      return true;
  }
}

function reasonOfOrder(order: Order): Reason {
  switch (order.kind) {
    case 'stop':
      return 'Remote';
    case 'refusal':
      return 'DeAuthorized';
    case 'unlock':
      return 'UnlockCommand';
    case 'reset':
      return order.type === 'Hard' ? 'HardReset' : 'SoftReset';
  }
}

/** It booted while the transaction ran, and ends it with the time of before: it was without power, or started anew. */
function endedBeforeBoot(stop: Payload, { knownSinceMs, bootedAtMs }: TransactionMemory): boolean {
  if (knownSinceMs === undefined || bootedAtMs === undefined || bootedAtMs <= knownSinceMs) return false;
  return Date.parse(String(stop['timestamp'])) < bootedAtMs;
}
