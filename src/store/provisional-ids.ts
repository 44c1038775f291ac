import type { Database } from 'better-sqlite3';
import { StoreUnavailable } from '../gateway/store-port.ts';
import { DataFolderError } from './data-folder-error.ts';

/** Both ends belong to the block. */
export type IdBlock = { readonly from: number; readonly to: number };

/** Ids for transactions that the CSMS has not named yet: positive, and never given twice in the life of a data folder. */
export type ProvisionalIds = {
  /** Throws StoreUnavailable when the block is used up. */
  allocate(): number;
  contains(id: number): boolean;
};

/**
 * Each block of which ids were given keeps its own counter, so that changing the block back and forth in the config
 * never repeats an id. Throws DataFolderError for a block that overlaps another one used before.
 */
export function openProvisionalIds(db: Database, block: IdBlock): ProvisionalIds {
  refuseOverlap(db, block);
  const adopt = db.prepare<[IdBlock]>(
    `insert into provisional_blocks (first_id, last_id, next_id) values (@from, @to, @from)
     on conflict do update set last_id = max(last_id, excluded.last_id)`,
  );
  const next = db
    .prepare<[IdBlock], number>(
      'update provisional_blocks set next_id = next_id + 1 where first_id = @from and next_id <= @to returning next_id - 1',
    )
    .pluck();
  const allocate = () => {
    adopt.run(block);
    const id = next.get(block);
    if (id !== undefined) return id;
    throw new StoreUnavailable(`the provisional transaction ids ${block.from} to ${block.to} are used up`);
  };
  return { allocate, contains: (id) => id >= block.from && id <= block.to };
}

/** For who opens a folder without a config: the block used before, else 1,900,000,000 to 2,000,000,000. */
export function formerBlock(db: Database): IdBlock {
  const former = db.prepare<[], IdBlock>('select first_id "from", last_id "to" from provisional_blocks limit 1').get();
  return former ?? { from: 1_900_000_000, to: 2_000_000_000 };
}

function refuseOverlap(db: Database, { from, to }: IdBlock): void {
  const other = db
    .prepare<[IdBlock], IdBlock>(
      `select first_id "from", last_id "to" from provisional_blocks
       where first_id <> @from and first_id <= @to and last_id >= @from`,
    )
    .get({ from, to });
  if (other === undefined) return;
  throw new DataFolderError(
    `the provisional transaction ids ${from} to ${to} overlap ${other.from} to ${other.to}, of which some were given ` +
      'to chargers before: keep that block, or choose one that does not touch it',
  );
}
