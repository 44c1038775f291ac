import { readFileSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { PriceStep } from '../../optimizer/site.ts';
import { isoTime } from '../../optimizer/time.ts';
import type { SitesDoor } from '../charging/site/ports.ts';
import { describeMistake, type Mistake, placeOf } from '../config/place.ts';
import { mostPriceBytes, type PriceReading, type ReadPrices, readPrices } from '../config/prices.ts';
import type { LoadedSite } from '../config/sites.ts';
import { systemProblem } from '../config/system-problem.ts';
import type { Clock, Log } from '../gateway/ports.ts';
import type { KeptPrices } from './kept-prices.ts';
import { type PriceHost, startPriceHost } from './price-host.ts';

/** Where the prices of a site come from, beside its file. */
export type PriceSource =
  | { readonly kind: 'file'; readonly file: string; readonly reading: PriceReading }
  | { readonly kind: 'http'; readonly url: string; readonly cron: string; readonly reading: PriceReading };

/** Undefined where the site file says all prices itself. */
export function priceSource({ written, read }: LoadedSite): PriceSource | undefined {
  const { kind, file, url, cron, unit, adderPerKwh = 0 } = written.tariff.import ?? {};
  const reading = { timezone: read.site.timezone, unit, adderPerKwh };
  if (kind === 'file' && file !== undefined) return { kind, file, reading };
  if (kind === 'http' && url !== undefined && cron !== undefined) return { kind, url, cron, reading };
  return undefined;
}

/** The prices of `tariff.import.file`; that it cannot be read is a mistake where the site file names it. */
export function readPriceFile(file: string, reading: PriceReading, { sources }: LoadedSite): ReadPrices {
  const path = ['tariff', 'import', 'file'];
  const refused = (message: string): ReadPrices => ({
    kind: 'wrong',
    mistakes: [{ place: placeOf(sources, path), path, message: `${file} ${message}` }],
  });
  try {
    if (statSync(file).size > mostPriceBytes) return refused(`is larger than ${mostPriceBytes} bytes`);
    return readPrices(readFileSync(file, 'utf8'), file, reading);
  } catch (error) {
    return refused(systemProblem(error));
  }
}

export type PriceFeedParts = {
  readonly sites: Pick<SitesDoor, 'signal'>;
  readonly kept: KeptPrices;
  readonly clock: Clock;
  readonly log: Log;
};

type Feed = {
  readonly source: PriceSource;
  site: LoadedSite;
  /** What the optimizer was told. */
  told: readonly PriceStep[] | undefined;
  /** What was complained of last, so that it is once. */
  complaint: string;
  readonly host: PriceHost | undefined;
};

const dayS = 86_400;

/** Brings prices from files and hosts to the optimizer, and keeps the last good ones when a source fails. */
export class PriceFeeds {
  readonly #parts: PriceFeedParts;
  readonly #feeds = new Map<string, Feed>();

  constructor(parts: PriceFeedParts) {
    this.#parts = parts;
  }

  /** Takes other sites, which the optimizer knows already, or reads the files of the same ones anew. */
  follow(loaded: readonly LoadedSite[]): void {
    const ids = new Set(loaded.map(({ read }) => read.site.id));
    for (const [id, { host }] of this.#feeds) {
      if (ids.has(id)) continue;
      host?.stop();
      this.#feeds.delete(id);
      this.#forget(id);
    }
    for (const site of loaded) this.#followOne(site);
  }

  close(): void {
    for (const { host } of this.#feeds.values()) host?.stop();
    this.#feeds.clear();
  }

  #followOne(site: LoadedSite): void {
    const { id } = site.read.site;
    const source = priceSource(site);
    if (source === undefined) this.#end(id);
    else {
      const feed = this.#feedOf(id, source, site);
      feed.site = site;
      if (source.kind === 'file') this.#take(feed, readPriceFile(source.file, source.reading, site));
    }
  }

  #feedOf(id: string, source: PriceSource, site: LoadedSite): Feed {
    const present = this.#feeds.get(id);
    if (present !== undefined && isDeepStrictEqual(present.source, source)) return present;
    present?.host?.stop();
    const { clock, log } = this.#parts;
    const take = (text: string) => this.#take(feed, readPrices(text, `prices of ${id}`, source.reading));
    const host = source.kind === 'http' ? startPriceHost({ ...source, site: id, clock, log, take }) : undefined;
    const feed: Feed = { source, site, told: present?.told, complaint: '', host };
    this.#feeds.set(id, feed);
    if (host !== undefined) this.#useKept(id, feed);
    return feed;
  }

  /** A site whose prices came from elsewhere has those of its file again. */
  #end(id: string): void {
    const feed = this.#feeds.get(id);
    if (feed === undefined && this.#parts.kept.of(id) === undefined) return;
    feed?.host?.stop();
    this.#feeds.delete(id);
    this.#forget(id);
    this.#parts.sites.signal(id, { kind: 'prices', steps: [] });
  }

  /** True when the prices were good. */
  #take(feed: Feed, prices: ReadPrices): boolean {
    const { site } = feed.site.read;
    const { id } = site;
    if (prices.kind === 'wrong') {
      this.#complain(id, feed, prices.mistakes);
      this.#useKept(id, feed);
      return false;
    }
    feed.complaint = '';
    if (isDeepStrictEqual(prices.steps, feed.told)) return true;
    this.#tell(id, feed, prices.steps);
    this.#keep(id, prices.steps);
    this.#doubt(site, prices.steps);
    return true;
  }

  /** Until the source is heard: what it said before the gateway was started. */
  #useKept(id: string, feed: Feed): void {
    const kept = feed.told === undefined ? this.#parts.kept.of(id) : undefined;
    if (kept !== undefined) this.#tell(id, feed, kept);
  }

  #tell(id: string, feed: Feed, steps: readonly PriceStep[]): void {
    feed.told = steps;
    this.#parts.sites.signal(id, { kind: 'prices', steps });
  }

  #keep(id: string, steps: readonly PriceStep[]): void {
    this.#onDisk(id, () => this.#parts.kept.keep(id, steps));
  }

  #forget(id: string): void {
    this.#onDisk(id, () => this.#parts.kept.forget(id));
  }

  /** What cannot be written is only missed after a restart. */
  #onDisk(id: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#parts.log.warn('prices not kept', { site: id, reason: `the data folder ${systemProblem(error)}` });
    }
  }

  #complain(id: string, feed: Feed, mistakes: readonly Mistake[]): void {
    const complaint = mistakes.map(describeMistake).join('\n');
    if (complaint === feed.complaint) return;
    feed.complaint = complaint;
    for (const mistake of mistakes.slice(0, mostComplaints)) {
      this.#parts.log.warn('prices refused', {
        site: id,
        mistake: describeMistake(mistake),
        mistakes: mistakes.length,
      });
    }
  }

  #doubt({ id, objective }: LoadedSite['read']['site'], steps: readonly PriceStep[]): void {
    const { log, clock } = this.#parts;
    const dearest = steps.reduce((most, { perKwh }) => Math.max(most, perKwh), Number.NEGATIVE_INFINITY);
    const lastS = steps.at(-1)?.fromS ?? 0;
    log.info('prices taken', { site: id, prices: steps.length, lastFrom: isoTime(lastS) });
    if (dearest >= objective.unmetPerKwh) {
      log.warn('prices above unmetPerKwh', { site: id, dearestPerKwh: dearest, unmetPerKwh: objective.unmetPerKwh });
    }
    if (lastS + dayS < clock.now() / 1000) log.warn('prices ended', { site: id, lastFrom: isoTime(lastS) });
  }
}

/** Of one price list: the others are like it. */
const mostComplaints = 10;
