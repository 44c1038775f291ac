import type { Campaign, CampaignStore, Member } from '../../src/transfers/campaigns/ports.ts';
import { MemoryTransfers } from './memory-transfers.ts';

/** Firmware campaigns beside the jobs of transfers, without a disk. */
export class MemoryCampaigns extends MemoryTransfers implements CampaignStore {
  readonly #campaigns = new Map<string, Campaign>();

  async campaigns(): Promise<readonly Campaign[]> {
    return [...this.#campaigns.values()].toSorted((one, other) => (one.order.name < other.order.name ? -1 : 1));
  }

  async saveCampaign(campaign: Campaign, changed: readonly Member[]): Promise<void> {
    const before = this.#campaigns.get(campaign.order.name);
    const known = before?.run === campaign.run ? before.members : [];
    const byStation = new Map([...known, ...changed].map((member) => [member.station, member]));
    const members = campaign.members.flatMap(({ station }) => byStation.get(station) ?? []);
    this.#campaigns.set(campaign.order.name, { ...campaign, members });
  }
}
