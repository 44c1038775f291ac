import type { Payload } from '../gateway/ports.ts';
import type { Appended, InboundEntry, TransactionEffect } from '../gateway/store-port.ts';
import { parsePayload } from './json.ts';
import type { Receipt } from './receipts.ts';
import type { Rooms } from './rooms.ts';
import { startPayload } from './starts.ts';
import { type KeptTransaction, recordOf } from './transactions.ts';

/** Keeps a charger's message with all that follows from it, or recognises that it was kept before. */
export function append(rooms: Rooms, entry: InboundEntry): Appended {
  const station = rooms.identities.number(entry.station);
  const receipt = entry.dedupeKey === undefined ? undefined : rooms.receipts.find(station, entry.dedupeKey);
  if (receipt !== undefined) return { kind: 'duplicate', seq: receipt.seq, answer: answerOf(rooms, receipt) };
  if (entry.replaceKey !== undefined) rooms.outbox.supersede(station, entry.replaceKey);
  const { seq, transaction } = keepRow(rooms, station, entry);
  if (entry.dedupeKey !== undefined) {
    rooms.receipts.insert(station, entry.dedupeKey, seq, entry.atMs, entry.answer);
  }
  return { kind: 'stored', seq, transaction: transaction && recordOf(transaction) };
}

type Kept = { readonly seq: number; readonly transaction: KeptTransaction | undefined };

function keepRow(rooms: Rooms, station: number, entry: InboundEntry): Kept {
  const effect = entry.transaction;
  if (effect === undefined) return { seq: rooms.outbox.insert(station, entry, null, null), transaction: undefined };
  return effect.kind === 'start' ? keepStart(rooms, station, entry, effect) : keepPart(rooms, station, entry, effect);
}

type StartEffect = TransactionEffect & { readonly kind: 'start' };

function keepStart(rooms: Rooms, station: number, entry: InboundEntry, effect: StartEffect): Kept {
  const seq = rooms.outbox.insert(station, entry, null, null);
  const transaction = rooms.transactions.start(seq, station, entry, effect);
  rooms.outbox.joinTransaction(seq, transaction.id, 0);
  return { seq, transaction };
}

function keepPart(rooms: Rooms, station: number, entry: InboundEntry, effect: TransactionEffect): Kept {
  const transaction = rooms.transactions.advance(station, effect, entry.atMs);
  if (transaction === undefined) return { seq: rooms.outbox.insert(station, entry, null, null), transaction };
  const seq = rooms.outbox.insert(station, entry, transaction.id, transaction.nextSeqNo - 1);
  // The CSMS refused the StartTransaction: the rest cannot be sent either.
  if (transaction.state === 'dead') rooms.deadLetters.buryLate(seq, entry.atMs);
  return { seq, transaction };
}

function answerOf(rooms: Rooms, receipt: Receipt): Payload | undefined {
  if (receipt.answer !== null) return parsePayload(receipt.answer);
  const started = rooms.transactions.ofStart(receipt.seq);
  return started && startPayload(started);
}
