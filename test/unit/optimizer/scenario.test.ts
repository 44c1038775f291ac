import { expect, test } from 'vitest';
import { readScenario } from '../../../optimizer/scenario.ts';
import { ScenarioError } from '../../../optimizer/scenario-form.ts';
import { isoTime } from '../../../optimizer/time.ts';

const nowS = 1_772_431_200;
const at = (minutes: number) => isoTime(nowS + minutes * 60);
const site = { tree: [{ id: 'main', maxCurrentA: 40 }], connectors: [{ chargePoint: 'cp-1' }] };

function violationsOf(value: unknown): readonly string[] {
  try {
    readScenario(value, nowS);
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return thrown.violations;
    throw thrown;
  }
  return [];
}

test('every key that is not given has its default', () => {
  const { site: read, sessions, ...rest } = readScenario({ site, sessions: [{ chargePoint: 'cp-1' }] }, nowS);
  expect(read).toMatchObject({ id: 'site', timezone: 'UTC', nominalVoltageV: 230, horizonHours: 24, slotMinutes: 15 });
  expect(read.tree).toEqual([{ id: 'main', maxCurrentA: [40, 40, 40], headroomPct: 0 }]);
  expect(read.connectors[0]).toEqual({
    chargePoint: 'cp-1',
    connector: 1,
    parent: 'main',
    phases: ['L1', 'L2', 'L3'],
    minCurrentA: 6,
    maxCurrentA: 32,
    priority: 1,
  });
  expect(read.objective).toMatchObject({ unmetPerKwh: 3, peakPolicy: 'neverShort', urgencyPerKwhHour: 0.04 });
  expect(read.engine).toEqual({ kind: 'auto', timeLimitMs: 3000, mipGap: 0.003, commitSlots: 4 });
  expect(sessions[0]).toEqual({
    chargePoint: 'cp-1',
    connector: 1,
    sinceS: nowS,
    arrivalS: nowS,
    departureS: nowS + 8 * 3600,
    energyKwh: 20,
    energyServedKwh: 0,
    maxCurrentA: 16,
    phases: 3,
    priority: 1,
  });
  expect(rest).toEqual({ nowS, profiles: [], prices: [], load: [], pv: [], external: [], co2: [] });
});

test('a site is read with the keys of its file, nested or not', () => {
  const general = { id: 'north', timezone: 'Europe/Amsterdam', horizonHours: 36, slotMinutes: 30 };
  expect(readScenario({ site: { ...site, site: general } }, nowS).site).toMatchObject(general);
  expect(readScenario({ site: { ...site, ...general } }, nowS).site).toMatchObject(general);
});

test('the lease, the calendar and the transaction are read', () => {
  const output = { leaseS: 900 };
  const calendar = { pauses: [{ from: '17:00', to: '21:00' }] };
  const sessions = [{ chargePoint: 'cp-1', transactionId: 4711 }];
  const read = readScenario({ site: { ...site, output, calendar }, sessions }, nowS);
  expect(read.site.output.leaseS).toBe(900);
  expect(read.site.calendar).toEqual({ pauses: [{ fromMinute: 1020, toMinute: 1260 }] });
  expect(read.sessions[0]?.transactionId).toBe(4711);
  expect(readScenario({ site }, nowS).site.calendar).toBeUndefined();
});

test('steps are put in order of time', () => {
  const prices = [
    { from: at(60), perKwh: 2 },
    { from: at(0), perKwh: 1 },
  ];
  expect(readScenario({ site, prices }, nowS).prices.map(({ perKwh }) => perKwh)).toEqual([1, 2]);
});

test('every mistake is named at once, with field, expectation and value', () => {
  const wrong = {
    site: { ...site, nominalVoltageV: 0, slotMinutes: 7, engine: { kind: 'magic' } },
    sessions: [{ chargePoint: 'cp-1', energyKwh: -1, departure: 'tomorrow' }],
    prices: [{ from: at(0), perKwh: Number.NaN }, { from: at(15) }],
    load: [{ from: at(0), currentA: [1, 2] }],
  };
  expect(violationsOf(wrong)).toEqual([
    'site.nominalVoltageV: expected more than 0, found 0',
    'site.slotMinutes: expected 5, 15, 30 or 60 minutes, found 7',
    'site.engine.kind: expected one of auto, highs, javascript-lp-solver, greedy, share, found "magic"',
    'sessions[0].departure: expected a time such as 2024-03-01T09:15:00Z, found "tomorrow"',
    'sessions[0].energyKwh: expected 0 or more, found -1',
    'prices[0].perKwh: expected a finite number, found NaN',
    'prices[1].perKwh is missing',
    'load[0].currentA: expected one number, or three, found 2',
  ]);
});

test('a key that nobody reads is refused, with the one that was meant', () => {
  const wrong = {
    site: {
      ...site,
      tree: [{ id: 'main', maxCurentA: 3, maxCurrentA: 40 }],
      objective: { unmetPerKWh: 4 },
      tarif: {},
      limits: { external: {} },
      reoptimize: {},
    },
    sesions: [],
    prices: [{ from: at(0), perKwh: 1, colour: 'red' }],
  };
  expect(violationsOf(wrong)).toEqual([
    'sesions: unknown key; did you mean "sessions"?',
    'site.tarif: unknown key; did you mean "tariff"?',
    'site.tree[0].maxCurentA: unknown key; did you mean "maxCurrentA"?',
    'site.objective.unmetPerKWh: unknown key; did you mean "unmetPerKwh"?',
    'prices[0].colour: unknown key; the keys here are from, perKwh',
  ]);
});

test('a limit on the unbalance of phases is read, and null is none', () => {
  const unbalance = (maxPhaseUnbalanceA: number | null) =>
    readScenario({ site: { ...site, objective: { maxPhaseUnbalanceA } } }, nowS).site.objective;
  expect(unbalance(20).maxPhaseUnbalanceA).toBe(20);
  expect(unbalance(null)).not.toHaveProperty('maxPhaseUnbalanceA');
});

test('two connectors on a node that does not exist are two mistakes', () => {
  const connectors = [
    { chargePoint: 'a', parent: 'row-x' },
    { chargePoint: 'b', parent: 'row-x' },
  ];
  expect(violationsOf({ site: { ...site, connectors } })).toEqual([
    'site.connectors[0].parent: expected a node of the tree (main), found "row-x"',
    'site.connectors[1].parent: expected a node of the tree (main), found "row-x"',
  ]);
});

test('a tree has no unknown parent, no circle and no id twice', () => {
  const tree = [
    { id: 'a', parent: 'b', maxCurrentA: 1 },
    { id: 'b', parent: 'a', maxCurrentA: 1 },
    { id: 'b', parent: 'a', maxCurrentA: 1 },
    { id: 'c', parent: 'd', maxCurrentA: 1 },
  ];
  expect(violationsOf({ site: { tree } })).toEqual([
    'site.tree[0].parent: expected a node that is not below "a", found "b"',
    'site.tree[1].parent: expected a node that is not below "b", found "a"',
    'site.tree[2].id: expected an id of its own, found "b" again',
    'site.tree[3].parent: expected a node of the tree (a, b, b, c), found "d"',
  ]);
});

test('a session names a connector of the site', () => {
  expect(violationsOf({ site, sessions: [{ chargePoint: 'cp-1', connector: 2 }] })).toEqual([
    'sessions[0]: expected a connector of site.connectors, found connector 2 of "cp-1"',
  ]);
});

test('what is no object at all is one mistake', () => {
  for (const value of [null, 7, [], 'plan']) expect(violationsOf(value).length).toBe(1);
});
