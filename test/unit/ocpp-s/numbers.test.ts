import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../src/ocpp/decimal.ts';
import { parseDecimal, parseInteger } from '../../../src/ocpp-s/numbers.ts';

describe('xs:int (XML Schema Part 2 §3.3.17)', () => {
  test.each([
    ['+007', 7],
    ['-0', 0],
    ['2147483647', 2_147_483_647],
    ['-2147483648', -2_147_483_648],
    ['00000000000000000012', 12],
  ])('%s', (text, value) => {
    expect(parseInteger(text)).toEqual({ kind: 'int', value });
  });

  test.each([['2147483648'], ['-2147483649'], ['9223372036854775807'], [`1${'0'.repeat(400)}`], ['2147483647.9']])(
    '%s',
    (text) => {
      expect(parseInteger(text)).toEqual({ kind: 'outOfRange' });
    },
  );

  test.each([['0x1'], ['1e5'], ['abc'], ['18x'], [''], ['1 2'], ['--1'], ['.5'], ['1,0'], ['Infinity'], ['١']])(
    '%j',
    (text) => {
      expect(parseInteger(text)).toEqual({ kind: 'notANumber' });
    },
  );

  test.each([
    ['12.0', 12, true],
    ['12.', 12, true],
    ['12.7', 12.7, false],
  ])('%s is a decimal', (text, value, whole) => {
    expect(parseInteger(text)).toEqual({ kind: 'decimal', value, whole });
  });
});

describe('xs:decimal with one fraction digit is read rounded down', () => {
  test.each([
    ['8', 8, false, false],
    ['8.', 8, false, false],
    ['.5', 0.5, false, false],
    ['+8.10', 8.1, false, false],
    ['-0.0', 0, false, false],
    ['13,5', 13.5, true, false],
    ['13.54', 13.5, false, true],
    ['13.99', 13.9, false, true],
    ['2.1', 2.1, false, false],
    ['16.09999999', 16, false, true],
  ])('%s', (text, value, comma, rounded) => {
    expect(parseDecimal(text, 1)).toEqual({ value, comma, rounded });
  });

  test.each([['1e5'], ['1.2.3'], ['1,2,3'], [''], ['.'], [','], ['0x1'], ['NaN'], ['1'.repeat(31)]])(
    '%j is none',
    (text) => {
      expect(parseDecimal(text, 1)).toBeUndefined();
    },
  );
});

describe('xs:decimal is written in fixed notation, rounded down', () => {
  test.each([
    [0.1 + 0.2, '0.3'],
    [1e-7, '0.0'],
    [13.54, '13.5'],
    [13.99, '13.9'],
    [2.1, '2.1'],
    [0.7 * 3, '2.1'],
    [1.1 * 3, '3.3'],
    [4.35 * 100, '435.0'],
    [0.3 - 0.1 * 3, '0.0'],
    [-0, '0.0'],
    [-13.54, '-13.6'],
    [6, '6.0'],
    [11_000, '11000.0'],
    [99_999_999.9, '99999999.9'],
  ])('%d', (value, text) => {
    expect(formatDecimal(value, 1)).toBe(text);
  });

  test('every tenth up to a megawatt survives', () => {
    const tenths = fc.integer({ min: -10_000_000, max: 10_000_000 });
    fc.assert(
      fc.property(tenths, (units) => {
        const text = formatDecimal(units / 10, 1);
        expect(Number(text)).toBe(units / 10 + 0);
        expect(text).toMatch(/^-?\d+\.\d$/);
      }),
    );
  });

  test('never more than the value', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
        const written = Number(formatDecimal(value, 1));
        expect(written).toBeLessThanOrEqual(value + 1e-6);
        expect(written).toBeGreaterThan(value - 0.1 - 1e-6);
      }),
    );
  });
});
