import { expect, test } from 'vitest';
import type { ChargingProfile } from '../../../optimizer/charging-profile.ts';
import { allowedPeriods, type ProfileLook } from '../../../optimizer/profile-periods.ts';
import { epochSeconds } from '../../../optimizer/time.ts';

const at = (text: string) => epochSeconds(`2026-03-01T${text}:00Z`) ?? 0;
const look: ProfileLook = {
  startS: at('12:00'),
  endS: at('16:00'),
  chargingStartS: undefined,
  nominalVoltageV: 230,
  phases: 3,
  mostPeriods: 100,
};
const installed = (profile: Partial<ChargingProfile>, schedule: Partial<ChargingProfile['chargingSchedule']> = {}) => ({
  connectorId: 1,
  receivedAtS: 0,
  profile: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      startSchedule: '2026-03-01T13:00:00Z',
      duration: 7200,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: 10 },
        { startPeriod: 3600, limit: 6 },
      ],
      ...schedule,
    },
    ...profile,
  } satisfies ChargingProfile,
});

test('outside of its schedule a profile allows nothing and forbids nothing: there is no period', () => {
  expect(allowedPeriods(installed({}), look)).toEqual([
    { fromS: at('13:00'), untilS: at('14:00'), limitA: 10 },
    { fromS: at('14:00'), untilS: at('15:00'), limitA: 6 },
  ]);
});

test('its validity cuts it off on both sides', () => {
  const valid = installed({ validFrom: '2026-03-01T13:30:00Z', validTo: '2026-03-01T14:15:00Z' });
  expect(allowedPeriods(valid, look)).toEqual([
    { fromS: at('13:30'), untilS: at('14:00'), limitA: 10 },
    { fromS: at('14:00'), untilS: at('14:15'), limitA: 6 },
  ]);
});

test('watts are amperes on the phases that it names, else on those of the connector', () => {
  const watts = (numberPhases?: number) =>
    installed(
      {},
      {
        chargingRateUnit: 'W',
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 6900, ...(numberPhases === undefined ? {} : { numberPhases }) },
        ],
      },
    );
  expect(allowedPeriods(watts(), look)[0]?.limitA).toBe(10);
  expect(allowedPeriods(watts(), { ...look, phases: 1 })[0]?.limitA).toBe(30);
  expect(allowedPeriods(watts(1), look)[0]?.limitA).toBe(30);
});

test('a relative one begins with the charging, or with the look', () => {
  const relative = installed({ chargingProfileKind: 'Relative' });
  expect(allowedPeriods(relative, look)[0]).toMatchObject({ fromS: at('12:00'), untilS: at('13:00') });
  expect(allowedPeriods(relative, { ...look, chargingStartS: at('11:30') })[0]).toMatchObject({ untilS: at('12:30') });
});

test('it ends after so many periods', () => {
  const daily = installed({ chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' });
  const year = { ...look, endS: look.startS + 366 * 86_400 };
  expect(allowedPeriods(daily, year)).toHaveLength(100);
  expect(allowedPeriods(daily, { ...year, mostPeriods: 1_000 })).toHaveLength(732);
});
