import type { Gap } from '../ocpp/gaps.ts';
import type { Context } from './context.ts';
import { reasonOfStop, statusOfTaken, type TransactionMemory } from './gaps.ts';
import { ordersInEffect } from './orders.ts';
import type { Payload } from './ports.ts';
import type { Repaired } from './repair.ts';
import { numberOf, type Station } from './stations.ts';

/** Fills what a charger of an older version left open, from what is remembered of it. */
export async function fillGaps(
  context: Context,
  station: Station,
  gaps: readonly Gap[],
  { payload, guessTransaction }: Repaired,
): Promise<Repaired> {
  return {
    payload: gaps.includes('occupied')
      ? await withStatus(context, station, payload)
      : gaps.includes('reason')
        ? await withReason(context, station, payload)
        : payload,
    guessTransaction: guessTransaction || gaps.includes('transactionId'),
  };
}

async function withStatus(context: Context, station: Station, payload: Payload): Promise<Payload> {
  const connectorId = numberOf(payload, 'connectorId') ?? 0;
  const open = await context.store.openTransactions(station.identity);
  const status = statusOfTaken({
    hasTransaction: open.some(({ connector }) => connector === connectorId),
    hadTransaction: station.finishing.has(connectorId),
  });
  return { ...payload, status };
}

async function withReason(context: Context, station: Station, payload: Payload): Promise<Payload> {
  const reason = reasonOfStop(payload, await memoryOf(context, station, payload));
  return reason === undefined ? payload : { ...payload, reason };
}

async function memoryOf(context: Context, station: Station, stop: Payload): Promise<TransactionMemory> {
  const transactionId = numberOf(stop, 'transactionId') ?? 0;
  const transaction = await context.store.transactionOfCharger(station.identity, transactionId);
  return {
    connectorId: transaction?.connector,
    knownSinceMs: transaction && (station.begun.get(transactionId) ?? context.startedAtMs),
    bootedAtMs: station.record.boot?.atMs,
    orders: ordersInEffect(station, context.clock.elapsed()),
  };
}
