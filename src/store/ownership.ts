import type { Database } from 'better-sqlite3';
import { StaleEpoch } from '../gateway/store-port.ts';

/**
 * Who drains the outbox: each new holder gets a higher epoch, and writes of an earlier one are refused. Opening ends
 * the ownership of the process before.
 */
export function openOwnership(db: Database) {
  const current = db.prepare<[], { epoch: number; holder: string }>('select epoch, holder from ownership');
  const take = db
    .prepare<[string], number>('update ownership set epoch = epoch + 1, holder = ? returning epoch')
    .pluck();
  const epochNow = db.prepare<[], number>('select epoch from ownership').pluck();
  take.get('');

  return {
    claim: (holder: string): number => {
      const owner = current.get();
      const epoch = owner?.holder === holder ? owner.epoch : take.get(holder);
      if (epoch === undefined) throw new Error('the ownership row is missing');
      return epoch;
    },
    /** Throws StaleEpoch unless `epoch` is the one given last. */
    check: (epoch: number): void => {
      const now = epochNow.get();
      if (epoch !== now) throw new StaleEpoch(`epoch ${epoch} does not own the outbox any more, ${now} does`);
    },
  };
}
