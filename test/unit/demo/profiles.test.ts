import { expect, test } from 'vitest';
import { Profiles } from '../../../src/demo/charger/profiles.ts';

const startMs = Date.parse('2026-03-10T06:00:00Z');
const at = (minutes: number) => startMs + minutes * 60_000;
const iso = (minutes: number) => new Date(at(minutes)).toISOString();

type Options = { readonly level?: number; readonly durationS?: number; readonly validTo?: string };

let lastId = 0;
function profile(
  chargingProfilePurpose: string,
  limits: readonly (readonly [number, number])[],
  options: Options = {},
) {
  lastId += 1;
  const { level = 0, durationS, validTo } = options;
  return {
    chargingProfileId: lastId,
    stackLevel: level,
    chargingProfilePurpose,
    chargingProfileKind: 'Absolute',
    ...(validTo === undefined ? {} : { validTo }),
    chargingSchedule: {
      startSchedule: iso(0),
      chargingRateUnit: 'A',
      ...(durationS === undefined ? {} : { duration: durationS }),
      chargingSchedulePeriod: limits.map(([minute, limit]) => ({ startPeriod: minute * 60, limit })),
    },
  };
}

test('a TxProfile rules while it lasts, then the TxDefaultProfile of the highest level that is valid (OCPP 1.6 §3.12)', () => {
  const profiles = new Profiles(() => 16);
  profiles.set(1, profile('TxDefaultProfile', [[0, 7]]));
  profiles.set(1, profile('TxDefaultProfile', [[0, 0]], { level: 2, validTo: iso(20) }));
  profiles.set(
    1,
    profile(
      'TxProfile',
      [
        [0, 10],
        [5, 12],
      ],
      { level: 8, durationS: 600 },
    ),
  );
  const limits = [0, 4.9, 5, 9.9, 10, 19.9, 20].map((minutes) => profiles.limitA(1, at(minutes)));
  expect(limits).toEqual([10, 10, 12, 12, 0, 0, 7]);
});

test('the charger looks again at each border of a period, at the end of a schedule and of its validity', () => {
  const profiles = new Profiles(() => 16);
  expect(profiles.nextChangeMs(at(0))).toBeUndefined();
  profiles.set(1, profile('TxDefaultProfile', [[0, 0]], { level: 2, validTo: iso(20) }));
  profiles.set(
    1,
    profile(
      'TxProfile',
      [
        [0, 10],
        [5, 12],
      ],
      { durationS: 600 },
    ),
  );
  const changes = [0, 5, 10, 20].map((minutes) => profiles.nextChangeMs(at(minutes)));
  expect(changes).toEqual([at(5), at(10), at(20), undefined]);
});
