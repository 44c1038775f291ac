import type { Database, Statement } from 'better-sqlite3';
import type { SessionEnd, SessionFilter, SessionRecord } from '../gateway/store-port.ts';
import type { Identities } from './identities.ts';
import { recordOf, transactionColumns, type TransactionRow } from './transaction-table.ts';

type SessionRow = TransactionRow & {
  readonly stoppedAt: string | null;
  readonly meterStop: number | null;
  readonly stopReason: string | null;
};

type Condition = { readonly sql: string; readonly value: number | string | undefined };

/** Transactions as people look for them: the newest first, by station, time and whether they run. */
export function openSessions(db: Database, identities: Identities) {
  const statements = new Map<string, Statement<(number | string)[], SessionRow>>();
  const prepared = (where: string) => {
    const known = statements.get(where) ?? db.prepare<(number | string)[], SessionRow>(selected(where));
    statements.set(where, known);
    return known;
  };
  return {
    find: (filter: SessionFilter): readonly SessionRecord[] => {
      const conditions = conditionsOf(filter, identities);
      const values = conditions.flatMap(({ value }) => value ?? []);
      const where = conditions.map(({ sql }) => sql).join(' and ');
      return prepared(where)
        .all(...values, filter.limit)
        .map((row) => ({ ...recordOf(row, identities.name(row.station)), end: endOf(row) }));
    },
  };
}

function selected(where: string): string {
  const columns = `${transactionColumns}, stopped_at stoppedAt, meter_stop meterStop, stop_reason stopReason`;
  return `select ${columns} from transactions ${where === '' ? '' : `where ${where}`} order by id desc limit ?`;
}

function conditionsOf(filter: SessionFilter, identities: Identities): readonly Condition[] {
  const { stations, fromMs, toMs, running, before } = filter;
  const numbers = stations?.flatMap((station) => identities.known(station) ?? []);
  const one = numbers?.length === 1 ? numbers[0] : undefined;
  return [
    ...(numbers === undefined ? [] : [one === undefined ? among(numbers) : { sql: 'station = ?', value: one }]),
    ...(fromMs === undefined ? [] : [{ sql: 'started_ms >= ?', value: fromMs }]),
    ...(toMs === undefined ? [] : [{ sql: 'started_ms < ?', value: toMs }]),
    ...(running === undefined ? [] : [running ? isOpen : isOver]),
    ...(before === undefined ? [] : [{ sql: 'id < ?', value: before }]),
  ];
}

const isOpen: Condition = { sql: 'stopped = 0 and dead = 0', value: undefined };
const isOver: Condition = { sql: '(stopped = 1 or dead = 1)', value: undefined };

function among(numbers: readonly number[]): Condition {
  return { sql: 'station in (select value from json_each(?))', value: JSON.stringify(numbers) };
}

function endOf({ stoppedAt, meterStop, stopReason }: SessionRow): SessionEnd {
  return {
    ...(stoppedAt === null ? {} : { stoppedAt }),
    ...(meterStop === null ? {} : { meterStopWh: meterStop }),
    ...(stopReason === null ? {} : { reason: stopReason }),
  };
}
