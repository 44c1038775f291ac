import type { ChargingStore } from '../charging/ports.ts';
import type { SiteStore } from '../charging/site/ports.ts';
import type { Config } from '../config/load.ts';
import type { Log } from '../gateway/ports.ts';
import type { Store } from '../gateway/store-port.ts';
import { openStoreThread } from '../store/thread.ts';
import type { CopiedStore, ServedTimes } from '../timetable/ports.ts';
import type { CampaignStore } from '../transfers/campaigns/ports.ts';
import type { TransferStore } from '../transfers/jobs/ports.ts';

/** What keeps everything that must not be forgotten. */
export type EveryStore = Store & ChargingStore & SiteStore & TransferStore & CampaignStore & ServedTimes & CopiedStore;

/** SQLite in `config.data.folder`. */
export function openOwnStore({ data, outbox }: Config, log: Log): Promise<EveryStore> {
  return openStoreThread({ folder: data.folder, log, provisionalIds: outbox.provisionalIds });
}
