import { phaseCount, timeOfDay } from '../../optimizer/scenario-fields.ts';
import type { DriverTarget, SiteSettings } from '../charging/site/settings.ts';
import type { LoadedSite } from '../config/sites.ts';

/** What the site optimizer must know of a site file. */
export function siteSettings({ written, read }: LoadedSite): SiteSettings {
  const { reoptimize } = written.site;
  const { maxAgeS, onLoss } = written.pv;
  return {
    site: read.site,
    sessionDefaults: read.sessionDefaults,
    drivers: new Map(Object.entries(written.drivers).map(([idTag, driver]) => [idTag.toLowerCase(), target(driver)])),
    learnStays: written.learnStays,
    co2WeightPerKg: read.co2WeightPerKg,
    replan: {
      onEvents: reoptimize.onEvents,
      minIntervalS: reoptimize.minIntervalS,
      everyS: reoptimize.everyMinutes * 60,
    },
    leaseS: written.output.leaseS,
    calendar: read.site.calendar,
    load: written.limits.load,
    pv: { maxAgeS, onLoss },
    external: written.limits.external,
  };
}

type Driver = NonNullable<LoadedSite['written']['drivers'][string]>;

function target({ departure, phases, ...driver }: Driver): DriverTarget {
  return {
    ...driver,
    ...(departure === undefined ? {} : { departureMinute: timeOfDay(departure, 'departure') }),
    ...(phases === undefined ? {} : { phases: phaseCount(phases, 'phases') }),
  };
}
