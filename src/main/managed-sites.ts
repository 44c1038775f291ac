import { noSites } from '../charging/site/no-sites.ts';
import type { SiteControl, SiteMeters, SitesDoor, SiteStore } from '../charging/site/ports.ts';
import type { Config } from '../config/load.ts';
import type { Clock, Log } from '../gateway/ports.ts';

export type SiteParts = {
  readonly store: SiteStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: SiteMeters;
};

export type ManagedSites = {
  readonly sites: SitesDoor & SiteControl;
  /** Hands over the site files, now and whenever they change, until the returned function is called. */
  follow(): () => void;
  /** Ends the thread that plans. */
  stop(): Promise<void>;
};

/** The sites of `charging.sitesFolder`. What plans them is half of the program: it is loaded only if there is a folder. */
export async function openManagedSites(config: Config, parts: SiteParts): Promise<ManagedSites> {
  if (config.charging.sitesFolder === undefined) {
    return { sites: noSites, follow: () => () => undefined, stop: async () => undefined };
  }
  const { planSites } = await import('./site-planning.ts');
  return planSites(config, parts);
}
