import type { PriceStep } from '../../optimizer/site.ts';
import { type Mistake, placeOf } from '../config/place.ts';
import type { LoadedSite } from '../config/sites.ts';
import { keptPrices } from '../main/kept-prices.ts';
import { priceSource, readPriceFile } from '../main/price-feeds.ts';
import type { ReadConfig } from '../main/read-config.ts';
import { siteLimits } from './site-limits.ts';

type Settings = Pick<ReadConfig, 'config' | 'sites'>;

export type CheckedPrices = {
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
  /** Prices by the id of the site, where a file or an earlier run of the gateway has some. */
  readonly bySite: ReadonlyMap<string, readonly PriceStep[]>;
};

/** Reads the price files of all sites; of what is fetched, the gateway's last answer counts. */
export function checkPrices({ config, sites }: Settings): CheckedPrices {
  const mistakes: Mistake[] = [];
  const bySite = new Map<string, readonly PriceStep[]>();
  for (const site of sites) {
    const { id } = site.read.site;
    const source = priceSource(site);
    const kept = source?.kind === 'http' ? keptPrices(config.data.folder).of(id) : undefined;
    if (kept !== undefined) bySite.set(id, kept);
    if (source?.kind !== 'file') continue;
    const prices = readPriceFile(source.file, source.reading, site);
    if (prices.kind === 'wrong') mistakes.push(...prices.mistakes);
    else bySite.set(id, prices.steps);
  }
  const warnings = sites.flatMap((site) => dearPrices(site, bySite.get(site.read.site.id) ?? []));
  return { mistakes, warnings, bySite };
}

/** The effective limits of every site; empty without sites. */
export function sitesReport({ sites }: Settings, prices: CheckedPrices['bySite'], nowMs: number): string {
  return sites.map(({ read }) => siteLimits(read.site, prices.get(read.site.id), nowMs)).join('');
}

/** Not a mistake: what the market does must not keep a gateway from starting. */
function dearPrices({ read, sources }: LoadedSite, prices: readonly PriceStep[]): readonly Mistake[] {
  const { unmetPerKwh } = read.site.objective;
  const dearest = prices.find(({ perKwh }) => perKwh >= unmetPerKwh);
  if (dearest === undefined) return [];
  const path = ['objective', 'unmetPerKwh'];
  const message = `is not above ${dearest.perKwh}, a price of tariff.import; while it holds, cars stay short of energy (is it per MWh? then say unit: MWh)`;
  return [{ place: placeOf(sources, path), path, message }];
}
