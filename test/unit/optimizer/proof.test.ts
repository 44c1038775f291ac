import { expect, test } from 'vitest';
import { compositeOf } from '../../../optimizer/composite.ts';
import { greedyPlan } from '../../../optimizer/greedy.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import type { Plan } from '../../../optimizer/problem.ts';
import { emptyStore, setProfile, startTransaction } from '../../../optimizer/profiles.ts';
import { checkPlan, type Violation } from '../../../optimizer/proof.ts';
import { repairPlan } from '../../../optimizer/repair.ts';
import { phaseNames, type Scenario } from '../../../optimizer/site.ts';
import { stacksOf } from '../../../optimizer/stacks.ts';
import { constantLimit } from '../../../optimizer/station.ts';
import { morningS, randomFrom, randomScenario } from './depot.ts';

const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

function planned(seed: number): { readonly scenario: Scenario; readonly plan: Plan } {
  const scenario = randomScenario(seed, 5);
  const problem = problemOf(scenario);
  return { scenario, plan: repairPlan(problem, greedyPlan(problem)) };
}

function mutated(plan: Plan, car: number, change: (row: Int32Array) => void): Plan {
  return {
    tenths: plan.tenths.map((row, index) => {
      const copy = row.slice();
      if (index === car) change(copy);
      return copy;
    }),
  };
}

function kinds(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ kind }) => kind);
}

/** Amperes on a phase of the site at a second, by playing the plan; the tree is climbed from each connector. */
function simulate(scenario: Scenario, plan: Plan, atS: number): ReadonlyMap<string, number> {
  const slot = Math.floor((atS - morningS) / 900);
  const used = new Map<string, number>();
  for (const [index, session] of scenario.sessions.entries()) {
    const connector = scenario.site.connectors.find(
      (own) => own.chargePoint === session.chargePoint && own.connector === session.connector,
    );
    const tenths = plan.tenths[index]?.[slot] ?? 0;
    for (const phase of connector?.phases.slice(0, session.phases) ?? []) {
      for (
        let id = connector?.parent;
        id !== undefined;
        id = scenario.site.tree.find((node) => node.id === id)?.parent
      ) {
        used.set(`${id} ${phase}`, (used.get(`${id} ${phase}`) ?? 0) + tenths / 10);
      }
    }
  }
  return used;
}

test('no plan that passes exceeds a fuse in a simulation that shares no code with the checker', () => {
  for (const seed of seeds) {
    const { scenario, plan } = planned(seed);
    const clean = { ...scenario, profiles: [] };
    const problem = problemOf(clean);
    const free = repairPlan(problem, greedyPlan(problem));
    expect(checkPlan(scenario, plan)).toEqual([]);
    expect(checkPlan(clean, free)).toEqual([]);
    for (let atS = morningS; atS < morningS + 6 * 3600; atS += 300) {
      const used = simulate(clean, free, atS);
      for (const { id, maxCurrentA, headroomPct, parent } of scenario.site.tree) {
        for (const [at, phase] of phaseNames.entries()) {
          const loadA =
            parent === undefined ? (clean.load.findLast(({ fromS }) => fromS <= atS)?.currentA[at] ?? 0) : 0;
          const limitA = Math.max(0, (maxCurrentA[at] ?? 0) * (1 - headroomPct / 100) - loadA);
          expect(used.get(`${id} ${phase}`) ?? 0).toBeLessThanOrEqual(limitA + 1e-6);
        }
      }
    }
  }
});

test('no plan that passes exceeds the composite schedule of the CSMS profiles at any period border', () => {
  for (const seed of seeds) {
    const { scenario, plan } = planned(seed);
    for (const [index, session] of scenario.sessions.entries()) {
      const own = scenario.profiles.filter(
        ({ chargePoint, profile }) =>
          chargePoint === session.chargePoint &&
          (session.arrivalS <= scenario.nowS || profile.chargingProfilePurpose !== 'TxProfile'),
      );
      const station = {
        localLimits: [1, 2].map(() => constantLimit('A', 1000)),
        nominalVoltageV: 230,
        hasSmartCharging: true,
        allowedUnits: ['A', 'W'],
      } as const;
      const running = startTransaction(station, emptyStore, {
        connectorId: session.connector,
        startedAtS: session.arrivalS,
      });
      const store = own.reduce((present, { connectorId, profile, receivedAtS }) => {
        const outcome = setProfile(station, present, { connectorId, csChargingProfiles: profile }, receivedAtS);
        return outcome.kind === 'accepted' ? outcome.store : present;
      }, running);
      const query = { connectorId: session.connector, startS: morningS, durationS: 6 * 3600, unit: 'W' } as const;
      for (const { startPeriod, limit } of compositeOf(stacksOf(station, store), query).periods) {
        const slot = Math.floor(startPeriod / 900);
        const wires = scenario.site.connectors[index]?.phases.length ?? 3;
        const watts = ((plan.tenths[index]?.[slot] ?? 0) / 10) * 230 * Math.min(wires, session.phases);
        expect(watts).toBeLessThanOrEqual(limit + 1e-6);
      }
    }
  }
});

test('every current raised above what is left is noticed', () => {
  for (const seed of seeds) {
    const { scenario, plan } = planned(seed);
    const random = randomFrom(seed);
    const car = Math.floor(random() * plan.tenths.length);
    const slot = Math.floor(random() * 24);
    const raised = mutated(plan, car, (row) => {
      row[slot] = 5000;
    });
    expect(checkPlan(scenario, raised)).not.toEqual([]);
  }
});

