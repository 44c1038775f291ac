import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChargingSchedulePeriod } from '../../../optimizer/charging-profile.ts';
import { type Composite, compositeOf, defaultBounds, limitAt, nextChange } from '../../../optimizer/composite.ts';
import { stacksOf } from '../../../optimizer/stacks.ts';
import {
  type Contributor,
  contributorsAt,
  deciwatts,
  phasesInUse,
  type Scene,
  stationLimitAt,
} from '../../support/composite-oracle.ts';
import { type RandomStack, randomStack, sceneOf, storeOf } from './stack-arbitrary.ts';

/** Runs a claim on many random stacks, each with its composite. */
function onStacks(claim: (stack: RandomStack, composite: Composite) => void, numRuns = 1000): void {
  fc.assert(
    fc.property(randomStack, (stack) =>
      claim(stack, compositeOf(stacksOf(stack.station, storeOf(stack)), stack.query)),
    ),
    { numRuns },
  );
}

function at(periods: readonly ChargingSchedulePeriod[], second: number): ChargingSchedulePeriod {
  const period = periods.findLast(({ startPeriod }) => startPeriod <= second);
  if (period === undefined) throw new Error(`no period covers second ${second}`);
  return period;
}

/** Seconds worth looking at: each border, and the second before it. */
function edges({ durationS, periods }: Composite): number[] {
  const starts = periods.map(({ startPeriod }) => startPeriod);
  return [...starts, ...starts.slice(1).map((start) => start - 1), Math.max(0, durationS - 1)];
}

const valueOf = ({ limit, numberPhases }: ChargingSchedulePeriod) => ({ limit, numberPhases });

/** An answer's period as watts times `under`, exactly: to compare with what it must not exceed. */
function isAtMost(answer: Contributor, bound: Contributor, phases: number, voltage: number): boolean {
  const left = deciwatts(answer, phases, voltage);
  const right = deciwatts(bound, phases, voltage);
  return left.over * right.under <= right.over * left.under;
}

test('§3.12.3: no second exceeds any limit that contributes to it, in watts with the phases in use', () => {
  onStacks((stack, composite) => {
    const { connectorId, startS, unit } = stack.query;
    fc.pre(connectorId > 0);
    const scene = sceneOf(stack.station, storeOf(stack));
    for (const second of edges(composite)) {
      const { limit, numberPhases } = at(composite.periods, second);
      const contributors = contributorsAt(scene, connectorId, startS + second, startS);
      expect(numberPhases).toBe(phasesInUse(contributors));
      const isBelow = (bound: Contributor) => isAtMost({ unit, limit }, bound, numberPhases ?? 3, scene.voltage);
      expect(contributors.filter((bound) => !isBelow(bound))).toEqual([]);
    }
  });
});

test('§7.14, errata 3.45: periods begin at 0, ascend within the duration, have one decimal, and no two neighbours are equal', () => {
  onStacks((_, { durationS, periods }) => {
    const starts = periods.map(({ startPeriod }) => startPeriod);
    expect(starts[0]).toBe(0);
    expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeLessThan(Math.max(1, durationS));
    for (const { limit } of periods) expect(JSON.stringify(limit)).toMatch(/^\d+(\.\d)?$/);
    const repeated = periods.filter(
      (period, index) => JSON.stringify(valueOf(period)) === JSON.stringify(periods.map(valueOf)[index - 1]),
    );
    expect(repeated).toEqual([]);
  });
});

test('the order in which profiles were installed does not matter, unless one replaced another', () => {
  const shuffled = randomStack.chain((stack) =>
    fc.shuffledSubarray([...stack.sent], { minLength: stack.sent.length }).map((sent) => ({ stack, sent })),
  );
  fc.assert(
    fc.property(shuffled, ({ stack, sent }) => {
      const [one, other] = [storeOf(stack), storeOf({ ...stack, sent })];
      const ids = (store: typeof one) => store.profiles.map(({ profile }) => profile.chargingProfileId);
      fc.pre(one.profiles.length === stack.sent.length && ids(one).length === ids(other).length);
      expect(compositeOf(stacksOf(stack.station, other), stack.query)).toEqual(
        compositeOf(stacksOf(stack.station, one), stack.query),
      );
    }),
    { numRuns: 1000 },
  );
});

test('while transactions run, a later query is the tail of an earlier one', () => {
  onStacks((stack, composite) => {
    const { station, query } = stack;
    fc.pre(stack.transactions.length === station.localLimits.length && query.durationS > 0);
    const earlierS = 1 + (query.startS % 90);
    const stacks = stacksOf(station, storeOf(stack));
    const longer = compositeOf(stacks, {
      ...query,
      startS: query.startS - earlierS,
      durationS: query.durationS + earlierS,
    });
    for (const second of edges(composite)) {
      expect(valueOf(at(longer.periods, second + earlierS))).toEqual(valueOf(at(composite.periods, second)));
    }
  }, 2000);
});

