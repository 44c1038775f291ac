/** A cell of a CSV file; line and column count from 1. */
export type Cell = { readonly text: string; readonly line: number; readonly column: number };

export type Table = {
  readonly separator: ',' | ';' | '\t';
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
};

/**
 * Reads CSV whose separator is the first of `;`, tab and `,` that stands in its first line. Cells may be quoted, a
 * quote inside doubled; a row is one line. Empty lines and lines that start with `#` are left out.
 */
export function readTable(csv: string): Table {
  const lines = csv.split(/\r\n|\n|\r/).map((text, index) => ({ text, line: index + 1 }));
  const [first, ...rest] = lines.filter(({ text }) => text.trim() !== '' && !text.startsWith('#'));
  const separator = separatorOf(first?.text ?? '');
  const cells = ({ text, line }: { readonly text: string; readonly line: number }) => cellsOf(text, line, separator);
  return { separator, header: first === undefined ? [] : cells(first), rows: rest.map(cells) };
}

function separatorOf(line: string): Table['separator'] {
  const bare = line.replaceAll(/"[^"]*"/g, '');
  if (bare.includes(';')) return ';';
  return bare.includes('\t') ? '\t' : ',';
}

function cellsOf(line: string, number: number, separator: string): readonly Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at <= line.length; ) {
    const end = cellEnd(line, at, separator);
    const raw = line.slice(at, end);
    const text = raw.trim();
    const bare = /^"(.*)"$/.exec(text)?.[1]?.replaceAll('""', '"') ?? text;
    cells.push({ text: bare.trim(), line: number, column: at + 1 + raw.length - raw.trimStart().length });
    at = end + 1;
  }
  return cells;
}

/** Where the cell ends that begins at `at`: at the next separator that is not inside quotes. */
function cellEnd(line: string, at: number, separator: string): number {
  let quoted = false;
  for (let end = at; end < line.length; end += 1) {
    if (line[end] === '"') quoted = !quoted;
    if (line[end] === separator && !quoted) return end;
  }
  return line.length;
}