test('0.1 A more than a full node is a violation of that node, phase and slot', () => {
  const { scenario, plan } = planned(4);
  const single: Scenario = {
    ...scenario,
    profiles: [],
    external: [],
    load: [],
    site: { ...scenario.site, pvSurplusOnly: false },
  };
  const problem = problemOf(single);
  const full = repairPlan(problem, greedyPlan(problem));
  const tightened = {
    ...single,
    site: {
      ...single.site,
      tree: single.site.tree.map((node) => {
        const used = phaseNames.map((phase) => simulate(single, full, morningS).get(`${node.id} ${phase}`) ?? 0);
        const most = Math.max(...used);
        return node.parent === undefined && most > 0
          ? { ...node, headroomPct: 0, maxCurrentA: [most - 0.1, most - 0.1, most - 0.1] as const }
          : node;
      }),
    },
  };
  const found = checkPlan(tightened, full).filter((violation) => violation.kind === 'node');
  expect(found.length).toBeGreaterThan(0);
  expect(plan.tenths.length).toBe(5);
});

test('a current below the minimum is a violation in the committed slots only', () => {
  const { scenario, plan } = planned(1);
  const index = scenario.sessions.findIndex(({ arrivalS }) => arrivalS <= scenario.nowS);
  const empty = { tenths: plan.tenths.map((row) => new Int32Array(row.length)) };
  const trickle = (slot: number) =>
    mutated(empty, index, (row) => {
      row[slot] = 1;
    });
  expect(kinds(checkPlan(scenario, trickle(0)))).toContain('minimumCurrent');
  expect(kinds(checkPlan(scenario, trickle(5)))).not.toContain('minimumCurrent');
});

test('charging before arrival or after departure, too much energy, and a negative current are violations', () => {
  const { scenario, plan } = planned(2);
  const late = {
    ...scenario,
    sessions: scenario.sessions.map((session) => ({
      ...session,
      arrivalS: morningS + 1800,
      sinceS: morningS + 1800,
      departureS: morningS + 7200,
    })),
  };
  const at = (slot: number, tenths: number) =>
    mutated({ tenths: plan.tenths.map((row) => new Int32Array(row.length)) }, 0, (row) => {
      row[slot] = tenths;
    });
  expect(kinds(checkPlan(late, at(1, 60)))).toContain('presence');
  expect(kinds(checkPlan(late, at(8, 60)))).toContain('presence');
  expect(kinds(checkPlan(late, at(4, -1)))).toContain('step');
  const sated = {
    ...late,
    sessions: late.sessions.map((session) => ({ ...session, energyServedKwh: session.energyKwh })),
  };
  expect(kinds(checkPlan(sated, at(4, 60)))).toContain('energy');
});

test('two cars on one connector in one slot, and a plan of another shape, are violations', () => {
  const { scenario, plan } = planned(3);
  const [first] = scenario.sessions;
  if (first === undefined) throw new Error('a depot has sessions');
  const there = { ...first, arrivalS: morningS - 900, departureS: morningS + 20_000 };
  const twice = { ...scenario, sessions: [there, there] };
  const row = new Int32Array(24).fill(60, 0, 1);
  expect(kinds(checkPlan(twice, { tenths: [row, row] }))).toContain('twoCars');
  expect(kinds(checkPlan(scenario, { tenths: plan.tenths.slice(1) }))).toEqual(['shape']);
  expect(kinds(checkPlan(scenario, mutatedLength(plan)))).toContain('shape');
});

function mutatedLength({ tenths }: Plan): Plan {
  return { tenths: tenths.map((row) => row.slice(1)) };
}

test('cars make no phase draw more above another than is allowed, whoever of them stops', () => {
  const maxPhaseUnbalanceA = 20;
  let closest = 0;
  for (const seed of seeds) {
    const random = randomScenario(seed, 6);
    const objective = { ...random.site.objective, maxPhaseUnbalanceA };
    const scenario = { ...random, site: { ...random.site, objective } };
    const problem = problemOf(scenario);
    const plan = repairPlan(problem, greedyPlan(problem));
    expect({ seed, violations: checkPlan(scenario, plan) }).toEqual({ seed, violations: [] });
    for (const stopped of plan.tenths.keys()) {
      const rest = mutated(plan, stopped, (row) => row.fill(0));
      for (let atS = scenario.nowS; atS < morningS + 6 * 3600; atS += 700) {
        const used = simulate(scenario, rest, atS);
        const aboveA = unbalanceA(scenario, used, atS);
        closest = Math.max(closest, aboveA);
        // the load alone may be worse; then cars add nothing
        const loadAloneA = unbalanceA(scenario, new Map(), atS);
        expect(aboveA).toBeLessThanOrEqual(Math.max(maxPhaseUnbalanceA, loadAloneA) + 1e-6);
      }
    }
  }
  expect(closest).toBeGreaterThan(15);
});

test('the checker sees a phase that draws too much above another', () => {
  const { scenario, plan } = planned(1);
  const objective = { ...scenario.site.objective, maxPhaseUnbalanceA: 0 };
  const strict = { ...scenario, load: [], site: { ...scenario.site, objective } };
  const row = plan.tenths.findIndex(
    (tenths, index) => (scenario.sessions[index]?.phases ?? 3) < 3 && tenths.some((tenth) => tenth > 0),
  );
  expect(row).toBeGreaterThanOrEqual(0);
  const ids = checkPlan(strict, plan).flatMap((violation) => (violation.kind === 'node' ? [violation.id] : []));
  expect(ids.some((id) => / above /.test(id))).toBe(true);
});

function unbalanceA(scenario: Scenario, used: ReadonlyMap<string, number>, atS: number): number {
  const load = scenario.load.findLast(({ fromS }) => fromS <= atS) ?? scenario.load[0];
  const drawnA = phaseNames.map((phase, at) => (used.get(`main ${phase}`) ?? 0) + (load?.currentA[at] ?? 0));
  return Math.max(...drawnA) - Math.min(...drawnA);
}
