import type { Database } from 'better-sqlite3';
import { StoreUnavailable } from '../gateway/store-port.ts';
import { DataFolderError } from './errors.ts';

/** Both ends belong to the block. */
export type IdBlock = { readonly from: number; readonly to: number };

/** Ids for transactions that the CSMS has not named yet: positive, and never given twice in the life of a data folder. */
export type ProvisionalIds = {
  /** Throws StoreUnavailable when the block is used up. */
  allocate(): number;
  contains(id: number): boolean;
};

/**
 * A block keeps its own counter, so that changing the block back and forth in the config never repeats an id. Throws
 * DataFolderError for a block that overlaps another one used before.
 */
export function openProvisionalIds(db: Database, block: IdBlock): ProvisionalIds {
  adoptBlock(db, block);
  const next = db
    .prepare<[number, number], number>(
      'update provisional_blocks set next_id = next_id + 1 where first_id = ? and next_id <= ? returning next_id - 1',
    )
    .pluck();
  const allocate = () => {
    const id = next.get(block.from, block.to);
    if (id !== undefined) return id;
    throw new StoreUnavailable(`the provisional transaction ids ${block.from} to ${block.to} are used up`);
  };
  return { allocate, contains: (id) => id >= block.from && id <= block.to };
}

function adoptBlock(db: Database, { from, to }: IdBlock): void {
  const other = db
    .prepare<[number, number, number], { from: number; to: number }>(
      'select first_id "from", last_id "to" from provisional_blocks where first_id <> ? and first_id <= ? and last_id >= ?',
    )
    .get(from, to, from);
  if (other !== undefined) {
    throw new DataFolderError(
      `the provisional transaction ids ${from} to ${to} overlap ${other.from} to ${other.to}, of which some were given ` +
        'to chargers before: keep that block, or choose one that does not touch it',
    );
  }
  db.prepare(
    `insert into provisional_blocks (first_id, last_id, next_id) values (@from, @to, @from)
     on conflict do update set last_id = max(last_id, excluded.last_id)`,
  ).run({ from, to });
}
