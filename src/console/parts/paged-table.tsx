import type { Pages } from '../paging.ts';
import { words } from '../words/words.ts';
import { Empty, Trouble } from './notice.tsx';
import { type Column, Table } from './table.tsx';

type PagedTableProps<Row> = {
  readonly pages: Pages<Row>;
  /** Rows that came since, above those of the pages. */
  readonly newer?: readonly Row[];
  readonly name: string;
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string | number;
  readonly none: string;
};

export function PagedTable<Row>({ pages, newer = [], name, label, columns, keyOf, none }: PagedTableProps<Row>) {
  const { kind, rows, before, failure } = pages.state.value;
  const all = newer.length === 0 ? rows : [...newer, ...rows];
  if (failure !== undefined) return <Trouble failure={failure} again={pages.again} />;
  if (kind === 'loading') return <Empty>{words.value.loading}</Empty>;
  if (all.length === 0) return <Empty>{none}</Empty>;
  const more = before !== undefined && (
    <button type="button" class="older" onClick={pages.older}>
      {words.value.older}
    </button>
  );
  return <Table name={name} label={label} columns={columns} rows={all} keyOf={keyOf} more={more} />;
}
