import { timeOfDay } from '../../optimizer/scenario-fields.ts';
import { readCampaigns, type WrittenCampaign } from '../config/campaigns.ts';
import type { Config } from '../config/load.ts';
import { describeMistake } from '../config/place.ts';
import { suggest } from '../config/suggestion.ts';
import { type CampaignParts, Campaigns } from '../transfers/campaigns/campaigns.ts';
import type { CampaignOrder, CampaignReply, WaveSize } from '../transfers/campaigns/ports.ts';
import { onCron } from './cron.ts';

export type RunningCampaigns = {
  readonly campaigns: Campaigns;
  /** Looks for what is due, now and at each minute; the jobs and the gateway must be there. */
  follow(): void;
  close(): Promise<void>;
};

const everyMinute = '* * * * *';

/** The campaigns of `transfers.campaignsFolder`, and those that an earlier run left. */
export async function openCampaigns(config: Config, parts: Omit<CampaignParts, 'orderOf'>): Promise<RunningCampaigns> {
  const campaigns = new Campaigns({ ...parts, orderOf: (name) => orderOf(config, name) });
  await campaigns.load();
  let endTicks = (): void => undefined;
  return {
    campaigns,
    follow: () => {
      endTicks = onCron(everyMinute, parts.clock, () => campaigns.tick());
      campaigns.tick();
    },
    close: async () => {
      endTicks();
      await campaigns.stop();
    },
  };
}

/** The files are read whenever somebody asks: what is saved counts. */
function orderOf(config: Config, name: string): CampaignReply<CampaignOrder> {
  const { campaignsFolder } = config.transfers;
  if (campaignsFolder === undefined) return { kind: 'unknown', reason: 'transfers.campaignsFolder is not set' };
  const { campaigns, mistakes } = readCampaigns(config);
  const written = campaigns.find((campaign) => campaign.name === name);
  // A file with a mistake might be the one that is meant.
  if (written === undefined && mistakes.length > 0)
    return { kind: 'refused', reason: mistakes.map(describeMistake).join('\n') };
  if (written !== undefined) return { kind: 'done', value: campaignOrder(written) };
  const names = campaigns.map((campaign) => campaign.name);
  const hint = suggest(name, names);
  return { kind: 'unknown', reason: `no campaign in ${campaignsFolder} is called ${JSON.stringify(name)}${hint}` };
}

/** What the campaign must know of its file. */
export function campaignOrder(written: WrittenCampaign): CampaignOrder {
  const { name, select, image, targetVersion, waves, parallelism, bytesPerS, windows } = written;
  return {
    name,
    select,
    image: {
      location: image.location,
      sha256: image.sha256.toLowerCase(),
      ...(image.sizeBytes === undefined ? {} : { bytes: image.sizeBytes }),
    },
    targetVersion,
    waves: waves.map(waveSize),
    parallelism,
    ...(bytesPerS === undefined ? {} : { bytesPerS }),
    timezone: written.timezone ?? 'UTC',
    windows: windows.map(({ days, from, to }) => ({
      days,
      fromMinute: timeOfDay(from, 'from'),
      toMinute: timeOfDay(to, 'to'),
    })),
    requireIdle: written.requireIdle,
    abortAfterFailures: written.abortAfterFailures,
    soakMs: written.soakMinutes * 60_000,
    verifyMs: written.verifyMinutes * 60_000,
    waitMs: written.waitDays * 86_400_000,
  };
}

/** The check of the file has seen that one of the two is there. */
function waveSize({ upTo, upToPct = 100 }: WrittenCampaign['waves'][number]): WaveSize {
  return upTo === undefined ? { kind: 'part', percent: upToPct } : { kind: 'count', chargers: upTo };
}
