import type { CampaignJob, CampaignUpdate, CampaignUpdates, CampaignWatch } from '../campaigns/ports.ts';
import type { DiagnosticsRun } from './diagnostics-run.ts';
import { FirmwareRun } from './firmware-run.ts';
import type { FirmwareTransfer } from './ports.ts';
import type { RunParts } from './run.ts';

/** What the desk lets campaigns at. */
export type CampaignInside = {
  readonly parts: Pick<RunParts, 'line' | 'store'>;
  readonly isDirect: (station: string) => boolean;
  /** The last firmware job of a charger. */
  readonly last: (station: string) => FirmwareRun | undefined;
  /** The job of a number, while it is at hand. */
  readonly run: (id: number) => FirmwareRun | DiagnosticsRun | undefined;
  /** Begins a job unless one is open. */
  readonly begin: (station: string, update: CampaignUpdate) => Promise<FirmwareRun | undefined>;
};

/** The firmware jobs as campaigns see them. */
export function campaignUpdates({ parts, isDirect, last, run, begin }: CampaignInside): CampaignUpdates {
  return {
    fleet: async () => {
      const chargers = await parts.line().fleet();
      return chargers.map((charger) => ({
        ...charger,
        direct: isDirect(charger.identity),
        busy: last(charger.identity)?.job.open === true,
      }));
    },
    begin: async (station, update) => (await begin(station, update))?.job.id,
    takeBack: async (id) => {
      const found = run(id);
      if (found instanceof FirmwareRun) await found.takeBack();
    },
    job: async (id) => {
      const job = run(id)?.job ?? (await parts.store.transfer(id))?.transfer;
      return job?.kind === 'firmware' ? shown(job) : undefined;
    },
    jobsOf: async (name) => {
      const jobs = await parts.store.transfers({});
      return jobs.flatMap((job) => (job.kind === 'firmware' && job.campaign?.run === name ? [shown(job)] : []));
    },
  };
}

/** Nobody watches, and no image of a campaign is offered. */
export const noCampaigns: CampaignWatch = {
  stirred: () => undefined,
  mayOffer: () => Promise.resolve(false),
};

function shown({ id, station, state, open, changedAtMs, sentBytes, file, reason }: FirmwareTransfer): CampaignJob {
  return { id, station, state, open, changedAtMs, sentBytes, bytes: file?.bytes, reason };
}
