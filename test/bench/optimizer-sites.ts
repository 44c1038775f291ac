import type { PerPhase, PhaseName, Scenario, Session, Site } from '../../optimizer/site.ts';

/** What a bench site is like. `hard`: half of the site's fuse, and everybody there all day. */
export type SiteKind = {
  readonly cars: number;
  readonly isHard?: boolean;
  readonly seed?: number;
  readonly maxPeriods?: number;
};

/** 2026-03-02T00:00:00Z. */
export const midnightS = 1_772_409_600;
const slotS = 900;
export const daySlots = 96;

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
];

/** A depot in rows of ten, cars of one and three phases, quarter-hour prices, PV, load and a demand charge: 24 hours. */
export function siteScenario({ cars, isHard = false, seed = 1, maxPeriods = 96 }: SiteKind): Scenario {
  const random = randomFrom(seed);
  const site = siteOf(cars, isHard ? 0.5 : 0.8, maxPeriods);
  const at = (slot: number) => midnightS + slot * slotS;
  return {
    site,
    nowS: midnightS,
    sessions: site.connectors.map((connector) => sessionOf(random, connector, isHard)),
    profiles: [],
    prices: Array.from({ length: daySlots }, (_, slot) => ({
      fromS: at(slot),
      perKwh: priceAt(slot) + 0.02 * random(),
    })),
    load: [{ fromS: midnightS, currentA: [cars * 0.5, cars * 0.4, cars * 0.6] }],
    pv: Array.from({ length: daySlots }, (_, slot) => ({
      fromS: at(slot),
      kw: Math.max(0, Math.sin(((slot - 24) * Math.PI) / 48)) * cars * 0.5,
    })),
    external: [],
    co2: [],
  };
}

/** Cheap at night and at noon, dear in the evening. */
export function priceAt(slot: number): number {
  return 0.25 + 0.08 * Math.sin(((slot - 20) * Math.PI) / 24) + 0.05 * Math.sin(((slot - 60) * Math.PI) / 48);
}

export function siteOf(cars: number, share: number, maxPeriods: number): Site {
  const rows = Math.ceil(cars / 10);
  const threeOf = (value: number): PerPhase<number> => [value, value, value];
  return {
    id: 'bench',
    timezone: 'UTC',
    nominalVoltageV: 230,
    horizonHours: 24,
    slotMinutes: 15,
    tree: [
      { id: 'main', maxCurrentA: threeOf(100 * rows * share), headroomPct: 0 },
      ...Array.from({ length: rows }, (_, row) => ({
        id: `row-${row}`,
        parent: 'main',
        maxCurrentA: threeOf(100),
        headroomPct: 0,
      })),
    ],
    connectors: Array.from({ length: cars }, (_, index) => ({
      chargePoint: `cp-${index}`,
      connector: 1,
      parent: `row-${Math.floor(index / 10)}`,
      phases: rotations[index % 3] ?? ['L1'],
      minCurrentA: 6,
      maxCurrentA: 32,
      priority: 1,
    })),
    importTariff: { kind: 'none' },
    feedInPerKwh: 0.08,
    demandCharge: { perKwMonth: 12, billedPeakKw: 2 * cars },
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
    engine: { kind: 'auto', timeLimitMs: 60_000, mipGap: 0.003, commitSlots: 4 },
    output: { unit: 'A', maxPeriods, stackLevel: 5, offlineSafeProfile: true },
  };
}

function sessionOf(random: () => number, connector: Site['connectors'][number], isHard: boolean): Session {
  const arrivalSlot = isHard || random() < 0.6 ? 0 : Math.floor(60 * random());
  const stay = 12 + Math.floor(50 * random());
  const departureSlot = isHard ? daySlots : Math.min(daySlots, arrivalSlot + stay);
  const phases = random() < 0.35 ? 1 : 3;
  const maxCurrentA = phases === 1 ? 32 : random() < 0.6 ? 16 : 32;
  const mostKwh = (departureSlot - arrivalSlot) * maxCurrentA * phases * 0.0575;
  const arrivalS = midnightS + arrivalSlot * slotS;
  return {
    chargePoint: connector.chargePoint,
    connector: connector.connector,
    sinceS: arrivalS,
    arrivalS,
    departureS: midnightS + departureSlot * slotS,
    energyKwh: Math.min((isHard ? 25 : 6) + (isHard ? 35 : 24) * random(), 0.7 * mostKwh),
    energyServedKwh: 0,
    maxCurrentA,
    phases,
    priority: 1,
  };
}
