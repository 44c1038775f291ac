import { readSite } from '../../optimizer/scenario-site.ts';
import type { SiteSettings } from '../../src/charging/site/settings.ts';

/** Settings of a site with what a site file says, learning nothing and known drivers none. */
export function settingsOf(
  file: Readonly<Record<string, unknown>>,
  replan: Partial<SiteSettings['replan']> = {},
): SiteSettings {
  const { site, sessionDefaults, co2WeightPerKg } = readSite(file, 'site');
  const rule = { maxAgeS: 900, onLoss: 'keepLast' } as const;
  return {
    site,
    sessionDefaults,
    drivers: new Map(),
    learnStays: false,
    co2WeightPerKg,
    replan: { onEvents: true, minIntervalS: 10, everyS: 900, ...replan },
    load: rule,
    pv: rule,
    external: rule,
  };
}
