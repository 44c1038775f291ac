import type { Clock } from '../../gateway/ports.ts';
import type { CampaignReply, CampaignsDesk, CampaignStore } from './ports.ts';
import { viewOf } from './view.ts';

/** The operator's side of a data folder on which no gateway runs: what is on disk, to look at. */
export function restingCampaigns(store: Pick<CampaignStore, 'campaigns'>, clock: Pick<Clock, 'now'>): CampaignsDesk {
  const all = async () => (await store.campaigns()).map((campaign) => viewOf(campaign, noFacts, clock.now()));
  return {
    campaigns: all,
    status: async (name) => {
      const value = (await all()).find((view) => view.name === name);
      return value === undefined
        ? { kind: 'unknown', reason: `campaign ${name} was never started` }
        : { kind: 'done', value };
    },
    plan: asleep,
    start: asleep,
    pause: asleep,
    resume: asleep,
    abort: asleep,
  };
}

const noFacts = { chargers: new Map(), jobs: new Map() };

const asleep = <T>(): Promise<CampaignReply<T>> =>
  Promise.resolve({ kind: 'refused', reason: 'no gateway runs on this data folder' });
