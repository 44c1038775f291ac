import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOut } from '../../../src/charging/driver-limits.ts';

const claims = (...tenths: readonly number[]) =>
  tenths.map((claim, index) => ({ connectorId: index + 1, tenths: claim }));
const shares = (...given: Parameters<typeof shareOut>) => [...shareOut(...given).values()];

test.each([
  ['all get what they want when there is enough', claims(160, 100), 300, 60, [160, 100]],
  ['equal shares when there is not', claims(160, 160), 200, 60, [100, 100]],
  ['what one does not want is for the others', claims(60, 320, 320), 300, 60, [60, 120, 120]],
  ['the last ones go without while a share would be below the minimum', claims(320, 320, 320), 170, 60, [85, 85, 0]],
  ['nobody gets anything from less than the minimum', claims(320, 320), 59, 60, [0, 0]],
  ['who wants less than the minimum takes nothing from the others', claims(40, 320), 100, 60, [40, 100]],
  ['and is not counted among those that a share must suffice for', claims(40, 320, 320), 120, 60, [40, 60, 60]],
  ['without a minimum shares may be of any size', claims(320, 320, 320), 100, 0, [33, 33, 34]],
])('%s', (_title, wanted, total, minimum, expected) => {
  expect(shares(wanted, total, minimum)).toEqual(expected);
});

test('whoever may charge gets at least the minimum, no more than the claim, and together no more than the total', () => {
  const tenths = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(
      fc.array(tenths, { maxLength: 8 }),
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 0, max: 100 }),
      (wanted, total, minimum) => {
        const given = shares(claims(...wanted), total, minimum);
        const charging = given.filter((share, index) => (wanted[index] ?? 0) >= minimum && share > 0);
        expect(charging.every((share) => share >= Math.min(minimum, total))).toBe(true);
        expect(given.every((share, index) => share <= (wanted[index] ?? 0))).toBe(true);
        expect(charging.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(total);
      },
    ),
  );
});
