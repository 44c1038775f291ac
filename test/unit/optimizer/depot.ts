import type {
  CeilingProfile,
  PerPhase,
  PhaseName,
  Scenario,
  Session,
  Site,
  SiteConnector,
} from '../../../optimizer/site.ts';

/** 2026-03-02T06:00:00Z, a whole quarter of an hour. */
export const morningS = 1_772_431_200;

/** A site of 230 V and quarter hours, without any peculiarity. */
export const plainSite: Site = {
  id: 'depot',
  timezone: 'Europe/Amsterdam',
  nominalVoltageV: 230,
  horizonHours: 6,
  slotMinutes: 15,
  tree: [{ id: 'main', maxCurrentA: [40, 40, 40], headroomPct: 0 }],
  connectors: [],
  importTariff: { kind: 'none' },
  feedInPerKwh: 0,
  demandCharge: { perKwMonth: 0, billedPeakKw: 0 },
  currency: 'EUR',
  pvSurplusOnly: false,
  objective: {
    unmetPerKwh: 3,
    peakPolicy: 'neverShort',
    urgencyPerKwhHour: 0.04,
    fairness: 'none',
    priorityFactor: 2,
    startCost: 0.2,
    smoothingPct: 0.2,
  },
  engine: { kind: 'auto', timeLimitMs: 3000, mipGap: 0.003, commitSlots: 4 },
  output: { unit: 'A', maxPeriods: 24, stackLevel: 5, offlineSafeProfile: true },
};

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const rotations: readonly (readonly PhaseName[])[] = [
  ['L1', 'L2', 'L3'],
  ['L2', 'L3', 'L1'],
  ['L3', 'L1', 'L2'],
  ['L2'],
];

/** A depot of many kinds of cars under a tree of two rows, with load, PV, outer limits and profiles of the CSMS. */
export function randomScenario(seed: number, size: number): Scenario {
  const random = randomFrom(seed);
  const nowS = morningS + Math.floor(random() * 900);
  const connectors = Array.from({ length: size }, (_, index) => randomConnector(random, index));
  const slots = 24;
  const at = (slot: number) => morningS + slot * 900;
  const tight = 0.3 + random();
  return {
    site: {
      ...plainSite,
      tree: [
        { id: 'main', maxCurrentA: scaled([8 * size, 9 * size, 8 * size], tight), headroomPct: random() < 0.5 ? 0 : 7 },
        { id: 'row-0', parent: 'main', maxCurrentA: scaled([60, 60, 63], tight), headroomPct: 0 },
        { id: 'row-1', parent: 'main', maxCurrentA: scaled([80, 50, 63], tight), headroomPct: 0, contractKw: 20 },
      ],
      connectors,
      demandCharge: { perKwMonth: random() < 0.5 ? 0 : 5, billedPeakKw: 4 },
      feedInPerKwh: 0.05,
      pvSurplusOnly: random() < 0.1,
      objective: { ...plainSite.objective, peakPolicy: random() < 0.3 ? 'hard' : 'neverShort' },
      output: { ...plainSite.output, maxPeriods: random() < 0.5 ? 6 : 24 },
    },
    nowS,
    sessions: connectors.map((connector) => randomSession(random, connector, at)),
    profiles: connectors.flatMap((connector) => randomProfiles(random, connector, at)),
    prices: Array.from({ length: slots }, (_, slot) => ({ fromS: at(slot), perKwh: 0.1 + 0.3 * random() })),
    load:
      random() < 0.5 ? [] : [0, 5.5, 13].map((slot) => ({ fromS: at(slot), currentA: threeOf(() => 20 * random()) })),
    pv: random() < 0.5 ? [] : [3, 10.2, 17].map((slot) => ({ fromS: at(slot), kw: 30 * random() })),
    external:
      random() < 0.6 ? [] : [{ fromS: at(6.3), kw: 15 }, { fromS: at(9), currentA: [16, 20, 16] }, { fromS: at(12) }],
    co2: [],
  };
}

function randomConnector(random: () => number, index: number): SiteConnector {
  return {
    chargePoint: `cp-${Math.floor(index / 2)}`,
    connector: (index % 2) + 1,
    parent: `row-${index % 2}`,
    phases: rotations[Math.floor(random() * rotations.length)] ?? ['L1'],
    minCurrentA: 6,
    maxCurrentA: random() < 0.5 ? 16 : 32,
    priority: 1,
    ...(random() < 0.3 ? { unit: 'W' as const } : {}),
    ...(random() < 0.2 ? { maxPeriods: 3 } : {}),
  };
}

function randomSession(
  random: () => number,
  { chargePoint, connector }: SiteConnector,
  at: (slot: number) => number,
): Session {
  const isThere = random() < 0.7;
  const arrivalS = Math.floor(isThere ? at(-4) : at(8 * random()));
  const phases = random() < 0.5 ? 3 : random() < 0.5 ? 1 : 2;
  return {
    chargePoint,
    connector,
    sinceS: arrivalS,
    arrivalS,
    departureS: Math.floor(at(8 + 20 * random())),
    energyKwh: 1 + 20 * random(),
    energyServedKwh: 0,
    maxCurrentA: random() < 0.5 ? 32 : 13.3,
    phases,
    priority: random() < 0.2 ? 2 : 1,
  };
}

function randomProfiles(
  random: () => number,
  { chargePoint, connector }: SiteConnector,
  at: (slot: number) => number,
): readonly CeilingProfile[] {
  const given: CeilingProfile[] = [];
  const schedule = (fromS: number, limits: readonly number[], unit: 'A' | 'W') => ({
    startSchedule: new Date(Math.floor(fromS) * 1000).toISOString(),
    chargingRateUnit: unit,
    chargingSchedulePeriod: limits.map((limit, index) => ({
      startPeriod: index * 2000,
      limit: Math.round(limit * 10) / 10,
    })),
  });
  const profile = (
    id: number,
    on: number,
    purpose: CeilingProfile['profile']['chargingProfilePurpose'],
    body: ReturnType<typeof schedule>,
  ) =>
    given.push({
      chargePoint,
      connectorId: on,
      receivedAtS: at(-2) + id,
      profile: {
        chargingProfileId: id,
        stackLevel: 1,
        chargingProfilePurpose: purpose,
        chargingProfileKind: 'Absolute',
        chargingSchedule: body,
      },
    });
  if (random() < 0.2) profile(10 + connector, connector, 'TxProfile', schedule(at(-1), [16, 8, 20 * random()], 'A'));
  if (random() < 0.2)
    profile(20 + connector, connector, 'TxDefaultProfile', schedule(at(2), [5000, 9000 * random(), 3000], 'W'));
  if (connector === 1 && random() < 0.2)
    profile(30, 0, 'ChargePointMaxProfile', schedule(at(1), [20, 12.5], random() < 0.5 ? 'A' : 'W'));
  return given;
}

function scaled([a, b, c]: PerPhase<number>, by: number): PerPhase<number> {
  return [a * by, b * by, c * by];
}

function threeOf(make: () => number): PerPhase<number> {
  return [make(), make(), make()];
}
