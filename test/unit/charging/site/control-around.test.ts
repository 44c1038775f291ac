import { expect, test } from 'vitest';
import { planWith } from '../../../../optimizer/plan.ts';
import { readScenario } from '../../../../optimizer/scenario.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import { planAround } from '../../../../src/charging/site/around.ts';
import { Obedience } from '../../../../src/charging/site/obedience.ts';

const nowS = Date.parse('2026-03-01T12:00:00Z') / 1000;

function scenario(external: readonly Readonly<Record<string, unknown>>[] = []) {
  const connectors = ['CP-A', 'CP-B', 'CP-C'].map((chargePoint) => ({ chargePoint, parent: 'row', maxCurrentA: 32 }));
  const site = {
    horizonHours: 2,
    tree: [
      { id: 'main', maxCurrentA: 60, headroomPct: 10, contractKw: 30 },
      { id: 'row', parent: 'main', maxCurrentA: 50 },
      { id: 'other', parent: 'main', maxCurrentA: 40 },
    ],
    connectors: [{ ...connectors[0], phases: ['L2'] }, connectors[1], { ...connectors[2], parent: 'other' }],
    engine: { kind: 'share' },
    objective: { peakPolicy: 'hard' },
  };
  const sessions = ['CP-A', 'CP-B', 'CP-C'].map((chargePoint) => ({ chargePoint, energyKwh: 50, maxCurrentA: 32 }));
  return readScenario({ site, sessions, external }, nowS);
}

test('what a connector may draw is taken off every limit above it, on its own phases', () => {
  const given = scenario([{ from: '2026-03-01T12:00:00Z', currentA: 40, kw: 20 }]);
  const [first] = given.site.connectors;
  if (first === undefined) throw new Error('no connector');
  const around = planAround(given, [{ connector: first, currentA: 18 }]);
  expect(around.site.tree).toMatchObject([
    // headroom is taken off what is left
    { id: 'main', maxCurrentA: [60, 40, 60], contractKw: 30 - 4.14 },
    { id: 'row', maxCurrentA: [50, 32, 50] },
    { id: 'other', maxCurrentA: [40, 40, 40] },
  ]);
  expect(around.external).toEqual([{ fromS: nowS, currentA: [40, 22, 40], kw: 20 - 4.14 }]);
  expect(around.sessions.map(({ chargePoint }) => chargePoint)).toEqual(['CP-B', 'CP-C']);
});

test('a plan and what it goes around fit the site together', () => {
  const given = scenario();
  for (const connector of given.site.connectors) {
    const { chargePoint } = connector;
    for (const currentA of [0, 6, 20, 32, 50]) {
      const around = planAround(given, [{ connector, currentA }]);
      const { connectors } = planWith(enginesWithoutWasm, around);
      const drawn = (of: readonly string[], phase: 'L1' | 'L2') =>
        connectors
          .filter((one) => of.includes(one.chargePoint) && one.phases.includes(phase))
          .reduce((sum, one) => sum + (one.currentA[0] ?? 0), 0) +
        (of.includes(chargePoint) && connector.phases.includes(phase) ? currentA : 0);
      for (const phase of ['L1', 'L2'] as const) {
        expect(drawn(['CP-A', 'CP-B', 'CP-C'], phase)).toBeLessThanOrEqual(Math.max(54, currentA) + 1e-6);
        expect(drawn(['CP-A', 'CP-B'], phase)).toBeLessThanOrEqual(Math.max(50, currentA) + 1e-6);
      }
    }
  }
});

test('a connector disobeys after a minute above 5 % and 1 A, and obeys after a minute within', () => {
  const obedience = new Obedience();
  const look = (measuredA: number, atS: number) => obedience.look('CP-A/1', measuredA, 10, atS);
  expect([look(11.5, 0), look(11.6, 10), look(11.4, 60), look(12, 70), look(14, 100)]).toEqual(Array(5).fill(false));
  expect(obedience.disobeys('CP-A/1')).toBe(false);
  expect(look(14, 130)).toBe(true);
  expect(obedience.disobeys('CP-A/1')).toBe(true);
  expect([look(9, 140), look(14, 150), look(9, 160), look(9, 219)]).toEqual(Array(4).fill(false));
  expect(look(0, 220)).toBe(true);
  expect(obedience.disobeys('CP-A/1')).toBe(false);
});
