import type { ChargerView, OperatorDoor } from '../../../src/gateway/operator-port.ts';
import type { Log, Payload } from '../../../src/gateway/ports.ts';
import type { BackupsDoor } from '../../../src/timetable/ports.ts';
import type { OutboxRow, TransactionRecord } from '../../../src/gateway/store-port.ts';

export const nowMs = Date.parse('2026-03-01T12:00:00Z');

export function charger(identity: string, more: Partial<ChargerView> = {}): ChargerView {
  return {
    identity,
    csmsIdentity: identity,
    standing: 'accepted',
    wire: 'ocpp1.6-soap',
    lastSeenMs: nowMs - 10_000,
    conflict: false,
    source: '10.0.0.5',
    callback: 'http://10.0.0.5:8080/',
    noCommandsReason: undefined,
    boot: 'Accepted',
    link: { kind: 'open', sinceMs: nowMs - 60_000 },
    openTransactions: 0,
    lastBoot: undefined,
    waiting: 0,
    dead: 0,
    connectors: [],
    ...more,
  };
}

export function transaction(more: Partial<TransactionRecord> = {}): TransactionRecord {
  return {
    id: 1,
    station: 'CP-1',
    connector: 2,
    idTag: 'CANARY5EE',
    startedAt: '2026-03-01T11:00:00Z',
    meterStart: 0,
    reservationId: undefined,
    remoteStartId: undefined,
    chargerTxId: 1_900_000_001,
    csmsTxId: undefined,
    state: 'dead',
    offline: true,
    lateRefusal: false,
    nextSeqNo: 2,
    ...more,
  };
}

export function row(seq: number, more: Partial<OutboxRow> = {}): OutboxRow {
  return {
    seq,
    station: 'CP-1',
    action: 'StartTransaction',
    payload: { idTag: 'CANARY5EE' },
    lane: 'transaction',
    atMs: nowMs - 180_000,
    attempts: 0,
    notBeforeMs: 0,
    offline: false,
    transaction: undefined,
    txSeqNo: undefined,
    deadReason: undefined,
    ...more,
  };
}

/** A gateway as plain lists behind the operator's door: every row of one transaction is one group of dead letters. */
export function gatewayDouble(start: { chargers?: readonly ChargerView[]; rows?: readonly OutboxRow[] } = {}) {
  let chargers = [...(start.chargers ?? [])];
  let rows = [...(start.rows ?? [])];
  const stand = async (identity: string, standing: ChargerView['standing']) => {
    const known = chargers.some((one) => one.identity === identity);
    chargers = chargers.map((one) => (one.identity === identity ? { ...one, standing } : one));
    return known;
  };
  const groupOf = (seq: number) => {
    const named = rows.find((one) => one.seq === seq && one.deadReason !== undefined);
    if (named === undefined) return [];
    return rows.filter((one) => one === named || (named.transaction && one.transaction?.id === named.transaction.id));
  };
  const door: OperatorDoor = {
    chargers: async () => chargers,
    charger: async () => undefined,
    adopt: (identity) => stand(identity, 'accepted'),
    block: (identity) => stand(identity, 'blocked'),
    outbox: async ({ station, dead }) =>
      rows.filter(
        (one) =>
          (station === undefined || one.station === station) &&
          (dead === undefined || dead === (one.deadReason !== undefined)),
      ),
    retry: async (seq) => {
      const group = groupOf(seq);
      rows = rows.map((one) => (group.includes(one) ? { ...one, deadReason: undefined } : one));
      return group.length;
    },
    drop: async (seq) => {
      const group = groupOf(seq);
      rows = rows.filter((one) => !group.includes(one));
      return group.length;
    },
    counts: async () => {
      const waiting = rows.filter(({ deadReason }) => deadReason === undefined);
      const oldestMs = waiting.length === 0 ? undefined : Math.min(...waiting.map(({ atMs }) => atMs));
      const bytes = waiting.reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0);
      return { waiting: waiting.length, bytes, oldestMs, dead: rows.length - waiting.length, openTransactions: 2 };
    },
    ready: async () => ({ ready: true, reasons: [] }),
  };
  return door;
}

/** Nobody makes backups. */
export const noBackups: BackupsDoor = { begin: () => ({ kind: 'none' }), state: () => ({ kind: 'none' }) };

/** A log that remembers its lines. */
export function listeningLog() {
  const lines: { level: string; event: string; fields: Payload | undefined; cause?: unknown }[] = [];
  const log: Log = {
    debug: (event, fields) => lines.push({ level: 'debug', event, fields }),
    info: (event, fields) => lines.push({ level: 'info', event, fields }),
    warn: (event, fields) => lines.push({ level: 'warn', event, fields }),
    error: (event, fields, cause) => lines.push({ level: 'error', event, fields, cause }),
  };
  return { log, lines };
}
