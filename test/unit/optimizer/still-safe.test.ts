import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planWith } from '../../../optimizer/plan.ts';
import type { PlanResult } from '../../../optimizer/plan-result.ts';
import { checkPlan } from '../../../optimizer/proof.ts';
import type { CeilingProfile, Scenario } from '../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../optimizer/solver.ts';
import { isStillSafe } from '../../../optimizer/still-safe.ts';
import { randomScenario } from './depot.ts';

function greedily(
  seed: number,
  isKept: (profile: CeilingProfile) => boolean = () => true,
): { readonly scenario: Scenario; readonly plan: PlanResult } {
  const { site, profiles, ...rest } = randomScenario(seed, 8);
  const scenario = {
    ...rest,
    profiles: profiles.filter(isKept),
    site: { ...site, engine: { ...site.engine, kind: 'greedy' as const } },
  };
  return { scenario, plan: planWith(enginesWithoutWasm, scenario) };
}

/** What the checker finds in the first slot of the plan, of what limits cars. */
function exceeds(scenario: Scenario, { connectors }: PlanResult): boolean {
  const tenths = connectors.map(({ currentA }) => Int32Array.from(currentA, (ampere) => Math.round(ampere * 10)));
  return checkPlan(scenario, { tenths }).some(
    (violation) => (violation.kind === 'node' || violation.kind === 'profile') && violation.slot === 0,
  );
}

// a TxProfile is not for a car that is yet to come
test('a plan is safe as long as nothing has changed, in each of its slots', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const { scenario, plan } = greedily(seed, ({ profile }) => profile.chargingProfilePurpose !== 'TxProfile');
    for (const passedS of [0, 900, 2700]) {
      expect({ seed, passedS, isSafe: isStillSafe({ ...scenario, nowS: scenario.nowS + passedS }, plan) }).toEqual({
        seed,
        passedS,
        isSafe: true,
      });
    }
  }
});

test('it is safe after a change where the checker, which shares nothing with it, says so', () => {
  let unsafe = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 2 }),
      fc.double({ min: 0.1, max: 1.5, noNaN: true }),
      fc.integer({ min: 0, max: 40 }),
      (seed, node, part, loadA) => {
        const { scenario, plan } = greedily(seed);
        const { site } = scenario;
        const tree = site.tree.map((own, index) => {
          const [a, b, c] = own.maxCurrentA;
          return index === node ? { ...own, maxCurrentA: [a * part, b * part, c * part] as const } : own;
        });
        const [more] = randomScenario(seed + 1, 8).profiles;
        const changed: Scenario = {
          ...scenario,
          site: { ...site, tree },
          profiles: more === undefined ? scenario.profiles : [...scenario.profiles, more],
          load: [{ fromS: scenario.nowS - 900, currentA: [loadA, loadA, loadA] }],
        };
        const isSafe = isStillSafe(changed, plan);
        if (!isSafe) unsafe += 1;
        expect(isSafe).toBe(!exceeds(changed, plan));
      },
    ),
    { numRuns: 60 },
  );
  expect(unsafe).toBeGreaterThan(10);
});
