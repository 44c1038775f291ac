import type { Clock, Log } from '../gateway/ports.ts';
import { onCron } from './cron.ts';
import { fetchPriceList } from './price-fetch.ts';

export type PriceHostParts = {
  readonly site: string;
  readonly url: string;
  readonly cron: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False when the text is no price list: it is fetched again. */
  readonly take: (text: string) => boolean;
};

export type PriceHost = { stop(): void };

/** Waits before the second, third, … try; then the next time of the cron expression is waited for. */
const retriesMs = [30_000, 60_000, 120_000, 240_000, 480_000, 900_000] as const;

/** Fetches a price list now and on its cron expression until stopped; tries again with growing waits when that fails. */
export function startPriceHost({ site, url, cron, clock, log, take }: PriceHostParts): PriceHost {
  const stopped = new AbortController();
  let cancelRetry = (): void => undefined;
  let isFetching = false;
  const attempt = async (tries: number): Promise<void> => {
    isFetching = true;
    const fetched = await fetchPriceList(url, stopped.signal);
    isFetching = false;
    if (stopped.signal.aborted || (fetched.kind === 'fetched' && take(fetched.text))) return;
    const reason = fetched.kind === 'failed' ? fetched.reason : 'no sound price list';
    const waitMs = retriesMs[tries];
    log.warn('prices not fetched', { site, reason, tries: tries + 1, ...(waitMs === undefined ? {} : { waitMs }) });
    if (waitMs !== undefined) cancelRetry = clock.after(waitMs * (0.5 + Math.random() / 2), () => begin(tries + 1));
  };
  const begin = (tries: number): void => {
    cancelRetry();
    if (isFetching) return;
    attempt(tries).catch((error: unknown) => log.error('prices not fetched', { site }, error));
  };
  const end = onCron(cron, clock, () => begin(0));
  begin(0);
  return {
    stop: () => {
      end();
      cancelRetry();
      stopped.abort();
    },
  };
}
