import fc from 'fast-check';
import type { ChargingProfile, ChargingSchedulePeriod } from '../../../optimizer/charging-profile.ts';
import type { CompositeQuery } from '../../../optimizer/composite.ts';
import type { ProfileStore, RunningTransaction } from '../../../optimizer/profile-store.ts';
import { setProfile } from '../../../optimizer/profiles.ts';
import { constantLimit, type LocalLimit, type Station } from '../../../optimizer/station.ts';
import { isoTime } from '../../../optimizer/time.ts';
import type { Scene } from '../../support/composite-oracle.ts';

/** What is sent to a station, in order, and what is then asked. All borders lie close around the asked window. */
export type RandomStack = {
  readonly station: Station;
  readonly transactions: readonly RunningTransaction[];
  readonly sent: readonly Sent[];
  readonly query: CompositeQuery;
};

export type Sent = { readonly connectorId: number; readonly profile: ChargingProfile };

const noonS = Date.UTC(2024, 2, 5, 12) / 1000;
const receivedAtS = noonS - 40;
const dayS = 86_400;

const near = fc.integer({ min: -150, max: 250 }).map((offsetS) => noonS + offsetS);
const unit = fc.constantFrom('A' as const, 'W' as const);
const tenths = (most: number) => fc.integer({ min: 0, max: most * 10 }).map((value) => value / 10);
const limitIn = { A: tenths(40), W: tenths(30_000) } as const;
const numberPhases = fc.constantFrom(undefined, undefined, 1, 2, 3);

/** Seconds from the start of the schedule to its periods; some periods lie just before the end of a day. */
const startPeriods = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 4 }), fc.boolean())
  .map(([gapsS, isLate]) => {
    const startsS = [0];
    for (const gapS of gapsS) startsS.push((startsS.at(-1) ?? 0) + gapS);
    return isLate ? [...startsS, dayS - 30] : startsS;
  });

const periodsIn = (rateUnit: 'A' | 'W'): fc.Arbitrary<ChargingSchedulePeriod[]> =>
  startPeriods.chain((startsS) => fc.tuple(...startsS.map((startPeriod) => periodIn(rateUnit, startPeriod))));

const periodIn = (rateUnit: 'A' | 'W', startPeriod: number): fc.Arbitrary<ChargingSchedulePeriod> =>
  fc.tuple(limitIn[rateUnit], numberPhases).map(([limit, phases]) => ({
    startPeriod,
    limit,
    ...(phases === undefined ? {} : { numberPhases: phases }),
  }));

const duration = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: dayS - 40, max: dayS + 40 }),
  fc.constant(1_000_000),
);

const schedule = unit.chain((chargingRateUnit) =>
  fc.record({
    chargingRateUnit: fc.constant(chargingRateUnit),
    chargingSchedulePeriod: periodsIn(chargingRateUnit),
    duration,
    minChargingRate: fc.constantFrom(undefined, 6),
  }),
);

