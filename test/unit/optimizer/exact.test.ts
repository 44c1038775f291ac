import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactLimit, type Phases, partsOf, scaleOf, tenthsOf, wholeTenths } from '../../../optimizer/exact.ts';

test('§7.14: a decimal is floored to tenths as it is written, not as its double is', () => {
  const written = [6.7, 8.1, 8.69, 0.3, 0.1 + 0.2, 1069.5, 16, 0, 6.699999999999999, 4503599627370.4];
  expect(written.map(wholeTenths)).toEqual([67, 81, 86, 3, 3, 10_695, 160, 0, 66, 45_035_996_273_704]);
});

test('every number with one decimal keeps it', () => {
  fc.assert(
    fc.property(fc.nat(), (tenths) => {
      expect(wholeTenths(tenths / 10)).toBe(tenths);
    }),
  );
});

const phases = fc.constantFrom<Phases[]>(1, 2, 3);
const volts = fc.constantFrom(110, 127.5, 230, 231.7, 400, 690);

test('errata 3.69: W = A × V × phases, rounded down exactly in either direction', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000_000),
      phases,
      volts,
      fc.constantFrom('A' as const, 'W' as const),
      (tenths, n, v, unit) => {
        const scale = scaleOf(unit === 'A' ? 'W' : 'A', v);
        const result = tenthsOf(partsOf(exactLimit(unit, tenths / 10, undefined), n, scale), scale);
        const milli = BigInt(Math.round(v * 1000)) * BigInt(n);
        const exact = unit === 'A' ? (BigInt(tenths) * milli) / 1000n : (BigInt(tenths) * 1000n) / milli;
        expect(BigInt(result)).toBe(exact);
      },
    ),
    { numRuns: 2000 },
  );
});

test('what no connector can draw is read as 1 MA or 1 GW, so that sums stay exact', () => {
  expect(exactLimit('A', 2 ** 31, 3)).toEqual({ unit: 'A', tenths: 10_000_000, phases: 3 });
  expect(exactLimit('W', Number.MAX_VALUE, undefined)).toEqual({ unit: 'W', tenths: 10_000_000_000, phases: 0 });
  const mostParts = partsOf(exactLimit('A', 2 ** 31, undefined), 3, scaleOf('W', 1000));
  expect(Number.isSafeInteger(100 * mostParts)).toBe(true);
});
