import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/gateway/clock.ts';
import type { Clock } from '../../src/gateway/ports.ts';
import { addressRule } from '../../src/transfers/addresses.ts';
import { RemoteFetcher } from '../../src/transfers/fetch/fetcher.ts';
import type { Outside } from '../../src/transfers/fetch/outside.ts';
import { RemoteUploader } from '../../src/transfers/fetch/uploader.ts';
import type { Fetched, FetchRequest } from '../../src/transfers/ports.ts';
import { FileSpool } from '../../src/transfers/spool/spool.ts';
import { quietLog } from './quiet-log.ts';

/** A fetcher and an uploader over a spool in a temporary folder; the loopback counts as outside. */
export type OutsideStage = {
  readonly spool: FileSpool;
  readonly fetcher: RemoteFetcher;
  readonly uploader: RemoteUploader;
  readonly lines: string[];
  readonly log: ReturnType<typeof quietLog>;
  fetch(location: string, wish?: Partial<FetchRequest>): Promise<Fetched>;
  end(): void;
};

/** A clock on which every pause is over at once; all other times are real. */
export const hastyClock: Clock = {
  now: () => systemClock.now(),
  elapsed: () => systemClock.elapsed(),
  after: (ms, run) => systemClock.after(ms > 1_800_000 ? ms : 0, run),
};

export async function openOutside(
  wish: Partial<Outside> & { readonly quotaBytes?: number; readonly clock?: Clock } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'outside-'));
  const clock = wish.clock ?? hastyClock;
  const log = quietLog();
  const settings = { folder: join(folder, 'spool'), quotaBytes: wish.quotaBytes ?? 1e9, keepUploadsMs: 86_400_000 };
  const spool = await FileSpool.open(settings, { clock, log });
  const outside: Outside = {
    resolve: async () => ['127.0.0.1'],
    permits: addressRule(['127.0.0.0/8']),
    ca: undefined,
    stallMs: 5_000,
    ...wish,
  };
  const parts = { spool, outside, clock, log, maxMs: 3_600_000, chance: () => 0.5 };
  const fetcher = new RemoteFetcher({ ...parts, fetched: () => undefined });
  const lines: string[] = [];
  const stage: OutsideStage = {
    spool,
    fetcher,
    uploader: new RemoteUploader(parts),
    lines,
    log,
    fetch: (location, request) => {
      const persistence = { retries: 5, retryIntervalMs: 1_000 };
      const whole = { location, persistence, minBytes: 1, maxBytes: 1e8, ...request };
      return fetcher.fetch(whole, 'test', (line) => lines.push(line));
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
  return stage;
}
