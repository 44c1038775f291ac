import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SitesDoor } from '../charging/site/ports.ts';
import type { SiteSettings } from '../charging/site/settings.ts';
import type { Config } from '../config/load.ts';
import { describeMistake, type Mistake } from '../config/place.ts';
import { type LoadedSite, loadSites, siteFileNames } from '../config/sites.ts';
import { systemProblem } from '../config/system-problem.ts';
import type { Clock, Log } from '../gateway/ports.ts';
import { watchFiles } from './file-watch.ts';
import { keptPrices } from './kept-prices.ts';
import { PriceFeeds, priceSource } from './price-feeds.ts';
import { siteSettings } from './site-settings.ts';

export type SiteFilesParts = {
  readonly config: Config;
  readonly sites: Pick<SitesDoor, 'configure' | 'signal'>;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Hands the site files to the optimizer, and hands them over anew whenever one of them or a price file changes. While a
 * file has a mistake, all sites keep the settings they had, and each mistake is logged.
 */
export function startSiteFiles({ config, sites, clock, log }: SiteFilesParts): { close(): void } {
  const { sitesFolder } = config.charging;
  if (sitesFolder === undefined) return { close: () => undefined };
  const feeds = new PriceFeeds({ sites, kept: keptPrices(config.data.folder), clock, log });
  let loaded: readonly LoadedSite[] = [];
  let present: readonly SiteSettings[] | undefined;
  let told = '';
  /** The same words are logged once, however often the files are looked at. */
  const tell = (mistakes: readonly Mistake[], log: (mistake: string) => void): void => {
    const words = mistakes.map(tellable);
    if (words.join('\n') !== told) for (const mistake of words) log(mistake);
    told = words.join('\n');
  };
  const read = (): void => {
    const result = loadSites(config);
    if (result.kind === 'refused') {
      tell(result.mistakes, (mistake) => log.error('site file refused', { mistake }));
      return;
    }
    tell(result.warnings, (warning) => log.warn('site file doubted', { warning }));
    loaded = result.sites;
    const settings = loaded.map(siteSettings);
    if (!isDeepStrictEqual(settings, present)) {
      sites.configure(settings);
      log.info('sites configured', {
        sites: settings.map(({ site }) => site.id),
        changed: changedIds(present, settings),
      });
      present = settings;
    }
    feeds.follow(loaded);
  };
  const readAgain = (): void => {
    try {
      read();
    } catch (error) {
      log.error('site files not read', { folder: sitesFolder }, error);
    }
  };
  const files = () => [...siteFiles(sitesFolder), ...loaded.flatMap(priceFiles)];
  const watch = watchFiles({ files, clock, onChange: readAgain });
  read();
  return {
    close: () => {
      watch.close();
      feeds.close();
    },
  };
}

/** The folder stands for the files of which there is none yet. */
function siteFiles(folder: string): readonly string[] {
  try {
    return [folder, ...siteFileNames(folder).map((name) => join(folder, name))];
  } catch (error) {
    // what is not there is looked for again; reading it says what is wrong
    systemProblem(error);
    return [folder];
  }
}

function priceFiles(site: LoadedSite): readonly string[] {
  const source = priceSource(site);
  return source?.kind === 'file' ? [source.file] : [];
}

/** Sites that are new, other than before, or gone. */
function changedIds(before: readonly SiteSettings[] | undefined, after: readonly SiteSettings[]): readonly string[] {
  const byId = (settings: readonly SiteSettings[]) => new Map(settings.map((one) => [one.site.id, one]));
  const [old, next] = [byId(before ?? []), byId(after)];
  return [...new Set([...old.keys(), ...next.keys()])].filter((id) => !isDeepStrictEqual(old.get(id), next.get(id)));
}

/** A mistake for the log, which idTags do not belong into. */
function tellable(mistake: Mistake): string {
  const path = mistake.path.map((step, at) => (at === 1 && mistake.path[0] === 'drivers' ? '…' : step));
  return describeMistake({ ...mistake, path });
}
