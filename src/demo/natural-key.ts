import { createHash } from 'node:crypto';
import { numberOf, type Payload, recordsOf, textOf } from './payload.ts';

/** The messages that a charger may never lose (OCPP 1.6 §3.6). */
export const transactionActions = ['StartTransaction', 'MeterValues', 'StopTransaction'] as const;
export type TransactionAction = (typeof transactionActions)[number];

/** True for StartTransaction, MeterValues and StopTransaction. */
export function isTransactionAction(action: string): action is TransactionAction {
  return transactionActions.some((known) => known === action);
}

/**
 * What makes a transaction message itself, whatever it is retried with and whatever transaction id it carries: its
 * readings and moments. Meter registers only rise, so no two messages of one charger share a key. Moments are compared
 * as instants, since a time may be written in several ways.
 */
export function naturalKey(action: TransactionAction, payload: Payload): string {
  switch (action) {
    case 'StartTransaction':
      return [action, numberOf(payload, 'connectorId'), textOf(payload, 'idTag'), at(payload), meter(payload)].join(
        '|',
      );
    case 'MeterValues':
      return [action, numberOf(payload, 'connectorId'), digest(payload, 'meterValue')].join('|');
    case 'StopTransaction':
      return [action, at(payload), meter(payload), digest(payload, 'transactionData')].join('|');
  }
}

function at(payload: Payload): number {
  return Date.parse(textOf(payload, 'timestamp') ?? '');
}

function meter(payload: Payload): number | undefined {
  return numberOf(payload, 'meterStart') ?? numberOf(payload, 'meterStop');
}

// The numbers only: a unit may be spelled differently on the two wires (Celsius, Celcius).
function digest(payload: Payload, field: string): string {
  const readings = recordsOf(payload, field).map((reading) => [
    at(reading),
    recordsOf(reading, 'sampledValue').map(({ value, measurand, phase }) => [value, measurand, phase]),
  ]);
  return createHash('sha256').update(JSON.stringify(readings)).digest('base64url').slice(0, 16);
}
