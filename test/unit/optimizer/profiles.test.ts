import { describe, expect, test } from 'vitest';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import {
  clearProfiles,
  emptyStore,
  setProfile,
  startTransaction,
  stopTransaction,
} from '../../../optimizer/profiles.ts';
import { constantLimit, type Station } from '../../../optimizer/station.ts';

const nowS = Date.UTC(2024, 0, 1) / 1000;

const station: Station = {
  localLimits: [constantLimit('A', 32), constantLimit('A', 32)],
  nominalVoltageV: 230,
  hasSmartCharging: true,
  allowedUnits: ['A', 'W'],
};

const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] };
const profile = {
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: schedule,
};

const request = (changes: object = {}, connectorId: unknown = 1) => ({
  connectorId,
  csChargingProfiles: { ...profile, ...changes },
});
const withSchedule = (changes: object) => request({ chargingSchedule: { ...schedule, ...changes } });
const withPeriod = (changes: object) =>
  withSchedule({ chargingSchedulePeriod: [{ startPeriod: 0, limit: 10, ...changes }] });

/** The answer as the wire would carry it. */
function answer(payload: unknown, { at = station, store = emptyStore } = {}): string {
  const outcome = setProfile(at, store, payload, nowS);
  return outcome.kind === 'refused' ? `CALLERROR ${outcome.code}` : outcome.kind;
}

/** Installs and insists that it is accepted. */
function installed(payloads: readonly unknown[], at = station, store: ProfileStore = emptyStore): ProfileStore {
  return payloads.reduce<ProfileStore>((present, payload) => {
    const outcome = setProfile(at, present, payload, nowS);
    if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    return outcome.store;
  }, store);
}

const ids = (store: ProfileStore) => store.profiles.map(({ profile }) => profile.chargingProfileId);
const running = (transactionId?: number, connectorId = 1) =>
  startTransaction(station, emptyStore, { connectorId, transactionId, startedAtS: nowS });

describe('SetChargingProfile: what is malformed is answered with a CALLERROR', () => {
  const constraint = 'CALLERROR PropertyConstraintViolation';
  const occurrence = 'CALLERROR OccurrenceConstraintViolation';
  const type = 'CALLERROR TypeConstraintViolation';
  test.each([
    ['errata 3.39: connector below 0', request({}, -1), constraint],
    ['errata 3.39: connector that does not exist', request({}, 3), constraint],
    ['errata 3.38: unknown purpose', request({ chargingProfilePurpose: 'Fun' }), constraint],
    ['errata 3.38: unknown kind', request({ chargingProfileKind: 'Sometimes' }), constraint],
    ['errata 3.38: unknown recurrencyKind', request({ recurrencyKind: 'Yearly' }), constraint],
    ['errata 3.38: unknown unit', withSchedule({ chargingRateUnit: 'kW' }), constraint],
    ['a time that is none', request({ validFrom: 'tomorrow' }), constraint],
    ['no connectorId', { csChargingProfiles: profile }, occurrence],
    ['no profile', { connectorId: 1 }, occurrence],
    ['no stackLevel', request({ stackLevel: undefined }), occurrence],
    ['no schedule', request({ chargingSchedule: null }), occurrence],
    ['no limit', withPeriod({ limit: undefined }), occurrence],
    ['no period', withSchedule({ chargingSchedulePeriod: [] }), occurrence],
    ['a level in words', request({ stackLevel: 'top' }), type],
    ['a level with a fraction', request({ stackLevel: 1.5 }), type],
    ['periods that are no list', withSchedule({ chargingSchedulePeriod: {} }), type],
    ['a profile in a list', { connectorId: 1, csChargingProfiles: [profile] }, type],
    ['no object at all', 'profile', type],
  ])('%s', (_, payload, expected) => {
    expect(answer(payload)).toBe(expected);
  });

  test('the reason names the field, what was expected and what was found', () => {
    expect(setProfile(station, emptyStore, withPeriod({ limit: 'much' }), nowS)).toEqual({
      kind: 'refused',
      code: 'TypeConstraintViolation',
      reason: 'csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit: expected a number, found "much"',
    });
  });

  test('errata 3.39: a station without smart charging answers NotSupported, whatever is sent', () => {
    const without = { ...station, hasSmartCharging: false };
    expect(answer(request(), { at: without })).toBe('CALLERROR NotSupported');
    expect(clearProfiles(without, emptyStore, {})).toMatchObject({ kind: 'refused', code: 'NotSupported' });
  });

  test('form comes before meaning: a profile with both faults is malformed', () => {
    expect(answer(request({ stackLevel: -1, chargingProfileKind: 'Sometimes' }))).toBe(constraint);
  });
});

