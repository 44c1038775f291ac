import { expect, test } from 'vitest';
import type { ChargingProfile } from '../../../optimizer/charging-profile.ts';
import { limitAt } from '../../../optimizer/composite.ts';
import { greedyPlan } from '../../../optimizer/greedy.ts';
import type { PlannedProfile } from '../../../optimizer/plan-result.ts';
import { problemOf } from '../../../optimizer/pose.ts';
import type { Problem } from '../../../optimizer/problem.ts';
import { clearProfiles, emptyStore, setProfile, startTransaction } from '../../../optimizer/profiles.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import { repairPlan } from '../../../optimizer/repair.ts';
import { phaseNames, type Scenario, type Site } from '../../../optimizer/site.ts';
import { stackOf } from '../../../optimizer/stack.ts';
import type { Calendar } from '../../../optimizer/stack-calendar.ts';
import { differences, type StackStep } from '../../../optimizer/stack-differences.ts';
import { safeTenths } from '../../../optimizer/stack-safe.ts';
import { stacksOf } from '../../../optimizer/stacks.ts';
import { constantLimit, type Station } from '../../../optimizer/station.ts';
import { morningS, randomScenario } from './depot.ts';

const seeds = Array.from({ length: 25 }, (_, index) => index + 1);

/** Charge points that do what they are told, one store for each. */
class Chargers {
  readonly #site: Site;
  readonly #stores = new Map<string, ProfileStore>();

  constructor(site: Site, startedAtS: number) {
    this.#site = site;
    for (const { chargePoint, connector } of site.connectors) {
      const running = startTransaction(this.#station(chargePoint), this.#store(chargePoint), {
        connectorId: connector,
        startedAtS,
      });
      this.#stores.set(chargePoint, running);
    }
  }

  carryOut(step: StackStep, atS: number): void {
    const { chargePoint, connectorId } = step.kind === 'set' ? step.profile : step;
    const station = this.#station(chargePoint);
    if (step.kind === 'set') {
      const { csChargingProfiles } = step.profile;
      const outcome = setProfile(station, this.#store(chargePoint), { connectorId, csChargingProfiles }, atS);
      if (outcome.kind !== 'accepted') throw new Error(`${outcome.kind}: ${outcome.reason}`);
      this.#stores.set(chargePoint, outcome.store);
      return;
    }
    const outcome = clearProfiles(station, this.#store(chargePoint), { id: step.chargingProfileId });
    if (outcome.kind !== 'cleared') throw new Error(outcome.kind);
    this.#stores.set(chargePoint, outcome.store);
  }

  /** A per phase that each connector of the site may draw. */
  limitsA(atS: number): readonly number[] {
    return this.#site.connectors.map(({ chargePoint, connector }) => {
      const stacks = stacksOf(this.#station(chargePoint), this.#store(chargePoint));
      return limitAt(stacks, connector, atS, 'A').limit;
    });
  }

  /** A on each phase of each node, if every car takes all it may. */
  nodesA(atS: number): ReadonlyMap<string, number> {
    const used = new Map<string, number>();
    for (const [index, limitA] of this.limitsA(atS).entries()) {
      const connector = this.#site.connectors[index];
      for (const phase of connector?.phases ?? []) {
        for (
          let id = connector?.parent;
          id !== undefined;
          id = this.#site.tree.find((node) => node.id === id)?.parent
        ) {
          used.set(`${id} ${phase}`, (used.get(`${id} ${phase}`) ?? 0) + limitA);
        }
      }
    }
    return used;
  }

  #store(chargePoint: string): ProfileStore {
    return this.#stores.get(chargePoint) ?? emptyStore;
  }

  #station(chargePoint: string): Station {
    const own = this.#site.connectors.filter((connector) => connector.chargePoint === chargePoint);
    const count = Math.max(...own.map(({ connector }) => connector));
    return {
      localLimits: Array.from({ length: count }, (_, index) => {
        const connector = own.find((candidate) => candidate.connector === index + 1);
        return constantLimit('A', connector?.maxCurrentA ?? 0, connector?.phases.length ?? 3);
      }),
      nominalVoltageV: this.#site.nominalVoltageV,
      hasSmartCharging: true,
      allowedUnits: ['A', 'W'],
    };
  }
}

