import type { Appended, Heads, InboundEntry, Lane, OutboxRow, TransactionRecord } from '../gateway/store-port.ts';
import type { Front } from './verbs.ts';

/** How many rows of a lane are kept in memory at most: while the CSMS is away the backlog lies on disk only. */
export const frontLength = 4;

type Line = {
  readonly rows: OutboxRow[];
  /** Nothing of the lane lies behind `rows`. */
  whole: boolean;
};

/**
 * The first rows of each lane in memory, so that the usual step of the pump (a row comes, goes out, is done) asks the
 * store for nothing. A front is a true copy or not there at all: whatever changes rows in another way than by appending
 * at the end or removing one forgets the front.
 */
export class Fronts {
  readonly #lines = new Map<string, Readonly<Record<Lane, Line>>>();
  readonly #places = new Map<number, string>();

  /** The heads of a station; undefined when they must be asked for. */
  heads(station: string): Heads | undefined {
    const lines = this.#lines.get(station);
    if (lines === undefined || !tellsHead(lines.transaction) || !tellsHead(lines.notice)) return undefined;
    return { transaction: lines.transaction.rows[0], notice: lines.notice.rows[0] };
  }

  read(station: string, { transaction, notice }: Front): void {
    this.forgetStation(station);
    this.#lines.set(station, { transaction: lineOf(transaction), notice: lineOf(notice) });
    for (const { seq } of [...transaction, ...notice]) this.#places.set(seq, station);
  }

  appended(entry: InboundEntry, appended: Appended): void {
    if (appended.kind === 'duplicate') return;
    if (entry.replaceKey !== undefined) this.forgetStation(entry.station);
    const lines = this.#lines.get(entry.station);
    if (lines === undefined) return;
    const { transaction } = appended;
    if (transaction !== undefined) replaceTransaction(lines.transaction.rows, transaction);
    if (transaction?.state !== 'dead') this.#append(lines[entry.lane], rowOf(entry, appended.seq, transaction));
  }

  removed(seq: number): void {
    const station = this.#places.get(seq);
    if (station === undefined) return;
    this.#places.delete(seq);
    const lines = this.#lines.get(station);
    if (lines === undefined) return;
    takeOut(lines.transaction.rows, seq);
    takeOut(lines.notice.rows, seq);
  }

  forgetStation(station: string): void {
    const lines = this.#lines.get(station);
    this.#lines.delete(station);
    for (const { seq } of [...(lines?.transaction.rows ?? []), ...(lines?.notice.rows ?? [])]) this.#places.delete(seq);
  }

  /** The row has changed, and with it perhaps others of its station; one that is not remembered may be anywhere. */
  forgetRow(seq: number): void {
    const station = this.#places.get(seq);
    if (station === undefined) this.forget();
    else this.forgetStation(station);
  }

  forget(): void {
    this.#lines.clear();
    this.#places.clear();
  }

  #append(line: Line, row: OutboxRow): void {
    line.whole &&= line.rows.length < frontLength;
    if (!line.whole) return;
    line.rows.push(row);
    this.#places.set(row.seq, row.station);
  }
}

const tellsHead = ({ rows, whole }: Line) => rows.length > 0 || whole;

function lineOf(rows: readonly OutboxRow[]): Line {
  return { rows: [...rows], whole: rows.length < frontLength };
}

function takeOut(rows: OutboxRow[], seq: number): void {
  const index = rows.findIndex((row) => row.seq === seq);
  if (index >= 0) rows.splice(index, 1);
}

function replaceTransaction(rows: OutboxRow[], transaction: TransactionRecord): void {
  rows.forEach((row, index) => {
    if (row.transaction?.id === transaction.id) rows[index] = { ...row, transaction };
  });
}

/** A message that was just kept, as the store would show it. */
function rowOf(entry: InboundEntry, seq: number, transaction: TransactionRecord | undefined): OutboxRow {
  const { station, action, payload, lane, atMs, offline } = entry;
  const txSeqNo = transaction && transaction.nextSeqNo - 1;
  const fresh = { attempts: 0, notBeforeMs: 0, deadReason: undefined };
  return { seq, station, action, payload, lane, atMs, offline, transaction, txSeqNo, ...fresh };
}