test('§6.21: the station never gets more than its limit, nor more than its connectors together in watts', () => {
  onStacks((stack) => {
    const { station } = stack;
    const store = storeOf(stack);
    const query = { ...stack.query, connectorId: 0, unit: 'W' as const };
    const composite = compositeOf(stacksOf(station, store), query);
    const scene = sceneOf(station, store);
    for (const second of edges(composite)) {
      const { limit, numberPhases = 3 } = at(composite.periods, second);
      const cap = stationLimitAt(scene, query.startS + second);
      if (cap !== undefined) expect(isAtMost({ unit: 'W', limit }, cap, numberPhases, scene.voltage)).toBe(true);
      expect(limit).toBeLessThanOrEqual(sumOfConnectors(stack, scene, second) + 0.1 * scene.locals.length);
    }
  });
});

/** Watts of the connectors without the station limit, each rounded down. */
function sumOfConnectors({ station, query, ...stack }: RandomStack, scene: Scene, second: number): number {
  const profiles = scene.installed.filter(({ profile }) => profile.chargingProfilePurpose !== 'ChargePointMaxProfile');
  const stacks = stacksOf(station, { profiles, transactions: stack.transactions });
  const limits = station.localLimits.map((_, index) => {
    const { periods } = compositeOf(stacks, { ...query, connectorId: index + 1, unit: 'W' });
    return at(periods, second).limit;
  });
  return limits.reduce((a, b) => a + b);
}

test('errata 3.69: a connector’s answer in A, times volts and phases, is at most its answer in W', () => {
  onStacks((stack) => {
    fc.pre(stack.query.connectorId > 0);
    const stacks = stacksOf(stack.station, storeOf(stack));
    const inA = compositeOf(stacks, { ...stack.query, unit: 'A' });
    const inW = compositeOf(stacks, { ...stack.query, unit: 'W' });
    for (const second of [...edges(inA), ...edges(inW)]) {
      const { limit, numberPhases } = at(inA.periods, second);
      const bound = at(inW.periods, second);
      expect(numberPhases).toBe(bound.numberPhases);
      const watts = limit * stack.station.nominalVoltageV * (numberPhases ?? 3);
      // the answer in W was itself rounded down to a tenth
      expect(watts).toBeLessThan(bound.limit + 0.1);
    }
  });
});

test('minChargingRate never changes a composite', () => {
  onStacks((stack, composite) => {
    const sent = stack.sent.map(({ connectorId, profile }) => {
      const { minChargingRate: _, ...chargingSchedule } = profile.chargingSchedule;
      return { connectorId, profile: { ...profile, chargingSchedule } };
    });
    const store = storeOf({ ...stack, sent });
    expect(compositeOf(stacksOf(stack.station, store), stack.query)).toEqual(composite);
  }, 300);
});

test('the limit of a moment is what a composite that starts there says first, and holds until the next change', () => {
  onStacks((stack) => {
    const { connectorId, startS, durationS, unit } = stack.query;
    const stacks = stacksOf(stack.station, storeOf(stack));
    const now = limitAt(stacks, connectorId, startS, unit);
    const changeS = nextChange(stacks, connectorId, startS) ?? Number.POSITIVE_INFINITY;
    expect(changeS).toBeGreaterThan(startS);
    for (let second = 0; second < Math.min(durationS, 200); second += 1) {
      const atS = startS + second;
      const here = limitAt(stacks, connectorId, atS, unit);
      const { periods } = compositeOf(stacks, { connectorId, startS: atS, durationS: 0, unit });
      expect([{ startPeriod: 0, ...here }]).toStrictEqual(periods);
      if (atS < changeS) expect(here).toEqual(now);
    }
  }, 300);
});

test('an answer that reaches a bound is the beginning of the whole answer, and its duration says how far it goes', () => {
  onStacks((stack, whole) => {
    const stacks = stacksOf(stack.station, storeOf(stack));
    const bounds = [
      { ...defaultBounds, maxPeriods: 2 },
      { ...defaultBounds, maxBorders: 3 },
      { ...defaultBounds, maxDurationS: 20 },
    ];
    for (const bound of bounds) {
      const cut = compositeOf(stacks, stack.query, bound);
      expect(cut.periods).toEqual(whole.periods.slice(0, cut.periods.length));
      const goesOn = whole.periods[cut.periods.length]?.startPeriod ?? whole.durationS;
      expect(cut.durationS).toBeLessThanOrEqual(goesOn);
      if (cut.durationS < whole.durationS) {
        const isReached =
          cut.periods.length === bound.maxPeriods || cut.durationS === bound.maxDurationS || bound.maxBorders === 3;
        expect(isReached).toBe(true);
      }
    }
  });
});
