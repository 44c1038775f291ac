import { Planner } from '../../optimizer/planner.ts';
import { createSiteInputs } from '../charging/site/inputs.ts';
import { openSites } from '../charging/site/sites.ts';
import type { Config } from '../config/load.ts';
import type { ManagedSites, SiteParts } from './managed-sites.ts';
import { startSiteFiles } from './site-files.ts';

/** Sites that are planned in a thread of their own; why a plan was made without it is logged. */
export function planSites(config: Config, parts: SiteParts): ManagedSites {
  const { clock, log } = parts;
  const planning = new Planner((reason) => log.error('planner thread failed', { reason }));
  const sites = openSites({ ...parts, inputs: createSiteInputs, planning });
  return {
    sites,
    follow: () => {
      const files = startSiteFiles({ config, sites, clock, log });
      return () => files.close();
    },
    stop: () => planning.stop(),
  };
}