/** All cars there, using every wire of their connector; amperes everywhere, so that limits can be compared exactly. */
function depot(seed: number): Scenario {
  const scenario = randomScenario(seed, 6);
  const sessions = scenario.sessions.map((session, index) => {
    const wires = scenario.site.connectors[index]?.phases.length ?? 3;
    return {
      ...session,
      arrivalS: morningS - 3600,
      sinceS: morningS - 3600,
      maxCurrentA: 32,
      phases: wires === 1 ? (1 as const) : (3 as const),
    };
  });
  const connectors = scenario.site.connectors.map(({ unit: _unit, ...connector }) => connector);
  return {
    ...scenario,
    sessions,
    profiles: [],
    external: [],
    site: { ...scenario.site, connectors, pvSurplusOnly: false },
  };
}

/** A depot whose live profiles hold so long, with a calendar if there is one. */
function leased(scenario: Scenario, leaseS: number, calendar?: Calendar): Scenario {
  const output = { ...scenario.site.output, leaseS };
  return { ...scenario, site: { ...scenario.site, output, ...(calendar === undefined ? {} : { calendar }) } };
}

function planned(scenario: Scenario): { readonly problem: Problem; readonly tenths: readonly Int32Array[] } {
  const problem = problemOf(scenario);
  return { problem, ...repairPlan(problem, greedyPlan(problem)) };
}

function fitsTree(site: Site, used: ReadonlyMap<string, number>): void {
  for (const { id, maxCurrentA } of site.tree) {
    for (const [at, phase] of phaseNames.entries()) {
      expect(used.get(`${id} ${phase}`) ?? 0).toBeLessThanOrEqual((maxCurrentA[at] ?? 0) + 1e-6);
    }
  }
}

test('a charger holds the plan as long as the lease runs, and the safe share from its end on', () => {
  for (const seed of seeds) {
    const leaseS = 5400;
    const scenario = leased(depot(seed), leaseS);
    const { problem, tenths } = planned(scenario);
    const chargers = new Chargers(scenario.site, morningS - 3600);
    const stack = stackOf(problem, { tenths });
    for (const profile of stack) chargers.carryOut({ kind: 'set', profile }, scenario.nowS);
    const shares = safeTenths({ site: scenario.site, reserveA: reserveOf(scenario), profiles: [] });
    const endS = Math.ceil((scenario.nowS + leaseS) / 2700) * 2700;
    for (let atS = scenario.nowS; atS < morningS + 6 * 3600; atS += 449) {
      const slot = Math.floor((atS - morningS) / 900);
      const expected = atS < endS ? tenths.map((row) => (row[slot] ?? 0) / 10) : shares.map((share) => share / 10);
      expect({ seed, atS, limits: chargers.limitsA(atS) }).toEqual({ seed, atS, limits: expected });
    }
  }
});

test('with nobody speaking all shares together fit the tree, and are 0 or at least the minimum', () => {
  for (const seed of seeds) {
    const scenario = depot(seed);
    const { problem, tenths } = planned(scenario);
    const safe = stackOf(problem, { tenths }).filter(
      ({ csChargingProfiles }) => csChargingProfiles.chargingProfilePurpose === 'TxDefaultProfile',
    );
    const chargers = new Chargers(scenario.site, morningS);
    for (const profile of safe) chargers.carryOut({ kind: 'set', profile }, scenario.nowS);
    for (const limitA of chargers.limitsA(morningS + 864_000)) expect(limitA === 0 || limitA >= 6).toBe(true);
    fitsTree(scenario.site, chargers.nodesA(morningS + 864_000));
  }
});

