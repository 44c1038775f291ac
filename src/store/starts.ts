import type { Payload } from '../gateway/ports.ts';
import type { Completed, Outcome, StartAnswer, TransactionRecord } from '../gateway/store-port.ts';
import type { Rooms } from './rooms.ts';

/*
 * A StartTransaction is decided once: by the CSMS (`completeStart`) or, when it has no time, by the gateway
 * (`settleStart`). The first decision is what the charger is told, now and when it repeats itself; the CSMS's id, when
 * it comes later, is only mapped to it.
 */

type Decision = Pick<StartAnswer, 'transactionId' | 'idTagInfo'>;

const largestInt32 = 2_147_483_647;

/** Answers with a provisional id, unless the start was decided before. */
export function settleStart(rooms: Rooms, seq: number, idTagInfo: Payload): StartAnswer {
  const transaction = startedBy(rooms, seq);
  const decided = decisionOf(rooms, transaction);
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
  const decided = decisionOf(rooms, mapped);
  if (decided !== undefined) {
    return { kind: 'started', answer: { ...decided, toldBefore: mapped.offline }, transaction: mapped };
  }
  const id = chargerIdFor(rooms, mapped, outcome.csmsTxId);
  const told = rooms.transactions.tell(mapped.id, id, outcome.idTagInfo, false);
  const answer = { transactionId: id, idTagInfo: outcome.idTagInfo, toldBefore: false };
  return { kind: 'started', answer, transaction: told };
}

/** StartTransaction.conf as the charger got it; undefined while it is undecided. */
export function decisionOf(rooms: Rooms, transaction: TransactionRecord): Decision | undefined {
  if (transaction.chargerTxId === undefined) return undefined;
  const idTagInfo = rooms.transactionTable.toldIdTagInfo(transaction.id);
  return idTagInfo && { transactionId: transaction.chargerTxId, idTagInfo };
}

/** The CSMS's own id if a charger can carry it and it names no other open transaction, else a provisional one. */
function chargerIdFor(rooms: Rooms, transaction: TransactionRecord, csmsTxId: string): number {
  const id = /^[1-9]\d{0,9}$/.test(csmsTxId) ? Number(csmsTxId) : 0;
  const usable = id > 0 && id <= largestInt32 && !rooms.provisionalIds.contains(id);
  const station = rooms.identities.number(transaction.station);
  return usable && !rooms.transactions.openUses(station, id) ? id : rooms.provisionalIds.allocate();
}

function startedBy(rooms: Rooms, seq: number): TransactionRecord {
  const transaction = rooms.transactions.ofStart(seq);
  if (transaction === undefined) throw new Error(`${seq} is not the number of a StartTransaction`);
  return transaction;
}
