import type { ChargingState } from '../../src/charging/ports.ts';
import type { SiteState } from '../../src/charging/site/ports.ts';
import { MemoryCampaigns } from './memory-campaigns.ts';

/** What smart charging remembers, without a disk. */
export class MemoryStates extends MemoryCampaigns {
  readonly #chargingStates = new Map<string, ChargingState>();
  readonly #siteStates = new Map<string, SiteState>();

  async chargingState(station: string): Promise<ChargingState | undefined> {
    return this.#chargingStates.get(station);
  }

  async saveChargingState(station: string, state: ChargingState): Promise<void> {
    this.#chargingStates.set(station, state);
  }

  async siteState(site: string): Promise<SiteState | undefined> {
    return this.#siteStates.get(site);
  }

  async saveSiteState(site: string, change: Partial<SiteState>): Promise<void> {
    const before = this.#siteStates.get(site) ?? { memory: undefined, plan: undefined, lying: [] };
    this.#siteStates.set(site, { ...before, ...change });
  }
}
