import { Fronts } from './fronts.ts';
import { OpenTransactions } from './open-transactions.ts';
import { type Verbs, written } from './verbs.ts';

/**
 * The store with what is asked for all the time remembered on this side: the first rows of each lane, and the open
 * transactions. What is remembered follows the answers of `store`, which come in the order of its work: a read sees every
 * change that has been answered.
 */
export function rememberHot(store: Verbs): Verbs {
  const fronts = new Fronts();
  const transactions = new OpenTransactions();
  const thenForgetRow = async <T>(seq: number, change: Promise<T>): Promise<T> => {
    const done = await change;
    fronts.forgetRow(seq);
    transactions.forget();
    return done;
  };
  const thenForgetAll = async <T>(change: Promise<T>): Promise<T> => {
    const done = await change;
    fronts.forget();
    transactions.forget();
    return done;
  };
  return {
    ...store,
    peek: async (station) => {
      const known = fronts.heads(station);
      if (known !== undefined) return known;
      const front = await store.front(station);
      fronts.read(station, front);
      return { transaction: front.transaction[0], notice: front.notice[0] };
    },
    openTransactions: async (station) => {
      const known = transactions.of(station);
      if (known !== undefined) return known;
      const open = await store.openTransactions(station);
      transactions.read(station, open);
      return open;
    },
    appendInbound: async (entry) => {
      const appended = await store.append(written(entry));
      fronts.appended(entry, appended);
      if (appended.kind === 'stored' && appended.transaction !== undefined) transactions.changed(appended.transaction);
      return appended;
    },
    complete: async (seq, epoch, outcome) => {
      const completed = await store.complete(seq, epoch, outcome);
      fronts.removed(seq);
      if (completed.kind === 'started') {
        fronts.forgetStation(completed.transaction.station);
        transactions.changed(completed.transaction);
      }
      return completed;
    },
    settleStart: (seq, idTagInfo, atMs) => thenForgetRow(seq, store.settleStart(seq, idTagInfo, atMs)),
    defer: (seq, epoch, attempts, notBeforeMs) => thenForgetRow(seq, store.defer(seq, epoch, attempts, notBeforeMs)),
    deadLetter: (seq, epoch, reason, atMs) => thenForgetRow(seq, store.deadLetter(seq, epoch, reason, atMs)),
    markLateRefusal: (transaction) => thenForgetAll(store.markLateRefusal(transaction)),
    retryDead: (seq) => thenForgetAll(store.retryDead(seq)),
  };
}
