import type { Payload } from '../gateway/ports.ts';
import type { Completed, Outcome, StartAnswer } from '../gateway/store-port.ts';
import { parsePayload } from './json.ts';
import type { Rooms } from './rooms.ts';
import { type KeptTransaction, recordOf } from './transactions.ts';

/*
 * A StartTransaction is decided once: by the CSMS (`completeStart`) or, when it has no time, by the gateway
 * (`settleStart`). The first decision is what the charger is told, now and when it repeats itself; the CSMS's id, when
 * it comes later, is only mapped to it.
 */

const largestInt32 = 2_147_483_647;

/** Answers with a provisional id, unless the start was decided before. */
export function settleStart(rooms: Rooms, seq: number, idTagInfo: Payload): StartAnswer {
  const transaction = startedBy(rooms, seq);
  const decided = decisionOf(transaction);
  if (decided !== undefined) return { ...decided, toldBefore: transaction.offline };
  const id = rooms.provisionalIds.allocate();
  rooms.transactions.tell(transaction.id, id, idTagInfo, true);
  rooms.outbox.markOffline(seq);
  return { transactionId: id, idTagInfo, toldBefore: false };
}

/** Maps the CSMS's id; decides the charger's id if that is still open. Repeating it changes nothing. */
export function completeStart(rooms: Rooms, seq: number, outcome: Outcome & { kind: 'started' }): Completed {
  const transaction = startedBy(rooms, seq);
  const mapped =
    transaction.csmsTxId === undefined ? rooms.transactions.mapCsms(transaction.id, outcome.csmsTxId) : transaction;
  rooms.outbox.remove(seq);
  const decided = decisionOf(mapped);
  if (decided !== undefined) {
    return { kind: 'started', answer: { ...decided, toldBefore: mapped.offline }, transaction: recordOf(mapped) };
  }
  const id = chargerIdFor(rooms, mapped, outcome.csmsTxId);
  const told = rooms.transactions.tell(mapped.id, id, outcome.idTagInfo, false);
  const answer = { transactionId: id, idTagInfo: outcome.idTagInfo, toldBefore: false };
  return { kind: 'started', answer, transaction: recordOf(told) };
}

/** StartTransaction.conf as the charger got it; undefined while it is undecided. */
export function startPayload(transaction: KeptTransaction): Payload | undefined {
  return decisionOf(transaction);
}

function decisionOf(transaction: KeptTransaction): Pick<StartAnswer, 'transactionId' | 'idTagInfo'> | undefined {
  const { chargerTxId, toldIdTagInfo } = transaction;
  if (chargerTxId === undefined || toldIdTagInfo === undefined) return undefined;
  return { transactionId: chargerTxId, idTagInfo: parsePayload(toldIdTagInfo) };
}

/** The CSMS's own id if a charger can carry it and it names no other open transaction, else a provisional one. */
function chargerIdFor(rooms: Rooms, transaction: KeptTransaction, csmsTxId: string): number {
  const id = /^[1-9]\d{0,9}$/.test(csmsTxId) ? Number(csmsTxId) : 0;
  const usable = id > 0 && id <= largestInt32 && !rooms.provisionalIds.contains(id);
  const station = rooms.identities.number(transaction.station);
  return usable && !rooms.transactions.openUses(station, id) ? id : rooms.provisionalIds.allocate();
}

function startedBy(rooms: Rooms, seq: number): KeptTransaction {
  const transaction = rooms.transactions.ofStart(seq);
  if (transaction === undefined) throw new Error(`${seq} is not the number of a StartTransaction`);
  return transaction;
}
