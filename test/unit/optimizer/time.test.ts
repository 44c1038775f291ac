import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochSeconds, isoTime } from '../../../optimizer/time.ts';

const noonS = Date.UTC(2024, 0, 10, 12) / 1000;

test.each([
  ['2024-01-10T12:00:00Z', noonS],
  ['2024-01-10T12:00:00.999Z', noonS],
  ['2024-01-10T12:00Z', noonS],
  ['2024-01-10t12:00:00z', noonS],
  ['2024-01-10T12:00:00', noonS],
  ['2024-01-10T13:00:00+01:00', noonS],
  ['2024-01-10T06:30:00-0530', noonS],
  ['2024-01-10T24:00:00Z', noonS + 43_200],
  ['1969-12-31T23:59:59.5Z', -1],
  ['0001-01-01T00:00:00Z', -62_135_596_800],
  ['9999-12-31T23:59:59Z', 253_402_300_799],
])('%s is read as whole seconds, UTC where no zone stands', (text, expected) => {
  expect(epochSeconds(text)).toBe(expected);
});

test.each([
  '',
  'now',
  '2024-01-10',
  '2024-02-30T00:00:00Z',
  '2024-13-01T00:00:00Z',
  '2024-00-01T00:00:00Z',
  '2024-01-10T25:00:00Z',
  '2024-01-10T12:60:00Z',
  '2024-01-10T12:00:00+1',
  ' 2024-01-10T12:00:00Z',
])('"%s" is no time', (text) => {
  expect(epochSeconds(text)).toBeUndefined();
});

test('written and read, a time is the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (atS) => {
      expect(epochSeconds(isoTime(atS))).toBe(atS);
    }),
  );
});