describe('SetChargingProfile: what is well-formed and cannot be carried out is Rejected', () => {
  const small = { ...station, maxStackLevel: 3, maxPeriods: 2, allowedUnits: ['A'] as const };
  const transaction = { chargingProfilePurpose: 'TxProfile' };
  test.each([
    ['§3.12.1: station limit on a connector', request({ chargingProfilePurpose: 'ChargePointMaxProfile' })],
    ['§3.12.1: TxProfile on connector 0', request(transaction, 0)],
    ['§3.12.1: TxProfile without transaction', request(transaction)],
    ['Recurring without recurrencyKind', request({ chargingProfileKind: 'Recurring' })],
    ['Recurring without startSchedule', request({ chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' })],
    ['errata 3.45: first startPeriod not 0', withPeriod({ startPeriod: 60 })],
    ['negative startPeriod', withPeriod({ startPeriod: -1 })],
    [
      'startPeriod not ascending',
      withSchedule({
        chargingSchedulePeriod: [0, 60, 60].map((startPeriod) => ({ startPeriod, limit: 6 })),
      }),
    ],
    ['negative limit', withPeriod({ limit: -0.1 })],
    ['limit without end', withPeriod({ limit: Number.POSITIVE_INFINITY })],
    ['numberPhases 0', withPeriod({ numberPhases: 0 })],
    ['numberPhases 4', withPeriod({ numberPhases: 4 })],
    ['duration 0', withSchedule({ duration: 0 })],
    ['negative duration', withSchedule({ duration: -1 })],
    ['validTo equal to validFrom', request({ validFrom: '2024-01-02T00:00:00Z', validTo: '2024-01-02T00:00:00Z' })],
    ['negative stackLevel', request({ stackLevel: -1 })],
    ['§9.4.1: stackLevel above the maximum', request({ stackLevel: 4 })],
    [
      '§9.4.3: too many periods',
      withSchedule({ chargingSchedulePeriod: [0, 1, 2].map((startPeriod) => ({ startPeriod, limit: 6 })) }),
    ],
    ['§9.4.2: unit that is not allowed', withSchedule({ chargingRateUnit: 'W' })],
  ])('%s', (_, payload) => {
    expect(answer(payload, { at: small })).toBe('rejected');
  });

  test('§5.16: TxProfile for another transaction than the one that runs', () => {
    const payload = request({ ...transaction, transactionId: 8 });
    expect(answer(payload, { store: running(7) })).toBe('rejected');
    expect(answer(payload, { store: running() })).toBe('rejected');
    expect(answer(payload, { store: running(8, 2) })).toBe('rejected');
  });
});

describe('SetChargingProfile: what is odd and yet clear is accepted', () => {
  test.each([
    ['§7.13: Absolute without startSchedule', request({ chargingProfileKind: 'Absolute' })],
    ['station limit Relative', request({ chargingProfilePurpose: 'ChargePointMaxProfile' }, 0)],
    ['§7.8: transactionId on another purpose', request({ transactionId: 5 })],
    ['errata 3.56: recurrencyKind on another kind', request({ recurrencyKind: 'Daily' })],
    ['limit with two decimals', withPeriod({ limit: 6.66 })],
    ['validTo in the past', request({ validTo: '2001-01-01T00:00:00Z' })],
    ['a time without zone', request({ validFrom: '2024-01-01T00:00:00' })],
    ['optional fields that are null', request({ recurrencyKind: null, validTo: null })],
    ['fields of nobody', request({ colour: 'blue' })],
  ])('%s', (_, payload) => {
    expect(answer(payload)).toBe('accepted');
  });

  test('errata 3.43: duration beyond the recurrence', () => {
    const payload = request({
      chargingProfileKind: 'Recurring',
      recurrencyKind: 'Daily',
      chargingSchedule: { ...schedule, duration: 1_000_000, startSchedule: '2024-01-01T00:00:00Z' },
    });
    expect(answer(payload)).toBe('accepted');
  });

  test('§7.8: TxProfile without transactionId while a transaction runs', () => {
    expect(answer(request({ chargingProfilePurpose: 'TxProfile' }), { store: running(7) })).toBe('accepted');
  });
});

describe('§3.12.2, §5.16.3: replacement', () => {
  test('the same purpose and level on the same connector', () => {
    const store = installed([request(), request({ chargingProfileId: 2 }), request({ chargingProfileId: 3 }, 2)]);
    expect(ids(store)).toEqual([2, 3]);
  });

  test('the same id anywhere on the station, unless ids are per connector', () => {
    const sent = [request({ stackLevel: 1 }), request({ stackLevel: 2 }, 2)];
    expect(ids(installed(sent))).toEqual([1]);
    expect(ids(installed(sent, { ...station, profileIdScope: 'connector' }))).toEqual([1, 1]);
  });

  test('one profile may replace two, and says which', () => {
    const store = installed([request(), request({ chargingProfileId: 2, stackLevel: 4 })]);
    const outcome = setProfile(station, store, request({ chargingProfileId: 2 }), nowS);
    expect(outcome).toMatchObject({ kind: 'accepted', replaced: store.profiles });
  });

  test('what is refused or rejected leaves the store as it was', () => {
    const store = installed([request()]);
    for (const payload of [request({ stackLevel: -1 }), request({}, 9), withPeriod({ startPeriod: 5 })]) {
      expect(setProfile(station, store, payload, nowS)).not.toHaveProperty('store');
    }
    expect(ids(store)).toEqual([1]);
  });

  test('§9.4.5: a full store takes a profile that replaces another, and no further one', () => {
    const full = { ...station, maxProfiles: 1 };
    const store = installed([request()], full);
    expect(answer(request({ chargingProfileId: 2 }), { at: full, store })).toBe('accepted');
    expect(answer(request({ chargingProfileId: 2 }, 2), { at: full, store })).toBe('rejected');
  });

  test('errata 3.37: a store outlives a restart as JSON', () => {
    const store = installed([request({ chargingProfilePurpose: 'TxProfile' })], station, running(7));
    expect(JSON.parse(JSON.stringify(store))).toEqual(store);
  });
});

describe('ClearChargingProfile', () => {
  const store = installed([
    request({ chargingProfileId: 1, chargingProfilePurpose: 'ChargePointMaxProfile' }, 0),
    request({ chargingProfileId: 2 }, 0),
    request({ chargingProfileId: 3, stackLevel: 1 }, 1),
    request({ chargingProfileId: 4, stackLevel: 1 }, 2),
  ]);

  test.each([
    ['no field: everything', {}, []],
    ['errata 3.26: id alone counts', { id: 3, connectorId: 2, stackLevel: 7 }, [1, 2, 4]],
    ['errata 3.25: all that agree with every field', { connectorId: 1, stackLevel: 1 }, [1, 2, 4]],
    ['purpose', { chargingProfilePurpose: 'TxDefaultProfile' }, [1]],
    ['connector 0: what was set there', { connectorId: 0 }, [3, 4]],
    ['level', { stackLevel: 1 }, [1, 2]],
  ])('%s', (_, payload, left) => {
    const outcome = clearProfiles(station, store, payload);
    expect(outcome.kind === 'cleared' && ids(outcome.store)).toEqual(left);
  });

  test.each([
    ['an id that is not there', { id: 77 }],
    ['a connector’s inherited default', { connectorId: 1, stackLevel: 0 }],
    ['a connector that does not exist', { connectorId: 9 }],
  ])('Unknown: %s', (_, payload) => {
    expect(clearProfiles(station, store, payload)).toEqual({ kind: 'unknown' });
  });

  test('malformed: CALLERROR', () => {
    expect(clearProfiles(station, store, { chargingProfilePurpose: 'Fun' })).toMatchObject({
      kind: 'refused',
      code: 'PropertyConstraintViolation',
    });
  });

  test('no field: TxProfiles of running transactions too', () => {
    const charging = installed([request({ chargingProfilePurpose: 'TxProfile' })], station, running(7));
    const outcome = clearProfiles(station, charging, {});
    expect(outcome).toMatchObject({ kind: 'cleared', store: { profiles: [], transactions: [{ transactionId: 7 }] } });
  });
});

describe('transactions', () => {
  const remote = { ...profile, chargingProfilePurpose: 'TxProfile' };
  const start = (carried: unknown, at = station) =>
    startTransaction(at, emptyStore, { connectorId: 1, transactionId: 7, startedAtS: nowS }, carried);

  test('errata 3.41: the TxProfile of a RemoteStartTransaction is stored with its transaction', () => {
    expect(start(remote).profiles).toEqual([{ connectorId: 1, receivedAtS: nowS, profile: remote }]);
  });

  test.each([
    ['another purpose', profile],
    ['a malformed profile', { ...remote, chargingProfileKind: 'Sometimes' }],
    ['the id of another transaction', { ...remote, transactionId: 8 }],
  ])('§5.11: the transaction starts without %s', (_, carried) => {
    expect(start(carried)).toEqual({
      profiles: [],
      transactions: [{ connectorId: 1, transactionId: 7, startedAtS: nowS }],
    });
  });

  test('§5.11, note: without smart charging the profile is ignored', () => {
    expect(start(remote, { ...station, hasSmartCharging: false }).profiles).toEqual([]);
  });

  test('§3.12.1: TxProfiles end with their transaction, those of other connectors stay', () => {
    const both = startTransaction(station, running(7), { connectorId: 2, transactionId: 8, startedAtS: nowS });
    const tx = { chargingProfilePurpose: 'TxProfile' };
    const store = installed(
      [request(tx), request({ ...tx, chargingProfileId: 2 }, 2), request({ chargingProfileId: 3 })],
      station,
      both,
    );
    const after = stopTransaction(store, 1);
    expect(ids(after)).toEqual([2, 3]);
    expect(after.transactions).toMatchObject([{ transactionId: 8 }]);
  });

  test('a transaction that starts where one still ran ends that one', () => {
    const store = installed([request({ chargingProfilePurpose: 'TxProfile' })], station, running(7));
    const next = startTransaction(station, store, { connectorId: 1, transactionId: 9, startedAtS: nowS + 60 });
    expect(next).toEqual({ profiles: [], transactions: [{ connectorId: 1, transactionId: 9, startedAtS: nowS + 60 }] });
  });
});