test('cars that nobody announced do not exceed a node beside the plans, however many come at once', () => {
  let waited = 0;
  for (const seed of seeds) {
    const full = leased(depot(seed), 3600);
    const scenario = { ...full, sessions: full.sessions.filter((_, index) => index % 2 === 0) };
    const { problem, tenths } = planned(scenario);
    const stack = stackOf(problem, { tenths });
    // a transaction runs on every connector, planned or not
    const chargers = new Chargers(scenario.site, morningS - 3600);
    for (const profile of stack) chargers.carryOut({ kind: 'set', profile }, scenario.nowS);
    for (let atS = scenario.nowS; atS < scenario.nowS + 3 * 3600; atS += 300) {
      fitsTree(scenario.site, chargers.nodesA(atS));
    }
    waited += stack.filter(({ csChargingProfiles }) => csChargingProfiles.stackLevel === 2).length;
  }
  expect(waited).toBeGreaterThan(0);
});

test('no connector waits where every share fits beside the plans', () => {
  const full = leased(depot(4), 3600);
  const roomy = full.site.tree.map(({ contractKw: _contract, ...node }) => ({
    ...node,
    maxCurrentA: [500, 500, 500] as const,
  }));
  const scenario = { ...full, site: { ...full.site, tree: roomy }, sessions: full.sessions.slice(0, 2) };
  const { problem, tenths } = planned(scenario);
  expect(stackOf(problem, { tenths }).some(({ csChargingProfiles }) => csChargingProfiles.stackLevel === 2)).toBe(
    false,
  );
});

test('a charger that takes watts gives a car of one phase no more than its share', () => {
  const scenario = randomScenario(5, 6);
  const site = {
    ...scenario.site,
    connectors: scenario.site.connectors.map((connector) => ({ ...connector, unit: 'W' as const })),
  };
  const { problem, tenths } = planned({ ...scenario, site });
  const shares = safeTenths({ site, reserveA: reserveOf(scenario), profiles: scenario.profiles });
  const safe = stackOf(problem, { tenths }).filter(({ csChargingProfiles }) => csChargingProfiles.stackLevel === 0);
  const watts = safe.map(
    ({ csChargingProfiles }) => csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0]?.limit,
  );
  expect(watts).toEqual(shares.map((share) => share * 23));
});

test('no mixture of old and new profiles exceeds a node, whichever message was the last to arrive', () => {
  for (const seed of seeds) {
    const before = leased(depot(seed), 7200);
    const laterS = before.nowS + 1800;
    const after = {
      ...before,
      nowS: laterS,
      prices: before.prices.map((price) => ({ ...price, perKwh: 0.6 - price.perKwh })),
    };
    const old = planned(before);
    const next = planned(after);
    const stackBefore = stackOf(old.problem, old);
    const stackAfter = stackOf(next.problem, next);
    const { decreases, increases } = differences(before.site, stackBefore, stackAfter, laterS);
    const chargers = new Chargers(before.site, morningS - 3600);
    for (const profile of stackBefore) chargers.carryOut({ kind: 'set', profile }, before.nowS);
    const moments = Array.from({ length: 30 }, (_, index) => laterS + index * 800);
    for (const step of [...decreases, ...increases]) {
      chargers.carryOut(step, laterS);
      for (const atS of moments) fitsTree(before.site, chargers.nodesA(atS));
    }
    const reference = new Chargers(before.site, morningS - 3600);
    for (const profile of stackAfter) reference.carryOut({ kind: 'set', profile }, laterS);
    for (const atS of moments) expect(chargers.limitsA(atS)).toEqual(reference.limitsA(atS));
  }
});

test('a plan that goes on as before sends nothing until half of its lease is over', () => {
  const scenario = leased(depot(7), 7200);
  const { problem, tenths } = planned(scenario);
  const atS = Math.floor(scenario.nowS / 3600) * 3600 + 60;
  const early = { ...problem, scenario: { ...scenario, nowS: atS } };
  const soon = { ...problem, scenario: { ...scenario, nowS: atS + 1200 } };
  const late = { ...problem, scenario: { ...scenario, nowS: atS + 3600 } };
  const present = stackOf(early, { tenths });
  const nothing = { decreases: [], increases: [] };
  expect(differences(scenario.site, present, present, atS)).toEqual(nothing);
  expect(differences(scenario.site, present, stackOf(soon, { tenths }), atS + 1200)).toEqual(nothing);
  const renewed = differences(scenario.site, present, stackOf(late, { tenths }), atS + 3600);
  expect([...renewed.decreases, ...renewed.increases].length).toBeGreaterThan(0);
});

