import { describe, expect, test } from 'vitest';
import { answerComposite, compositeOf, limitAt, nextChange } from '../../../optimizer/composite.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import { emptyStore, setProfile, startTransaction } from '../../../optimizer/profiles.ts';
import { stacksOf } from '../../../optimizer/stacks.ts';
import { constantLimit, type Station } from '../../../optimizer/station.ts';

const midnightS = Date.UTC(2024, 0, 2) / 1000;

const station: Station = {
  localLimits: [constantLimit('A', 32), constantLimit('A', 32)],
  nominalVoltageV: 230,
  hasSmartCharging: true,
  allowedUnits: ['A', 'W'],
};

type Changes = { readonly connectorId?: number; readonly schedule?: object; readonly [field: string]: unknown };

function withProfile(store: ProfileStore, { connectorId = 1, schedule, ...changes }: Changes): ProfileStore {
  const csChargingProfiles = {
    chargingProfileId: 1 + store.profiles.length,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: {
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [
        { startPeriod: 0, limit: 10 },
        { startPeriod: 600, limit: 20 },
      ],
      ...schedule,
    },
    ...changes,
  };
  const outcome = setProfile(station, store, { connectorId, csChargingProfiles }, midnightS - 60);
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.store;
}

const quarters = {
  chargingProfileKind: 'Recurring',
  recurrencyKind: 'Daily',
  schedule: {
    startSchedule: '2024-01-01T00:00:00Z',
    chargingSchedulePeriod: Array.from({ length: 96 }, (_, quarter) => ({
      startPeriod: quarter * 900,
      limit: 6 + (quarter % 20),
    })),
  },
};

describe('GetCompositeSchedule.req', () => {
  const asked = { connectorId: 1, duration: 600, chargingRateUnit: 'A' };
  const answer = (payload: unknown, at = station) => answerComposite(at, emptyStore, payload, midnightS);

  test.each([
    ['§5.7: an unknown connector', { ...asked, connectorId: 3 }],
    ['a negative connector', { ...asked, connectorId: -1 }],
    ['a negative duration', { ...asked, duration: -1 }],
  ])('%s: Rejected', (_, payload) => {
    expect(answer(payload)).toEqual({ kind: 'answered', response: { status: 'Rejected' } });
  });

  test('§9.4.2: a unit that is not allowed: Rejected', () => {
    const inAmperes: Station = { ...station, allowedUnits: ['A'] };
    expect(answer({ ...asked, chargingRateUnit: 'W' }, inAmperes)).toEqual({
      kind: 'answered',
      response: { status: 'Rejected' },
    });
  });

  test.each([
    ['errata 3.24: a unit that is none', { ...asked, chargingRateUnit: 'kW' }, 'PropertyConstraintViolation'],
    ['no duration', { connectorId: 1 }, 'OccurrenceConstraintViolation'],
    ['a duration in words', { ...asked, duration: 'long' }, 'TypeConstraintViolation'],
  ])('%s: CALLERROR', (_, payload, code) => {
    expect(answer(payload)).toMatchObject({ kind: 'refused', code });
  });

  test('errata 3.39: without smart charging, NotSupported', () => {
    expect(answer(asked, { ...station, hasSmartCharging: false })).toMatchObject({ code: 'NotSupported' });
  });

  test('the answer begins at the request and holds no startSchedule (errata 3.57)', () => {
    expect(answer({ connectorId: 1, duration: 600 })).toStrictEqual({
      kind: 'answered',
      response: {
        status: 'Accepted',
        connectorId: 1,
        scheduleStart: '2024-01-02T00:00:00Z',
        chargingSchedule: {
          duration: 600,
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [{ startPeriod: 0, limit: 32 }],
        },
      },
    });
  });

  test('a duration of 68 years is answered for one', () => {
    const outcome = answerComposite(
      station,
      withProfile(emptyStore, quarters),
      { connectorId: 1, duration: 2 ** 31 - 1 },
      midnightS,
    );
    const schedule =
      outcome.kind === 'answered' && outcome.response.status === 'Accepted' && outcome.response.chargingSchedule;
    expect(schedule).toMatchObject({ duration: 31_536_000 });
    expect(schedule && schedule.chargingSchedulePeriod).toHaveLength(365 * 96);
  });

  test('an answer with more periods than a year of quarter hours stops there, and its duration says so', () => {
    const chargingSchedulePeriod = Array.from({ length: 1000 }, (_, index) => ({
      startPeriod: index,
      limit: index % 7,
    }));
    const store = withProfile(emptyStore, { ...quarters, schedule: { ...quarters.schedule, chargingSchedulePeriod } });
    const { durationS, periods } = compositeOf(stacksOf(station, store), {
      connectorId: 1,
      startS: midnightS,
      durationS: 31_536_000,
      unit: 'A',
    });
    expect(periods).toHaveLength(36_000);
    expect(durationS).toBe(36 * 86_400);
  });
});

