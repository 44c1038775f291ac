import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf } from '../../../src/operator/csv.ts';

/** RFC 4180, read strictly: throws for a text that is not of its grammar. */
function parsed(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (let at = 0, row: string[] = []; at < text.length; ) {
    const cell = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at));
    if (cell === null) throw new Error(`no cell at ${at}`);
    row.push(cell[1]?.replaceAll('""', '"') ?? cell[2] ?? '');
    at += cell[0].length;
    if (cell[3] !== '\r\n') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('any text comes back as it was, but for the apostrophe before what looks like a formula', () => {
  const text = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', 'ä', ' ') });
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
      const back = parsed(csvOf(rows));
      expect(back.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r\n])/, '')))).toEqual(
        rows.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r\n])/, ''))),
      );
      for (const cell of back.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
  );
});

test('numbers keep their sign, what is absent is empty', () => {
  expect(csvOf([[-3.5, 7, true, undefined, 'a']])).toBe('-3.5,7,true,,a\r\n');
  expect(csvOf([['=1+1', 'a "b", c', '']])).toBe(`'=1+1,"a ""b"", c",\r\n`);
});
