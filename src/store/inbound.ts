import type { Payload } from '../gateway/ports.ts';
import type { Appended, TransactionEffect, TransactionRecord } from '../gateway/store-port.ts';
import { parsePayload } from './json.ts';
import type { Receipt } from './receipts.ts';
import type { Rooms } from './rooms.ts';
import { decisionOf } from './starts.ts';
import type { WrittenEntry } from './verbs.ts';

/** Keeps a charger's message with all that follows from it, or recognises that it was kept before. */
export function append(rooms: Rooms, entry: WrittenEntry): Appended {
  const station = rooms.identities.number(entry.station);
  const seq = rooms.sequence.next();
  const earlier = entry.dedupeKey === undefined ? undefined : sign(rooms, station, seq, entry.dedupeKey, entry);
  if (earlier !== undefined) return { kind: 'duplicate', seq: earlier.seq, answer: answerOf(rooms, earlier) };
  if (entry.replaceKey !== undefined) rooms.outbox.supersede(station, entry.replaceKey);
  const transaction = keepRow(rooms, seq, station, entry);
  return { kind: 'stored', seq, transaction };
}

/** Writes the receipt; returns the earlier one if there is one. */
function sign(rooms: Rooms, station: number, seq: number, key: string, entry: WrittenEntry): Receipt | undefined {
  return rooms.receipts.insert(key, station, seq, entry.atMs, entry.answer)
    ? undefined
    : rooms.receipts.find(key, station);
}

function keepRow(rooms: Rooms, seq: number, station: number, entry: WrittenEntry): TransactionRecord | undefined {
  const transaction = entry.transaction && touch(rooms, seq, station, entry.atMs, entry.transaction);
  const place = transaction && { id: transaction.id, seqNo: transaction.nextSeqNo - 1 };
  rooms.outbox.insert(seq, station, entry, place);
  // The CSMS refused the StartTransaction: the rest cannot be sent either.
  if (transaction?.state === 'dead') rooms.deadLetters.buryLate(seq, entry.atMs);
  return transaction;
}

/** The transaction after what the message does to it. */
function touch(
  { transactions }: Rooms,
  seq: number,
  station: number,
  atMs: number,
  effect: TransactionEffect,
): TransactionRecord | undefined {
  return effect.kind === 'start'
    ? transactions.start(seq, station, atMs, effect)
    : transactions.advance(station, effect, atMs);
}

function answerOf(rooms: Rooms, receipt: Receipt): Payload | undefined {
  if (receipt.answer !== null) return parsePayload(receipt.answer);
  const started = rooms.transactions.ofStart(receipt.seq);
  return started && decisionOf(rooms, started);
}
