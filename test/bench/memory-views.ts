import type { MessageCounts, SessionEnd, SessionFilter, SessionRecord } from '../../src/gateway/store-port.ts';
import { recordOf, type Row, type Transaction } from './memory-rows.ts';

/** Counts by station; stations without any are left out. */
export function countsByStation(waiting: readonly Row[], dead: readonly Row[]): ReadonlyMap<string, MessageCounts> {
  const counts = new Map<string, MessageCounts>();
  for (const { station, deadReason } of [...waiting, ...dead]) {
    const before = counts.get(station) ?? { waiting: 0, dead: 0 };
    const isDead = deadReason !== undefined;
    counts.set(station, { waiting: before.waiting + Number(!isDead), dead: before.dead + Number(isDead) });
  }
  return counts;
}

/** The first end that is told stays, field by field. */
export function stop(tx: Transaction, { stoppedAt, meterStopWh, reason }: SessionEnd): void {
  tx.stopped = true;
  tx.end = {
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(meterStopWh === undefined ? {} : { meterStopWh }),
    ...(reason === undefined ? {} : { reason }),
    ...tx.end,
  };
}

/** Those that a filter lets through, those that were kept last first. */
export function sessionsAmong(transactions: readonly Transaction[], filter: SessionFilter): readonly SessionRecord[] {
  const { stations, fromMs = -Infinity, toMs = Infinity, running, before = Infinity, limit } = filter;
  const fits = (tx: Transaction) => {
    const startedMs = Date.parse(tx.startedAt);
    const isInTime = startedMs >= fromMs && startedMs < toMs && tx.id < before;
    const isOpen = recordOf(tx).state === 'open';
    return isInTime && (stations?.includes(tx.station) ?? true) && (running ?? isOpen) === isOpen;
  };
  const found = transactions.filter(fits).toSorted((one, other) => other.id - one.id);
  return found.slice(0, limit).map((tx) => ({ ...recordOf(tx), end: tx.end }));
}
