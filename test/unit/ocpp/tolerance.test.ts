import { expect, test } from 'vitest';
import { tolerated } from '../../../src/ocpp/tolerance.ts';
import { validateRequest } from '../../../src/ocpp/validation.ts';

const profile = (limit: unknown, validFrom = '2026-03-01T12:00:00Z') => ({
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    validFrom,
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});

test.each([
  [13.54, 13.5],
  [0.1 + 0.2, 0.3],
  [2.0999999999999996, 2.1],
  [1e-7, 0],
  [16, 16],
])('a limit of %d is rounded down to %d (OCPP 1.6 §7.14)', (limit, rounded) => {
  const payload = tolerated('SetChargingProfile', profile(limit));
  expect(payload).toEqual(profile(rounded));
  expect(() => validateRequest('SetChargingProfile', payload)).not.toThrow();
});

test('a time without zone is UTC', () => {
  expect(tolerated('SetChargingProfile', profile(6, '2026-03-01T12:00:00'))).toEqual(profile(6));
});

test('nothing else is touched: the validator judges it', () => {
  for (const limit of ['6', null, Number.POSITIVE_INFINITY, { a: 1 }]) {
    expect(tolerated('SetChargingProfile', profile(limit))).toEqual(profile(limit));
  }
  const odd = { connectorId: 'x', csChargingProfiles: 7, more: true };
  expect(tolerated('SetChargingProfile', odd)).toEqual(odd);
  expect(tolerated('Unknown', odd)).toBe(odd);
});
