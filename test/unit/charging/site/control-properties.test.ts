import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planWith } from '../../../../optimizer/plan.ts';
import type { Scenario } from '../../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import type { Planning } from '../../../../src/charging/site/asked-plan.ts';
import type { VirtualClock } from '../../../support/virtual-clock.ts';
import { type Fate, ProfileCharger, Stage } from './control-stage.ts';

const site = {
  tree: [
    { id: 'main', maxCurrentA: 30 },
    { id: 'row', parent: 'main', maxCurrentA: 22 },
  ],
  connectors: [
    { chargePoint: 'CP-A', parent: 'row', maxCurrentA: 32 },
    { chargePoint: 'CP-B', parent: 'row', maxCurrentA: 32 },
    { chargePoint: 'CP-C', parent: 'main', maxCurrentA: 32 },
  ],
};
const identities = ['CP-A', 'CP-B', 'CP-C'] as const;
const nodes = [
  { limitA: 22, below: ['CP-A', 'CP-B'] },
  { limitA: 30, below: identities },
] as const;

type Event =
  | { readonly kind: 'fate'; readonly charger: string; readonly fate: Fate }
  | { readonly kind: 'want'; readonly charger: string; readonly maxCurrentA: number }
  | { readonly kind: 'catchUp' | 'boot' | 'losesLive' | 'comes' | 'leaves'; readonly charger: string }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'kill' };

const charger = fc.constantFrom(...identities);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('fate'), charger, fate: fates() }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('want'), charger, maxCurrentA: fc.integer({ min: 6, max: 32 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('catchUp'), charger }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('boot', 'losesLive'), charger }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('comes', 'leaves'), charger }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), seconds: fc.integer({ min: 600, max: 3000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill') }) },
);

function fates(): fc.Arbitrary<Fate> {
  return fc.constantFrom('done', 'done', 'rejected', 'unheard', 'unanswered', 'late');
}

/** Has equal shares after half a second, and a plan that is another after three. */
function slowly(clock: () => VirtualClock): Planning['plan'] {
  const pass = (ms: number) => new Promise<void>((resolve) => clock().after(ms, resolve));
  const by = (scenario: Scenario, kind: 'share' | 'greedy') =>
    planWith(enginesWithoutWasm, {
      ...scenario,
      site: { ...scenario.site, engine: { ...scenario.site.engine, kind } },
    });
  return async (scenario, hear) => {
    await pass(500);
    hear?.(by(scenario, 'share'));
    await pass(2_500);
    return by(scenario, 'greedy');
  };
}

test('whatever is refused, lost or late, and whenever the gateway is killed: no node is exceeded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 30 }), fc.boolean(), async (events, isSlow) => {
      const slow = isSlow ? { plan: slowly(() => stage.clock) } : {};
      let stage = new Stage({
        site,
        chargers: identities.map((identity) => new ProfileCharger(identity)),
        told: check,
        ...slow,
      });
      const excesses: string[] = [];
      function check(): void {
        for (const { limitA, below } of nodes) {
          const loadA = below.reduce((sum, identity) => sum + stage.allowsA(identity), 0);
          if (loadA > limitA + 1e-6) excesses.push(`${loadA} A of ${limitA} A on ${below.join()}`);
        }
      }
      // all take their shares; from then on the site is safe
      await stage.start();
      excesses.length = 0;
      stage.begin('CP-A', 1);
      stage.begin('CP-B', 2);
      await stage.clock.advance(20_000);
      for (const one of events) {
        stage = await happen(stage, one, { told: check, ...slow });
        check();
        expect(excesses).toEqual([]);
      }
      for (const one of stage.chargers) {
        one.fate = () => 'done';
        one.catchUp();
      }
      // longer than two of the longest pauses after a failure
      await stage.clock.advance(2_400_000);
      expect(excesses).toEqual([]);
      const result = stage.sites.status('yard')?.plan?.result;
      const charging = identities.filter((identity) => stage.hasCar(identity));
      expect(charging.map((identity) => stage.allowsA(identity))).toEqual(
        charging.map((identity) => result?.connectors.find(({ chargePoint }) => chargePoint === identity)?.currentA[0]),
      );
    }),
    // a failing history is reported as it is: shrinking one takes minutes and gigabytes
    { numRuns: 100, endOnFailure: true },
  );
}, 120_000);

function shareA(stage: Stage, identity: string): number {
  const share = stage
    .charger(identity)
    .store.profiles.find(({ profile }) => profile.chargingProfilePurpose !== 'TxProfile');
  return share?.profile.chargingSchedule.chargingSchedulePeriod[0]?.limit ?? 32;
}

type Going = { readonly told: () => void; readonly plan?: Planning['plan'] };

async function happen(stage: Stage, event: Event, going: Going): Promise<Stage> {
  switch (event.kind) {
    case 'fate':
      stage.charger(event.charger).fate = () => event.fate;
      return stage;
    case 'want':
      stage.sites.target('yard', { chargePoint: event.charger, connector: 1, maxCurrentA: event.maxCurrentA });
      return stage;
    case 'catchUp':
      stage.charger(event.charger).catchUp();
      await stage.clock.advance(0);
      return stage;
    case 'comes':
      if (!stage.hasCar(event.charger)) stage.begin(event.charger, stage.nowS);
      return stage;
    case 'leaves':
      if (stage.hasCar(event.charger)) stage.end(event.charger);
      return stage;
    case 'losesLive':
      // a charger that falls back to a share above its plan is beyond everybody's control until it is told again
      if (stage.allowsA(event.charger) > shareA(stage, event.charger)) stage.charger(event.charger).forgetLive();
      stage.desk.heard(event.charger, 'BootNotification', {});
      return stage;
    case 'boot':
      stage.desk.heard(event.charger, 'BootNotification', {});
      return stage;
    case 'wait':
      await stage.clock.advance(event.seconds * 1000);
      return stage;
    case 'kill': {
      stage.sites.stop();
      const { clock, kept, chargers } = stage;
      return new Stage({ site, clock, kept, chargers, ...going }).start();
    }
  }
}
