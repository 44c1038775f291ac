import { expect, test } from 'vitest';
import { problemOf } from '../../../optimizer/pose.ts';
import { programOf } from '../../../optimizer/program.ts';
import type { CeilingProfile, Scenario, Session, SiteConnector } from '../../../optimizer/site.ts';
import { morningS, plainSite, randomScenario } from './depot.ts';

const box: SiteConnector = {
  chargePoint: 'cp-1',
  connector: 1,
  parent: 'main',
  phases: ['L1', 'L2', 'L3'],
  minCurrentA: 6,
  maxCurrentA: 32,
  priority: 1,
};

const car: Session = {
  chargePoint: 'cp-1',
  connector: 1,
  sinceS: morningS - 3600,
  arrivalS: morningS - 3600,
  departureS: morningS + 4 * 3600,
  energyKwh: 20,
  energyServedKwh: 0,
  maxCurrentA: 16,
  phases: 3,
  priority: 1,
};

function scenarioWith(changes: Partial<Scenario>): Scenario {
  const site = { ...plainSite, connectors: [box] };
  const empty = { profiles: [], prices: [], load: [], pv: [], external: [], co2: [] };
  return { site, nowS: morningS, sessions: [car], ...empty, ...changes };
}

function ceiling(
  profile: Partial<CeilingProfile['profile']>,
  limit: number,
  unit: 'A' | 'W',
  connectorId = 1,
): CeilingProfile {
  return {
    chargePoint: 'cp-1',
    connectorId,
    receivedAtS: morningS - 1800,
    profile: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      ...profile,
      chargingSchedule: { chargingRateUnit: unit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    },
  };
}

test('every row is at most a number that is not negative, so that charging nothing is feasible', () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const { program } = programOf(problemOf(randomScenario(seed, 8)));
    expect(Math.min(0, ...program.rowUpper, ...program.upper)).toBe(0);
    expect(program.starts.at(-1)).toBe(program.rowIndices.length);
  }
});

test('columns exist only where a car is present and may draw', () => {
  const scenario = scenarioWith({ sessions: [{ ...car, arrivalS: morningS + 1000, departureS: morningS + 5000 }] });
  const { layout, program } = programOf(problemOf(scenario));
  expect(Array.from(layout.openSlots[0] ?? [])).toEqual([2, 3, 4]);
  expect(program.costs.length).toBe(3);
});

test('a one-phase car draws from the site phase that the first pin of its box is wired to', () => {
  const site = { ...plainSite, connectors: [{ ...box, phases: ['L2', 'L3', 'L1'] as const }] };
  const single = problemOf(scenarioWith({ site, sessions: [{ ...car, phases: 1 }] }));
  expect(single.cars[0]?.phases).toEqual([1]);
  expect(problemOf(scenarioWith({ site, sessions: [{ ...car, phases: 2 }] })).cars[0]?.phases).toEqual([1, 2]);
});

test('rows of nodes exist only where the cars below can reach the limit', () => {
  const free = programOf(problemOf(scenarioWith({})));
  expect(free.program.rowUpper.length).toBe(1);
  const load = [{ fromS: morningS, currentA: [30, 0, 0] as const }];
  const tight = programOf(problemOf(scenarioWith({ load })));
  expect(tight.program.rowUpper.length).toBe(1 + 16);
  expect(tight.program.rowUpper[1]).toBe(10);
});

test('OCPP 1.6 §3.12.1: a ChargePointMaxProfile limits all connectors of a charge point together', () => {
  const site = { ...plainSite, connectors: [box, { ...box, connector: 2 }] };
  const station = ceiling({ chargingProfilePurpose: 'ChargePointMaxProfile' }, 20, 'A', 0);
  const problem = problemOf(scenarioWith({ site, sessions: [car, { ...car, connector: 2 }], profiles: [station] }));
  const node = problem.nodes.find(({ id }) => id === 'cp-1');
  expect(node?.cars).toEqual([0, 1]);
  expect(node?.roomA[0][0]).toBe(20);
  expect(problem.cars.map(({ capA }) => capA[0])).toEqual([16, 16]);
});

test('a station limit in watts limits all phases together', () => {
  const station = ceiling({ chargingProfilePurpose: 'ChargePointMaxProfile' }, 4600, 'W', 0);
  const problem = problemOf(scenarioWith({ profiles: [station] }));
  expect(problem.nodes.find(({ id }) => id === 'cp-1')?.totalRoomA?.[0]).toBe(20);
});

test('OCPP 1.6 §3.12.1: a TxProfile of the CSMS rules over its TxDefaultProfile as the ceiling of a car', () => {
  const txDefault = ceiling({}, 10, 'A', 0);
  expect(problemOf(scenarioWith({ profiles: [txDefault] })).cars[0]?.capA[0]).toBe(10);
  const tx = ceiling({ chargingProfilePurpose: 'TxProfile', chargingProfileId: 2, transactionId: 77 }, 13.4, 'A');
  expect(problemOf(scenarioWith({ profiles: [txDefault, tx] })).cars[0]?.capA[0]).toBe(13.4);
});

test('IEC 61851: a slot in which a car cannot have 6 A even alone is closed', () => {
  const load = [
    { fromS: morningS, currentA: [0, 35, 0] as const },
    { fromS: morningS + 900, currentA: [0, 34, 0] as const },
  ];
  expect(Array.from(problemOf(scenarioWith({ load })).cars[0]?.capA.slice(0, 2) ?? [])).toEqual([0, 16]);
  const [threePhases] = problemOf(scenarioWith({ profiles: [ceiling({}, 3680, 'W')] })).cars;
  expect([threePhases?.profileCapA[0], threePhases?.capA[0]]).toEqual([5.3, 0]);
});

