import { describe, expect, test } from 'vitest';
import type { Spoken } from '../../../src/demo/charger/line.ts';
import { type ChargerTransaction, TransactionQueue } from '../../../src/demo/charger/transaction-queue.ts';
import type { Payload } from '../../../src/demo/payload.ts';

const unreachable: Spoken = { kind: 'unreachable', reason: 'connection refused' };
const fault: Spoken = { kind: 'fault', reason: 'InternalError' };
const taken: Spoken = { kind: 'answered', payload: {} };
const startConf: Spoken = { kind: 'answered', payload: { transactionId: 1001, idTagInfo: { status: 'Accepted' } } };

/** A queue whose central system answers by this list, and says yes when it is used up. */
function queueWith(answers: readonly Spoken[]) {
  const calls: { readonly action: string; readonly payload: Payload }[] = [];
  const left = [...answers];
  const started: Payload[] = [];
  const pauses: number[] = [];
  const queue = new TransactionQueue({
    call: async (action, payload) => {
      calls.push({ action, payload });
      return left.shift() ?? taken;
    },
    retry: { faultAttempts: 3, pauseMs: (attempt) => (pauses.push(attempt), 0) },
    onStarted: (_transaction, conf) => started.push(conf),
  });
  return { queue, calls, started, pauses };
}

const begin = { connectorId: 1, idTag: 'A', timestamp: '2026-03-01T10:00:00Z', meterStart: 5 };
const end = { timestamp: '2026-03-01T11:00:00Z', meterStop: 9 };

function session(): {
  readonly transaction: ChargerTransaction;
  readonly messages: Parameters<TransactionQueue['add']>[0][];
} {
  const transaction: ChargerTransaction = { connector: 1, idTag: 'A', startKey: 'start', id: undefined };
  return {
    transaction,
    messages: [
      { action: 'StartTransaction', fields: begin, transaction },
      { action: 'MeterValues', fields: { connectorId: 1, meterValue: [] }, transaction },
      { action: 'StopTransaction', fields: end, transaction },
    ],
  };
}

describe('the transaction messages that a charger keeps (OCPP 1.6 §3.6)', () => {
  test('go out one after the other, with the id that StartTransaction.conf gave', async () => {
    const { queue, calls, started } = queueWith([startConf]);
    const { messages, transaction } = session();
    for (const message of messages) queue.add(message);
    expect(queue.waiting).toBe(3);
    await queue.drained();
    expect(calls.map(({ action }) => action)).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    expect(calls.map(({ payload }) => payload['transactionId'])).toEqual([undefined, 1001, 1001]);
    expect(transaction.id).toBe(1001);
    expect(started).toHaveLength(1);
    expect(queue.acknowledged.map(({ start }) => start)).toEqual(['start', 'start', 'start']);
  });

  test('are sent again, unchanged and for ever, while nobody can be reached', async () => {
    const { queue, calls, pauses } = queueWith([...Array.from({ length: 20 }, () => unreachable), startConf]);
    const [start] = session().messages;
    if (start !== undefined) queue.add(start);
    await queue.drained();
    expect(calls).toHaveLength(21);
    expect(new Set(calls.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
    expect(pauses).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(queue.retries).toBe(20);
    expect(queue.acknowledged).toHaveLength(1);
  });

  test('are given up after TransactionMessageAttempts faults, a StartTransaction with all that belongs to it', async () => {
    const { queue, calls } = queueWith([fault, unreachable, fault, fault]);
    for (const message of session().messages) queue.add(message);
    await queue.drained();
    expect(calls).toHaveLength(4);
    expect(queue.givenUp).toHaveLength(3);
    expect(queue.acknowledged).toEqual([]);
  });

  test('that come while the last one is being settled are not forgotten', async () => {
    const { queue } = queueWith([]);
    const reading = {
      action: 'MeterValues',
      fields: { connectorId: 1, meterValue: [] },
      transaction: undefined,
    } as const;
    queue.add(reading);
    const first = queue.drained();
    await first.then(() => queue.add(reading));
    await queue.drained();
    expect(queue.acknowledged).toHaveLength(2);
  });

  test('stay unsent when the charger stops', async () => {
    const { queue } = queueWith(Array.from({ length: 1000 }, () => unreachable));
    for (const message of session().messages) queue.add(message);
    await queue.stop();
    expect(queue.waiting).toBe(3);
    expect(queue.acknowledged).toEqual([]);
  });
});
