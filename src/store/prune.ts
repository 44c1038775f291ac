import type { GroupCommit } from './commit.ts';
import type { Rooms } from './rooms.ts';

/**
 * Forgets what is older than `beforeMs` and needed by nothing that waits. Works in slices of one event-loop turn each,
 * so that a year of receipts never holds up a charger.
 */
export async function prune(rooms: Rooms, commit: GroupCommit, beforeMs: number): Promise<void> {
  await commit.write('drains', () => rooms.authorizations.prune(beforeMs));
  await pruneReceipts(rooms, commit, beforeMs);
  await pruneTransactions(rooms, commit, beforeMs);
}

async function pruneReceipts(rooms: Rooms, commit: GroupCommit, beforeMs: number): Promise<void> {
  let after: { station: number; key: string } | undefined = { station: 0, key: '' };
  while (after !== undefined) {
    const from: { station: number; key: string } = after;
    after = await commit.write('drains', () => rooms.receipts.pruneSlice(beforeMs, from));
  }
}

async function pruneTransactions(rooms: Rooms, commit: GroupCommit, beforeMs: number): Promise<void> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const from: number = after;
    after = await commit.write('drains', () => pruneTransactionSlice(rooms, beforeMs, from));
  }
}

function pruneTransactionSlice(rooms: Rooms, beforeMs: number, afterId: number): number | undefined {
  const slice = rooms.transactionTable.pruneSlice(beforeMs, afterId);
  const unneeded = slice.filter(
    ({ id, station }) => !rooms.outbox.waitsFor(station, id) && !rooms.deadLetters.holds(id),
  );
  unneeded.forEach(({ id }) => rooms.transactionTable.remove(id));
  return slice.at(-1)?.id;
}
