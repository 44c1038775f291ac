import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export type Column<Row> = {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** By what rows are sorted; absent: they cannot be by this column. */
  readonly order?: (row: Row) => string | number;
  readonly isNumber?: boolean;
};

export type Sorting = { readonly column: string; readonly isDown: boolean };

type TableProps<Row> = {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  readonly sorting?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
  /** Below the last row. */
  readonly more?: ComponentChildren;
  readonly name: string;
};

const rowPx = 46;
const spare = 6;

/** The rows that are in sight, and a few more; the others are room. */
function windowOf(scrolledPx: number, heightPx: number, total: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(total, Math.floor(scrolledPx / rowPx)) - spare);
  return { from, to: Math.min(total, Math.ceil((scrolledPx + heightPx) / rowPx) + spare) };
}

/** A table of which only the rows in sight exist. Arrows, Home, End and the page keys go from row to row. */
export function Table<Row>({ label, columns, rows, keyOf, sorting, onSort, more, name }: TableProps<Row>) {
  const frame = useRef<HTMLDivElement>(null);
  const scrolledPx = useSignal(0);
  const heightPx = useSignal(700);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const seen = new ResizeObserver(() => (heightPx.value = element.clientHeight));
    seen.observe(element);
    return () => seen.disconnect();
  }, []);
  const { from, to } = windowOf(scrolledPx.value, heightPx.value, rows.length);
  return (
    <div
      ref={frame}
      class={`table ${name}`}
      role="region"
      aria-label={label}
      // what scrolls is reached by the keyboard
      tabIndex={0}
      onScroll={(event) => (scrolledPx.value = event.currentTarget.scrollTop)}
      onKeyDown={(event) => walk(event, rows.length)}
    >
      <table aria-rowcount={rows.length + 1}>
        <TableHead columns={columns} {...(sorting && { sorting })} {...(onSort && { onSort })} />
        <tbody>
          {from > 0 && <Room rows={from} />}
          {rows.slice(from, to).map((row, index) => (
            <tr key={keyOf(row)} aria-rowindex={from + index + 2} data-row={from + index}>
              {columns.map((column) => (
                <td key={column.id} class={`${column.id}${column.isNumber ? ' number' : ''}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {to < rows.length && <Room rows={rows.length - to} />}
        </tbody>
      </table>
      {more}
    </div>
  );
}

/** In the place of rows out of sight; one cell, since a narrow window hides columns. */
function Room({ rows }: { readonly rows: number }) {
  return (
    <tr aria-hidden="true" class="room">
      <td style={{ height: `${rows * rowPx}px` }} />
    </tr>
  );
}

type HeadProps<Row> = Pick<TableProps<Row>, 'columns' | 'sorting' | 'onSort'>;

function TableHead<Row>({ columns, sorting, onSort }: HeadProps<Row>) {
  const directionOf = (id: string) => {
    if (sorting?.column !== id) return 'none';
    return sorting.isDown ? 'descending' : 'ascending';
  };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map(({ id, title, order, isNumber }) =>
          order === undefined || onSort === undefined ? (
            <th key={id} scope="col" class={`${id}${isNumber ? ' number' : ''}`}>
              {title}
            </th>
          ) : (
            <th key={id} scope="col" class={`${id}${isNumber ? ' number' : ''}`} aria-sort={directionOf(id)}>
              <button
                type="button"
                onClick={() => onSort({ column: id, isDown: sorting?.column === id && !sorting.isDown })}
              >
                {title}
              </button>
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}

/** Sorts by a column; rows that are equal there stay in their order. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting): readonly Row[] {
  const order = columns.find(({ id }) => id === sorting.column)?.order;
  if (order === undefined) return rows;
  const sign = sorting.isDown ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: naturally(order(row)) }));
  return keyed.toSorted((a, b) => sign * (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ row }) => row);
}

/** DEPOT-9 before DEPOT-10. An Intl.Collator would say the same, but takes longer to make than all rows to sort. */
function naturally(key: string | number): string | number {
  return typeof key === 'number' ? key : key.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}

function walk(event: KeyboardEvent & { readonly currentTarget: HTMLDivElement }, total: number): void {
  const frame = event.currentTarget;
  const focused = document.activeElement?.closest<HTMLElement>('tr[data-row]');
  const present = focused === null || focused === undefined ? -1 : Number(focused.dataset['row']);
  const target = targetOf(event.key, present, total, Math.max(1, Math.floor(frame.clientHeight / rowPx) - 1));
  if (target === undefined) return;
  event.preventDefault();
  const topPx = target * rowPx;
  const headPx = frame.querySelector('thead')?.clientHeight ?? 0;
  if (topPx < frame.scrollTop) frame.scrollTop = topPx;
  const roomPx = frame.clientHeight - headPx - rowPx;
  if (topPx > frame.scrollTop + roomPx) frame.scrollTop = topPx - roomPx;
  // a frame to scroll in, and one in which the row comes to be
  requestAnimationFrame(() => requestAnimationFrame(() => focusRow(frame, target)));
}

function targetOf(key: string, present: number, total: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: present + 1,
    ArrowUp: present - 1,
    PageDown: present + page,
    PageUp: present - page,
    Home: 0,
    End: total - 1,
  };
  const wanted = steps[key];
  return wanted === undefined || total === 0 ? undefined : Math.max(0, Math.min(total - 1, wanted));
}

function focusRow(frame: HTMLElement, row: number): void {
  frame.querySelector<HTMLElement>(`tr[data-row="${row}"] :is(a, button)`)?.focus({ preventScroll: true });
}
