import { statfs } from 'node:fs/promises';
import type { SitesDoor, SiteStatus } from '../charging/site/ports.ts';
import type { ChargerView, OperatorDoor } from '../gateway/operator-port.ts';
import type { OutboxCounts, Store, StoreHealth } from '../gateway/store-port.ts';
import type { TransfersDesk, TransferView } from '../transfers/jobs/ports.ts';
import type { ChargerRow } from './views/chargers.ts';
import { within } from './within.ts';

/** A broken disk must not hold up the answer that tells of it. */
const deadlineMs = 5_000;

export type Sources = {
  readonly door: Pick<OperatorDoor, 'chargers' | 'counts' | 'ready'>;
  readonly store: Pick<Store, 'health'>;
  readonly sites: Pick<SitesDoor, 'sites' | 'status'>;
  /** Undefined: no files are carried. */
  readonly transfers?: Pick<TransfersDesk, 'transfers'> | undefined;
  /** The data folder: how much its disk has left. */
  readonly folder: string;
  /** All chargers with what was measured at their connectors; absent: that is not asked for. */
  readonly connectors?: (() => Promise<readonly ChargerRow[]>) | undefined;
  /** The certificate files of the config; absent: none. */
  readonly certificates?: (() => readonly CertificateExpiry[]) | undefined;
};

/** When a certificate file is of no use any more, ms since the epoch. */
export type CertificateExpiry = { readonly file: string; readonly expiresMs: number };

export type Readiness = Awaited<ReturnType<OperatorDoor['ready']>>;

/** The gateway's state at one moment; what could not be read is undefined. */
export type Readings = {
  readonly chargers: readonly ChargerView[] | undefined;
  readonly counts: OutboxCounts | undefined;
  readonly ready: Readiness | undefined;
  readonly sites: readonly SiteStatus[] | undefined;
  /** The open ones. */
  readonly transfers: readonly TransferView[] | undefined;
  readonly connectors: readonly ChargerRow[] | undefined;
  readonly storeHealth: StoreHealth | undefined;
  readonly certificates: readonly CertificateExpiry[] | undefined;
  readonly diskFreeBytes: number | undefined;
  readonly diskSizeBytes: number | undefined;
};

/** Reads all sources at once, each with a deadline; `failed` hears of each part that could not be read. Never rejects. */
export async function takeReadings(
  { door, store, sites, transfers, folder, connectors, certificates }: Sources,
  failed: (part: keyof Readings, cause: unknown) => void,
): Promise<Readings> {
  const read = async <T>(part: keyof Readings, reading: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await within(deadlineMs, part, reading());
    } catch (thrown) {
      failed(part, thrown);
      return undefined;
    }
  };
  const [chargers, counts, ready, managed, openTransfers, rows, storeHealth, disk, expiries] = await Promise.all([
    read('chargers', () => door.chargers()),
    read('counts', () => door.counts()),
    read('ready', () => door.ready()),
    read('sites', async () => sites.sites().flatMap((id) => sites.status(id) ?? [])),
    read('transfers', async () => transfers?.transfers({ open: true }) ?? []),
    read('connectors', async () => (await connectors?.()) ?? []),
    read('storeHealth', () => store.health()),
    read('diskFreeBytes', () => diskOf(folder)),
    read('certificates', async () => certificates?.() ?? []),
  ]);
  const { freeBytes: diskFreeBytes, sizeBytes: diskSizeBytes } = disk ?? {};
  const state = { chargers, counts, ready, sites: managed, transfers: openTransfers, connectors: rows };
  return { ...state, storeHealth, diskFreeBytes, diskSizeBytes, certificates: expiries };
}

async function diskOf(folder: string): Promise<{ readonly freeBytes: number; readonly sizeBytes: number }> {
  const disk = await statfs(folder);
  return { freeBytes: disk.bavail * disk.bsize, sizeBytes: disk.blocks * disk.bsize };
}