const kind = fc.constantFrom(
  { chargingProfileKind: 'Absolute' },
  { chargingProfileKind: 'Relative' },
  { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' },
  { chargingProfileKind: 'Recurring', recurrencyKind: 'Weekly' },
) as fc.Arbitrary<Pick<ChargingProfile, 'chargingProfileKind' | 'recurrencyKind'>>;

/** For recurring schedules some anchors lie whole days, weeks or years away, before and after. */
const daysAway = fc.constantFrom(0, 0, -1, 1, -7, 7, -4018, 364);

const validity = fc.oneof(
  fc.constant({}),
  near.map((fromS) => ({ validFrom: isoTime(fromS) })),
  near.map((toS) => ({ validTo: isoTime(toS) })),
  fc.tuple(near, fc.integer({ min: 1, max: 200 })).map(([fromS, lengthS]) => {
    return { validFrom: isoTime(fromS), validTo: isoTime(fromS + lengthS) };
  }),
);

const content: fc.Arbitrary<Omit<ChargingProfile, 'chargingProfileId' | 'chargingProfilePurpose'>> = fc
  .tuple(kind, schedule, near, daysAway, fc.boolean(), validity, fc.integer({ min: 0, max: 5 }))
  .map(([kind, { duration, ...schedule }, startS, days, hasStart, validity, stackLevel]) => {
    const isRecurring = kind.chargingProfileKind === 'Recurring';
    const startSchedule = isoTime(startS + (isRecurring ? days * dayS : 0));
    return {
      stackLevel,
      ...kind,
      ...validity,
      chargingSchedule: {
        ...(duration === undefined ? {} : { duration }),
        ...(isRecurring || hasStart ? { startSchedule } : {}),
        ...schedule,
      },
    };
  });

function sentTo(connectors: number): fc.Arbitrary<Sent[]> {
  const place = fc.integer({ min: 0, max: connectors }).chain((connectorId) =>
    fc.record({
      connectorId: fc.constant(connectorId),
      purpose: fc.constantFrom(
        'TxDefaultProfile' as const,
        connectorId === 0 ? ('ChargePointMaxProfile' as const) : ('TxProfile' as const),
      ),
    }),
  );
  const one = fc.tuple(place, content, fc.boolean());
  return fc.array(one, { maxLength: 8 }).map((all) =>
    all.map(([{ connectorId, purpose }, content, hasId], index) => ({
      connectorId,
      profile: {
        chargingProfileId: index + 1,
        chargingProfilePurpose: purpose,
        ...(purpose === 'TxProfile' && hasId ? { transactionId: 100 + connectorId } : {}),
        ...content,
      },
    })),
  );
}

const localLimit: fc.Arbitrary<LocalLimit> = fc.oneof(
  fc.tuple(fc.constantFrom(16, 32, 48), numberPhases).map(([limit, phases]) => constantLimit('A', limit, phases)),
  fc.constant(constantLimit('W', 33_120)),
  fc.record({ unit, startS: near }).chain(({ unit: chargingRateUnit, startS }) =>
    periodsIn(chargingRateUnit).map((chargingSchedulePeriod) => ({
      startS,
      chargingRateUnit,
      chargingSchedulePeriod,
    })),
  ),
);

const station: fc.Arbitrary<Station> = fc
  .tuple(fc.array(localLimit, { minLength: 1, maxLength: 3 }), fc.constantFrom(110, 120, 127.5, 230, 231.7, 400))
  .map(([localLimits, nominalVoltageV]) => ({
    localLimits,
    nominalVoltageV,
    hasSmartCharging: true,
    allowedUnits: ['A', 'W'],
  }));

const durationS = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 160 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 2999 }) },
);

/** A random station with one to three connectors, up to eight profiles, and a question about it. */
export const randomStack: fc.Arbitrary<RandomStack> = station.chain((station) => {
  const connectors = station.localLimits.length;
  const transaction = fc.option(fc.tuple(fc.integer({ min: -300, max: -20 }), fc.boolean()), { nil: undefined });
  return fc.record({
    station: fc.constant(station),
    transactions: fc
      .tuple(...station.localLimits.map(() => transaction))
      .map((all) => all.flatMap((one, index) => (one === undefined ? [] : [runningOn(index + 1, one[0], one[1])]))),
    sent: sentTo(connectors),
    query: fc.record({
      connectorId: fc.integer({ min: 0, max: connectors }),
      startS: fc.integer({ min: -20, max: 60 }).map((offsetS) => noonS + offsetS),
      durationS,
      unit,
    }),
  });
});

function runningOn(connectorId: number, offsetS: number, hasId: boolean): RunningTransaction {
  return { connectorId, startedAtS: noonS + offsetS, ...(hasId ? { transactionId: 100 + connectorId } : {}) };
}

/** What lies in the station after everything was sent; TxProfiles without their transaction are refused on the way. */
export function storeOf({ station, transactions, sent }: Omit<RandomStack, 'query'>): ProfileStore {
  let store: ProfileStore = { profiles: [], transactions };
  for (const { connectorId, profile } of sent) {
    const outcome = setProfile(station, store, { connectorId, csChargingProfiles: profile }, receivedAtS);
    if (outcome.kind === 'accepted') ({ store } = outcome);
  }
  return store;
}

/** The same, as the oracle sees it. */
export function sceneOf(station: Station, store: ProfileStore): Scene {
  const { localLimits: locals, nominalVoltageV: voltage } = station;
  return { voltage, locals, installed: store.profiles, transactions: store.transactions };
}
