import type { Appended, InboundEntry, Store, TransactionRecord } from '../../src/gateway/store-port.ts';

/** Messages of simulated chargers as the gateway would keep them. */
export const station = 'CP 1';

export function startOf(connector: number, more: Partial<InboundEntry> & { idTag?: string } = {}): InboundEntry {
  const { idTag = 'TAG', ...entry } = more;
  const startedAt = `2026-03-01T12:00:0${connector}Z`;
  return {
    station,
    action: 'StartTransaction',
    payload: { connectorId: connector, idTag, meterStart: 100, timestamp: startedAt },
    lane: 'transaction',
    atMs: 1000,
    offline: false,
    transaction: { kind: 'start', connector, idTag, startedAt, meterStart: 100 },
    ...entry,
  };
}

export function meterOf(
  chargerTxId: number | undefined,
  connector: number,
  more: Partial<InboundEntry> = {},
): InboundEntry {
  const named = chargerTxId === undefined ? {} : { chargerTxId };
  return {
    station,
    action: 'MeterValues',
    payload: { connectorId: connector, transactionId: chargerTxId ?? 0, meterValue: [] },
    lane: 'transaction',
    atMs: 2000,
    offline: false,
    answer: {},
    transaction: { kind: 'update', connector, ...named },
    ...more,
  };
}

export function stopOf(chargerTxId: number, more: Partial<InboundEntry> = {}): InboundEntry {
  return {
    station,
    action: 'StopTransaction',
    payload: { transactionId: chargerTxId, meterStop: 200, timestamp: '2026-03-01T13:00:00Z' },
    lane: 'transaction',
    atMs: 3000,
    offline: false,
    answer: {},
    transaction: { kind: 'stop', chargerTxId },
    ...more,
  };
}

export function statusOf(connector: number, status: string, more: Partial<InboundEntry> = {}): InboundEntry {
  return {
    station,
    action: 'StatusNotification',
    payload: { connectorId: connector, status, errorCode: 'NoError' },
    lane: 'notice',
    atMs: 4000,
    offline: false,
    answer: {},
    replaceKey: `status ${connector}`,
    ...more,
  };
}

/** Keeps a message that must be new, and returns its number. */
export async function kept(store: Store, entry: InboundEntry): Promise<number> {
  return (await keptAs(store, entry)).seq;
}

/** Keeps a message that must be new. */
export async function keptAs(store: Store, entry: InboundEntry): Promise<Appended & { kind: 'stored' }> {
  const appended = await store.appendInbound(entry);
  if (appended.kind === 'duplicate') throw new Error(`${entry.action} was taken for a duplicate of ${appended.seq}`);
  return appended;
}

/** A transaction that the CSMS knows under `csmsTxId`; its StartTransaction is delivered. */
export async function begun(
  store: Store,
  epoch: number,
  connector: number,
  csmsTxId: string,
): Promise<TransactionRecord> {
  const seq = await kept(store, startOf(connector));
  const completed = await store.complete(seq, epoch, started(csmsTxId));
  if (completed.kind !== 'started') throw new Error('a StartTransaction was completed as something else');
  return completed.transaction;
}

export const delivered = { kind: 'delivered' } as const;

export const accepted = { status: 'Accepted' } as const;

export const started = (csmsTxId: string, idTagInfo: Readonly<Record<string, unknown>> = accepted) =>
  ({ kind: 'started', csmsTxId, idTagInfo }) as const;

/** Numbers of what waits, in the order in which it will be sent. */
export async function waiting(store: Store, of = station): Promise<readonly number[]> {
  return (await store.outbox({ station: of, dead: false })).map(({ seq }) => seq);
}

/** Numbers of the dead letters. */
export async function buried(store: Store, of = station): Promise<readonly number[]> {
  return (await store.outbox({ station: of, dead: true })).map(({ seq }) => seq);
}

/** Completes the transaction lane row by row as the pump does, `most` rows at most; returns their numbers. */
export async function drained(store: Store, epoch: number, most = Infinity): Promise<readonly number[]> {
  const sent: number[] = [];
  while (sent.length < most) {
    const row = (await store.peek(station)).transaction;
    if (row === undefined) break;
    sent.push(row.seq);
    await store.complete(row.seq, epoch, delivered);
  }
  return sent;
}
