/** A value of a cell; undefined: empty. */
export type Cell = string | number | boolean | undefined;

/** Rows as CSV (RFC 4180), each with its line end. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

/**
 * A spreadsheet takes a text that begins like a formula for one: an apostrophe keeps it a text. Numbers are ours, and may
 * begin with a sign.
 */
function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell);
  const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
