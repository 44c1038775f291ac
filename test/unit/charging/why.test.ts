import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChargingProfile } from '../../../optimizer/charging-profile.ts';
import type { NodeRule, SiteRule } from '../../../src/charging/site/ports.ts';
import { type Prevailing, whyOf } from '../../../src/charging/why.ts';

const ampere = fc.integer({ min: 0, max: 640 }).map((tenths) => tenths / 10);

const node = fc.record({
  id: fc.constantFrom('main', 'row', 'pv'),
  isRoot: fc.boolean(),
  limitA: ampere,
  usedA: fc.option(ampere, { nil: undefined }),
  isFull: fc.boolean(),
  isCommanded: fc.boolean(),
}) satisfies fc.Arbitrary<NodeRule>;

const siteRule = fc.record({
  site: fc.constant('yard'),
  external: fc.option(
    fc.constantFrom<NonNullable<SiteRule['external']>>(
      { fromS: 0, currentA: [20, 21, 22] },
      { fromS: 0, kw: 11 },
      { fromS: 0, currentA: [6, 6, 6], kw: 3 },
    ),
    { nil: undefined },
  ),
  nodes: fc.array(node, { maxLength: 4 }),
  plannedA: fc.option(ampere, { nil: undefined }),
  limitedBy: fc.constant([]),
  told: fc.constant([]),
  toldA: fc.option(ampere, { nil: undefined }),
  carA: fc.option(ampere, { nil: undefined }),
}) satisfies fc.Arbitrary<SiteRule>;

const profile: ChargingProfile = {
  chargingProfileId: 7,
  stackLevel: 2,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 9 }] },
};
const prevailing: fc.Arbitrary<Prevailing> = ampere.map((limitA) => ({
  installed: { connectorId: 1, receivedAtS: 0, profile },
  limitA,
}));

const facts = fc.record({
  name: fc.constant('CP-A/1'),
  maxCurrentA: ampere,
  site: fc.option(siteRule, { nil: undefined }),
  prevailing: fc.array(prevailing, { maxLength: 2 }),
  written: fc.constant(undefined),
});

test('exactly one step is binding, and no step that holds is lower', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const why = whyOf(given);
      const binding = why.filter((step) => step.binding);
      expect(binding).toHaveLength(1);
      const { plannedA, toldA } = given.site ?? {};
      const holding = [
        given.maxCurrentA,
        ...given.prevailing.map(({ limitA }) => limitA),
        ...[given.site?.carA, toldA ?? plannedA].filter((limitA) => limitA !== undefined),
      ];
      const isShared = ['external', 'site', 'node'].includes(binding[0]?.kind ?? '');
      if (!isShared) expect(binding[0]?.limitA).toBeLessThanOrEqual(Math.min(...holding) + 0.05 + 1e-9);
      else expect(Math.abs((toldA ?? plannedA ?? 0) - (plannedA ?? 0))).toBeLessThanOrEqual(0.05 + 1e-9);
    }),
  );
});

test('every step says what it is in one sentence', () => {
  fc.assert(
    fc.property(facts, (given) => {
      for (const { words } of whyOf(given)) expect(words).toMatch(/^[A-Z"].*\.$/);
    }),
  );
});

test('a charger that is driven shows what was written, which is never the reason', () => {
  const written = { value: '12', atMs: 0, confirmed: false, paused: undefined };
  const why = whyOf({ name: 'CP-A/1', maxCurrentA: 32, site: undefined, prevailing: [], written });
  expect(why).toMatchObject([
    { kind: 'connector', limitA: 32, binding: true },
    { kind: 'driver', binding: false, words: expect.stringContaining('"12" was written to it last, which it has not') },
  ]);
});