describe('local limits', () => {
  const local = {
    startS: midnightS,
    chargingRateUnit: 'A' as const,
    chargingSchedulePeriod: [
      { startPeriod: 0, limit: 16 },
      { startPeriod: 300, limit: 8, numberPhases: 1 },
    ],
  };
  const shared = { ...station, localLimits: [local, local] };
  const query = { connectorId: 1, startS: midnightS - 100, durationS: 1000, unit: 'A' as const };

  test('§5.7: a local limit over time caps the answer; its first period also holds before it', () => {
    const store = withProfile(emptyStore, { schedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 12 }] } });
    expect(compositeOf(stacksOf(shared, store), query).periods).toEqual([
      { startPeriod: 0, limit: 12 },
      { startPeriod: 400, limit: 8, numberPhases: 1 },
    ]);
    expect(compositeOf(stacksOf(shared, emptyStore), query).periods[0]).toEqual({ startPeriod: 0, limit: 16 });
  });

  test('on the station they add up', () => {
    expect(compositeOf(stacksOf(shared, emptyStore), { ...query, connectorId: 0 }).periods).toEqual([
      { startPeriod: 0, limit: 32 },
      { startPeriod: 400, limit: 16, numberPhases: 1 },
    ]);
  });
});

describe('limit now and next change', () => {
  const charging = startTransaction(station, emptyStore, { connectorId: 1, startedAtS: midnightS });

  test('during a transaction: the period in force, and its end', () => {
    const stacks = stacksOf(station, withProfile(charging, {}));
    expect(limitAt(stacks, 1, midnightS + 30, 'A')).toStrictEqual({ limit: 10 });
    expect(nextChange(stacks, 1, midnightS + 30)).toBe(midnightS + 600);
    expect(limitAt(stacks, 1, midnightS + 600, 'W').limit).toBe(20 * 690);
    expect(nextChange(stacks, 1, midnightS + 600)).toBeUndefined();
  });

  test('on an idle connector: what a transaction that starts now may draw first, which does not run out', () => {
    const stacks = stacksOf(station, withProfile(emptyStore, { validTo: '2024-01-02T06:00:00Z' }));
    expect(limitAt(stacks, 1, midnightS + 5000, 'A').limit).toBe(10);
    expect(nextChange(stacks, 1, midnightS + 5000)).toBe(midnightS + 21_600);
  });

  test('without profiles nothing ever changes', () => {
    expect(nextChange(stacksOf(station, emptyStore), 1, midnightS)).toBeUndefined();
    expect(limitAt(stacksOf(station, emptyStore), 0, midnightS, 'A').limit).toBe(64);
  });

  test('a recurrence changes at the next restart, years after its start', () => {
    const stacks = stacksOf(station, withProfile(charging, quarters));
    const atS = midnightS + 4000 * 86_400 + 905;
    expect(nextChange(stacks, 1, atS)).toBe(midnightS + 4000 * 86_400 + 1800);
  });
});