test('a ceiling in watts is divided by the phases that the car uses', () => {
  const profiles = [ceiling({}, 3680, 'W')];
  expect(problemOf(scenarioWith({ profiles, sessions: [{ ...car, phases: 2 }] })).cars[0]?.capA[0]).toBe(8);
  expect(problemOf(scenarioWith({ profiles, sessions: [{ ...car, phases: 1 }] })).cars[0]?.capA[0]).toBe(16);
});

test('OCPP 1.6 §3.12.1: the TxProfile of the car that is there does not rule the next one', () => {
  const tx = ceiling({ chargingProfilePurpose: 'TxProfile' }, 8, 'A');
  const next = { ...car, sinceS: morningS + 5 * 3600, arrivalS: morningS + 5 * 3600, departureS: morningS + 6 * 3600 };
  const { cars } = problemOf(scenarioWith({ sessions: [car, next], profiles: [tx] }));
  expect([cars[0]?.capA[0], cars[1]?.capA[20]]).toEqual([8, 16]);
});

test('two cars are never planned on one connector at the same time', () => {
  const late = { ...car, arrivalS: morningS + 3600, departureS: morningS + 5 * 3600 };
  const { cars } = problemOf(scenarioWith({ sessions: [car, late] }));
  expect(cars.map(({ firstSlot, endSlot }) => [firstSlot, endSlot])).toEqual([
    [0, 16],
    [16, 20],
  ]);
});

test('headroom and the largest load of a slot are taken off the limit, a load above it leaves nothing', () => {
  const tree = [{ id: 'main', maxCurrentA: [40, 40, 40] as const, headroomPct: 10 }];
  const load = [
    { fromS: morningS, currentA: [4, 50, 0] as const },
    { fromS: morningS + 600, currentA: [6, 50, 0] as const },
  ];
  const [main] = problemOf(scenarioWith({ site: { ...plainSite, tree, connectors: [box] }, load })).nodes;
  expect(main?.roomA.map((room) => room[0])).toEqual([30, 0, 36]);
});

test('a limit of the DSO holds from its time on, in amperes or kilowatts, until it is released', () => {
  const external = [
    { fromS: morningS + 900, kw: 6.9 },
    { fromS: morningS + 1800, currentA: [10, 11, 12] as const },
    { fromS: morningS + 2700 },
  ];
  const [main] = problemOf(scenarioWith({ external })).nodes;
  expect(Array.from(main?.totalRoomA?.slice(0, 3) ?? [])).toEqual([Infinity, 30, Infinity]);
  expect(Array.from(main?.roomA[1].slice(0, 4) ?? [])).toEqual([40, 40, 11, 40]);
});

test('peakPolicy hard makes the contract a limit', () => {
  const tree = [{ id: 'main', maxCurrentA: [40, 40, 40] as const, headroomPct: 0, contractKw: 4.6 }];
  const site = { ...plainSite, tree, connectors: [box] };
  expect(problemOf(scenarioWith({ site })).nodes[0]?.totalRoomA).toBeUndefined();
  const hard = { ...site, objective: { ...site.objective, peakPolicy: 'hard' as const } };
  expect(problemOf(scenarioWith({ site: hard })).nodes[0]?.totalRoomA?.[0]).toBe(20);
});

test('a slot that is dearer than what a car lacks is worth stays closed, unless the sun pays it', () => {
  const prices = [
    { fromS: morningS, perKwh: 5 },
    { fromS: morningS + 3600, perKwh: 0.2 },
  ];
  const pv = [
    { fromS: morningS, kw: 3 },
    { fromS: morningS + 900, kw: 0 },
  ];
  const { layout } = programOf(problemOf(scenarioWith({ prices, pv })));
  expect(Array.from(layout.openSlots[0]?.slice(0, 3) ?? [])).toEqual([0, 4, 5]);
});

test('feed-in never counts for more than import costs, also below zero', () => {
  const site = { ...plainSite, connectors: [box], feedInPerKwh: 0.08 };
  const prices = [
    { fromS: morningS, perKwh: 0.3 },
    { fromS: morningS + 900, perKwh: -0.1 },
  ];
  const { feedInPerKwh } = problemOf(scenarioWith({ site, prices }));
  expect(Array.from(feedInPerKwh.slice(0, 2))).toEqual([0.08, -0.1]);
});

test('prices override the tariff from their first slot on, and the last one holds', () => {
  const site = { ...plainSite, connectors: [box], importTariff: { kind: 'fixed' as const, perKwh: 0.5 } };
  const prices = [{ fromS: morningS + 1800, perKwh: 0.2 }];
  const { importPerKwh } = problemOf(scenarioWith({ site, prices }));
  expect([importPerKwh[0], importPerKwh[1], importPerKwh[2], importPerKwh.at(-1)]).toEqual([0.5, 0.5, 0.2, 0.2]);
});

test('a tariff keeps its local hours on the day with 25 hours', () => {
  const importTariff = {
    kind: 'tou' as const,
    periods: [{ fromMinute: 420, toMinute: 1380, perKwh: 0.4 }],
    otherwisePerKwh: 0.1,
  };
  // Europe/Amsterdam leaves summer time on 25 October 2026 at 01:00Z
  const nowS = Date.parse('2026-10-24T22:00:00Z') / 1000;
  const site = { ...plainSite, connectors: [box], importTariff, horizonHours: 25 };
  const { importPerKwh } = problemOf(scenarioWith({ site, nowS, sessions: [] }));
  expect(importPerKwh.length).toBe(100);
  expect([importPerKwh.indexOf(0.4), importPerKwh.lastIndexOf(0.4)]).toEqual([32, 95]);
});
