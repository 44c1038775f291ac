import { Fronts } from './fronts.ts';
import { type Verbs, written } from './verbs.ts';

/**
 * The store with the first rows of each lane remembered on this side: `peek` asks `store` only when it must. What is
 * remembered follows the answers of `store`, which come in the order of its work: a peek sees every change that has been
 * answered.
 */
export function rememberFronts(store: Verbs): Verbs {
  const fronts = new Fronts();
  const thenForgetRow = async <T>(seq: number, change: Promise<T>): Promise<T> => {
    const done = await change;
    fronts.forgetRow(seq);
    return done;
  };
  const thenForgetAll = async <T>(change: Promise<T>): Promise<T> => {
    const done = await change;
    fronts.forget();
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
    appendInbound: async (entry) => {
      const appended = await store.append(written(entry));
      fronts.appended(entry, appended);
      return appended;
    },
    complete: async (seq, epoch, outcome) => {
      const completed = await store.complete(seq, epoch, outcome);
      fronts.removed(seq);
      if (completed.kind === 'started') fronts.forgetStation(completed.transaction.station);
      return completed;
    },
    settleStart: (seq, idTagInfo, atMs) => thenForgetRow(seq, store.settleStart(seq, idTagInfo, atMs)),
    defer: (seq, epoch, attempts, notBeforeMs) => thenForgetRow(seq, store.defer(seq, epoch, attempts, notBeforeMs)),
    deadLetter: (seq, epoch, reason, atMs) => thenForgetRow(seq, store.deadLetter(seq, epoch, reason, atMs)),
    markLateRefusal: (transaction) => thenForgetAll(store.markLateRefusal(transaction)),
    retryDead: (seq) => thenForgetAll(store.retryDead(seq)),
  };
}
