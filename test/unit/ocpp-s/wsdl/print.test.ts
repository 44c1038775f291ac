import { expect, test } from 'vitest';
import { printLiteral, printUnion } from '../../../../src/ocpp-s/wsdl/print.ts';

test('what fits in 120 columns stays on one line', () => {
  expect(printLiteral('const a = ', { kind: 'int', list: [1, true] }, ';')).toBe(
    "const a = { kind: 'int', list: [1, true] };",
  );
});

test('what does not fit is broken from the outside in, and no further than needed', () => {
  const long = 'x'.repeat(90);
  const source = printLiteral('const a = ', { first: [long], second: [long, long] }, ';');
  const lines = [
    'const a = {',
    `  first: ['${long}'],`,
    '  second: [',
    `    '${long}',`,
    `    '${long}',`,
    '  ],',
    '};',
  ];
  expect(source).toBe(lines.join('\n'));
});

test('a list of several objects is never joined, nor what is around it', () => {
  expect(
    printLiteral(
      '',
      {
        list: [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
      },
      '',
    ),
  ).toBe('{\n  list: [\n    { a: 1, b: 2 },\n    { a: 3, b: 4 },\n  ],\n}');
});

test('quotes and backslashes in texts are escaped', () => {
  expect(printLiteral('', "it's \\", '')).toBe("'it\\'s \\\\'");
});

test('a long union has a line for each value', () => {
  const values = Array.from({ length: 20 }, (_, index) => `Value${index}`);
  expect(printUnion('type A =', values).split('\n')).toHaveLength(21);
  expect(printUnion('type A =', ['W', 'A'])).toBe("type A = 'W' | 'A';");
});
