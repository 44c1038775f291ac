import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Stage } from './site/control-stage.ts';

type Act =
  | { readonly kind: 'begin' | 'end' | 'silence'; readonly charger: string }
  | { readonly kind: 'ceiling'; readonly charger: string; readonly limit: number; readonly purpose: string }
  | { readonly kind: 'external'; readonly limitA: number }
  | { readonly kind: 'target'; readonly charger: string; readonly maxCurrentA: number }
  | { readonly kind: 'wait'; readonly minutes: number };

const charger = fc.constantFrom('CP-A', 'CP-B');
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('begin', 'end', 'silence'), charger }),
  fc.record({
    kind: fc.constant('ceiling'),
    charger,
    limit: fc.integer({ min: 0, max: 40 }),
    purpose: fc.constantFrom('ChargePointMaxProfile', 'TxDefaultProfile'),
  }),
  fc.record({ kind: fc.constant('external'), limitA: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ kind: fc.constant('target'), charger, maxCurrentA: fc.integer({ min: 6, max: 32 }) }),
  fc.record({ kind: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 40 }) }),
);

async function perform(stage: Stage, step: Act, nth: number): Promise<void> {
  switch (step.kind) {
    case 'begin':
      if (!stage.hasCar(step.charger)) stage.begin(step.charger, 100 + nth);
      return;
    case 'end':
      if (stage.hasCar(step.charger)) stage.end(step.charger);
      return;
    case 'silence':
      stage.charger(step.charger).fate = () => (nth % 2 === 0 ? 'late' : 'done');
      return;
    case 'ceiling':
      await stage.desk.answer(stage.charger(step.charger).facts, 'SetChargingProfile', {
        connectorId: step.purpose === 'ChargePointMaxProfile' ? 0 : 1,
        csChargingProfiles: profileOf(step.limit, step.purpose),
      });
      return;
    case 'external': {
      const { limitA } = step;
      return stage.sites.signal('yard', {
        kind: 'external',
        steps: [{ fromS: stage.nowS, currentA: [limitA, limitA, limitA] }],
      });
    }
    case 'target':
      return stage.sites.target('yard', { chargePoint: step.charger, connector: 1, maxCurrentA: step.maxCurrentA });
    case 'wait':
      return stage.clock.advance(step.minutes * 60_000);
  }
}

const profileOf = (limit: number, chargingProfilePurpose: string) => ({
  chargingProfileId: chargingProfilePurpose === 'ChargePointMaxProfile' ? 1 : 2,
  stackLevel: 1,
  chargingProfilePurpose,
  chargingProfileKind: 'Absolute',
  chargingSchedule: {
    startSchedule: '2026-03-01T00:00:00Z',
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit }],
  },
});

async function look(stage: Stage, identity: string): Promise<void> {
  const window = { fromS: stage.nowS, toS: stage.nowS + 86_400 };
  const [rules] = await stage.desk.rules(stage.charger(identity).facts, window);
  if (rules === undefined) throw new Error('no connector');
  const { why, composite, profiles } = rules;
  expect(why.filter(({ binding }) => binding)).toHaveLength(1);
  // the list of chargers says what the sheet says
  expect(stage.desk.limits(identity, 1).get(1)).toBe(composite[0]?.limitA);
  // nothing of the connector's own allows less than what it may draw now, but for its car
  const own = why.filter(({ kind }) => kind === 'profile' || kind === 'connector');
  for (const { limitA = Infinity } of own) expect(composite[0]?.limitA).toBeLessThanOrEqual(limitA);
  for (const { periods } of profiles) {
    periods.forEach(({ atMs, untilMs = atMs }, index) => {
      expect(atMs).toBeGreaterThanOrEqual(Math.max(rules.fromMs, periods[index - 1]?.untilMs ?? 0));
      expect(untilMs).toBeLessThanOrEqual(rules.toMs);
    });
  }
}

test('whatever happens, one step is binding, and list, composite and chain agree', { timeout: 30_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
      const stage = await new Stage().start();
      for (const [nth, step] of acts.entries()) {
        await perform(stage, step, nth);
        await stage.clock.advance(nth % 3 === 0 ? 500 : 15_000);
        for (const { identity } of stage.chargers) await look(stage, identity);
      }
    }),
    { numRuns: 12 },
  );
});
