import { Planner } from '../../optimizer/planner.ts';
import type { PlanResult } from '../../optimizer/plan-result.ts';
import type { Scenario } from '../../optimizer/site.ts';
import { createSiteInputs } from '../charging/site/inputs.ts';
import { openSites } from '../charging/site/sites.ts';
import type { Config } from '../config/load.ts';
import type { Log } from '../gateway/ports.ts';
import type { ManagedSites, SiteParts } from './managed-sites.ts';
import { startSiteFiles } from './site-files.ts';

/** Sites that are planned in a thread of their own; why a plan was made without it is logged. */
export function planSites(config: Config, parts: SiteParts): ManagedSites {
  const { clock, log } = parts;
  const planning = new Planner((reason) => log.error('planner thread failed', { reason }));
  const trial = (scenarios: readonly [Scenario, Scenario]) => planAside(scenarios, log);
  const sites = openSites({ ...parts, inputs: createSiteInputs, planning, trial });
  return {
    sites,
    follow: () => {
      const files = startSiteFiles({ config, sites, clock, log });
      return () => files.close();
    },
    stop: () => planning.stop(),
  };
}

/** In a thread of its own, which ends with it: the one that plans the sites neither waits nor learns anything. */
async function planAside(
  [one, other]: readonly [Scenario, Scenario],
  log: Log,
): Promise<readonly [PlanResult, PlanResult]> {
  const planner = new Planner((reason) => log.warn('trial planned without its thread', { reason }));
  try {
    return [await planner.plan(one), await planner.plan(other)];
  } finally {
    await planner.stop();
  }
}
