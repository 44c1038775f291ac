import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Campaigns } from '../../../../src/transfers/campaigns/campaigns.ts';
import type {
  Campaign,
  CampaignCharger,
  CampaignJob,
  CampaignStore,
  CampaignUpdates,
} from '../../../../src/transfers/campaigns/ports.ts';
import { quietLog } from '../../../support/quiet-log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';
import { aCharger, aJob, anOrder, minuteMs } from './campaign-facts.ts';

/*
 * A campaign whose process dies before, or right after, any write, or whose disk refuses it: whatever it finds afterwards,
 * it goes on, and begins nothing a second time.
 */

type Fate = 'fine' | 'refused' | 'dies before' | 'dies after';

class Dead extends Error {}

/** What outlives a process: the disk, with jobs and campaigns on it, and the chargers. */
class World {
  readonly clock = new VirtualClock();
  readonly jobs: (CampaignJob & { readonly run: string })[] = [];
  readonly chargers: CampaignCharger[] = ['CP-1', 'CP-2', 'CP-3', 'CP-4'].map((identity) => aCharger(identity));
  readonly kept = new Map<string, Campaign>();
  readonly #fates: Fate[];
  #generation = 0;

  constructor(fates: readonly Fate[]) {
    this.#fates = [...fates];
  }

  /** The next process on the same disk. */
  async starts(): Promise<Campaigns> {
    this.#generation += 1;
    const campaigns = new Campaigns({
      store: this.#store(this.#generation),
      updates: this.#updates(this.#generation),
      spool: { hold: () => true, release: () => undefined },
      orderOf: () => ({
        kind: 'done',
        value: anOrder({ parallelism: 2, waves: [{ kind: 'count', chargers: 2 }], abortAfterFailures: 9 }),
      }),
      clock: this.clock,
      log: quietLog(),
    });
    await campaigns.load();
    return campaigns;
  }

  /** One job of a charger goes on: it installs, it fails, or the CSMS supersedes it. */
  goesOn(outcome: 'installed' | 'downloadFailed' | 'superseded'): void {
    const at = this.jobs.findIndex(({ open }) => open);
    const job = this.jobs[at];
    if (job === undefined) return;
    this.jobs[at] = { ...job, state: outcome, open: false, changedAtMs: this.clock.now() };
    const place = this.chargers.findIndex(({ identity }) => identity === job.station);
    if (outcome === 'installed') this.chargers[place] = aCharger(job.station, { firmwareVersion: '2.0' });
  }

  async #write<T>(generation: number, work: () => T): Promise<T> {
    await Promise.resolve();
    const fate = this.#fates.shift() ?? 'fine';
    if (fate === 'refused') throw new Error('the disk is full');
    if (generation !== this.#generation || fate === 'dies before') throw new Dead();
    const result = work();
    if (fate === 'dies after') throw new Dead();
    return result;
  }

  #store(generation: number): CampaignStore {
    return {
      campaigns: async () => [...this.kept.values()],
      saveCampaign: (campaign, changed) =>
        this.#write(generation, () => {
          const before = this.kept.get(campaign.order.name);
          const known = before?.run === campaign.run ? before.members : [];
          const members = new Map([...known, ...changed].map((one) => [one.station, one]));
          this.kept.set(campaign.order.name, { ...campaign, members: [...members.values()] });
        }),
    };
  }

  #updates(generation: number): CampaignUpdates {
    const isOpen = (station: string) => this.jobs.some((job) => job.station === station && job.open);
    return {
      fleet: async () => this.chargers.map((charger) => ({ ...charger, busy: isOpen(charger.identity) })),
      begin: (station, { campaign }) =>
        this.#write(generation, () => {
          if (isOpen(station)) return undefined;
          const id = this.jobs.length + 1;
          const changedAtMs = this.clock.now();
          this.jobs.push({ ...aJob(id, { station, state: 'offered', changedAtMs }), run: campaign.run });
          return id;
        }),
      takeBack: async () => undefined,
      job: async (id) => this.jobs[id - 1],
      jobsOf: async (run) => this.jobs.filter((job) => job.run === run),
    };
  }
}

const fates = fc.array(fc.constantFrom<Fate>('fine', 'fine', 'refused', 'dies before', 'dies after'), {
  maxLength: 30,
});
const outcomes = fc.array(fc.constantFrom('installed', 'installed', 'downloadFailed', 'superseded'), {
  minLength: 4,
  maxLength: 4,
});

test('whenever it dies and whatever the disk refuses, each charger has one job, and the campaign comes to its end', async () => {
  let deaths = 0;
  await fc.assert(
    fc.asyncProperty(fates, outcomes, async (ill, ends) => {
      const world = new World(ill);
      let campaigns = await world.starts();
      const left = [...ends];
      for (let round = 0; round < 80 && world.kept.get('wall')?.state !== 'done'; round += 1) {
        const started = world.kept.has('wall');
        const act = started ? campaigns.pause('wall').then(() => campaigns.resume('wall')) : campaigns.start('wall');
        const death = await act.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (death instanceof Dead) {
          deaths += 1;
          await campaigns.stop();
          campaigns = await world.starts();
        }
        const open = world.jobs.filter((job) => job.open);
        expect(open.length).toBeLessThanOrEqual(2);
        if (round % 3 === 2 && open.length > 0) world.goesOn(left.shift() ?? 'installed');
        world.clock.jump(minuteMs);
      }
      expect(world.kept.get('wall')?.state).toBe('done');
      expect(world.jobs.map(({ station }) => station).toSorted()).toEqual(['CP-1', 'CP-2', 'CP-3', 'CP-4']);
      const overs = world.kept.get('wall')?.members.map(({ phase }) => phase.kind);
      expect(new Set(overs)).toEqual(new Set(['over']));
    }),
    { numRuns: 150, endOnFailure: true },
  );
  expect(deaths).toBeGreaterThan(100);
});