test('nothing is cleared before what succeeds it is set', () => {
  const scenario = leased(depot(9), 3600);
  const { problem, tenths } = planned(scenario);
  const calendar = { pauses: [{ fromMinute: 17 * 60, toMinute: 20 * 60 }] };
  const withCalendar = stackOf({ ...problem, scenario: leased(scenario, 3600, calendar) }, { tenths });
  const without = stackOf(problem, { tenths });
  const { decreases, increases } = differences(scenario.site, withCalendar, without, scenario.nowS);
  // a share of 0 is no less without its pauses: that order does not matter
  expect(decreases.length).toBeLessThan(increases.length);
  expect([...decreases, ...increases].every(({ kind }) => kind === 'clear')).toBe(true);
  const back = differences(scenario.site, without, withCalendar, scenario.nowS);
  expect(back.decreases.every(({ kind }) => kind === 'set')).toBe(true);
  expect(back.increases).toEqual([]);
});

test('a live profile is for the transaction that runs, where its id is known', () => {
  const scenario = depot(3);
  const sessions = scenario.sessions.map((session, index) =>
    index === 0 ? { ...session, transactionId: 4711 } : session,
  );
  const { problem, tenths } = planned({ ...scenario, sessions });
  const live = stackOf(problem, { tenths }).filter(
    ({ csChargingProfiles }) => csChargingProfiles.chargingProfilePurpose === 'TxProfile',
  );
  const ids = live.map(({ csChargingProfiles }) => csChargingProfiles.transactionId);
  expect(ids).toEqual([4711, ...live.slice(1).map(() => undefined)]);
});

test('the calendar waits in local time, and ends with the present offset from UTC', () => {
  const scenario = leased(depot(11), 900, { pauses: [{ fromMinute: 22 * 60, toMinute: 6 * 60 }] });
  const { problem, tenths } = planned(scenario);
  const stack = stackOf(problem, { tenths });
  const chargers = new Chargers(scenario.site, morningS);
  for (const profile of stack) chargers.carryOut({ kind: 'set', profile }, scenario.nowS);
  const shares = safeTenths({ site: scenario.site, reserveA: reserveOf(scenario), profiles: [] }).map(
    (share) => share / 10,
  );
  // Amsterdam is at UTC+1 until 29 March 2026
  const at = (text: string) => Date.parse(text) / 1000;
  expect(chargers.limitsA(at('2026-03-10T20:59:59Z'))).toEqual(shares);
  expect(chargers.limitsA(at('2026-03-10T21:00:00Z'))).toEqual(shares.map(() => 0));
  expect(chargers.limitsA(at('2026-03-11T04:59:59Z'))).toEqual(shares.map(() => 0));
  expect(chargers.limitsA(at('2026-03-11T05:00:00Z'))).toEqual(shares);
  expect(calendarOf(stack)?.validTo).toBe('2026-03-28T23:00:00Z');
});

test('the next day brings the same calendar, so that no flash is written', () => {
  const scenario = leased(depot(12), 3600, { pauses: [{ fromMinute: 60, toMinute: 120 }] });
  const { problem, tenths } = planned(scenario);
  const tomorrow = { ...problem, scenario: { ...scenario, nowS: scenario.nowS + 86_400 } };
  expect(calendarOf(stackOf(tomorrow, { tenths }))).toEqual(calendarOf(stackOf(problem, { tenths })));
});

function calendarOf(stack: readonly PlannedProfile[]): ChargingProfile | undefined {
  return stack.map(({ csChargingProfiles }) => csChargingProfiles).find(({ stackLevel }) => stackLevel === 1);
}

function reserveOf({ load }: Scenario): [number, number, number] {
  const most = (phase: 0 | 1 | 2) => load.reduce((value, { currentA }) => Math.max(value, currentA[phase]), 0);
  return [most(0), most(1), most(2)];
}
