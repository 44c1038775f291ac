import { join } from 'node:path';
import { type ChargerProfile, chargerSettings } from '../config/charger-settings.ts';
import type { Config } from '../config/load.ts';
import type { Clock, Log, Meters } from '../gateway/ports.ts';
import { directTransfers, type TransfersDoor, type TransfersLine } from '../gateway/transfers-port.ts';
import { addressRule } from '../transfers/addresses.ts';
import { fileDoorDefaults } from '../transfers/door/defaults.ts';
import { type FileDoorSettings, openFileDoor } from '../transfers/door/door.ts';
import { RemoteFetcher } from '../transfers/fetch/fetcher.ts';
import { systemResolver } from '../transfers/fetch/outside.ts';
import { RemoteUploader } from '../transfers/fetch/uploader.ts';
import type { CampaignsDesk, CampaignStore } from '../transfers/campaigns/ports.ts';
import { TransferDesk } from '../transfers/jobs/desk.ts';
import type {
  StationTransfers,
  TransferMeters,
  TransfersDesk,
  TransferSettings,
  TransferStore,
} from '../transfers/jobs/ports.ts';
import type { Spool } from '../transfers/ports.ts';
import { signatureCheck } from '../transfers/signature/signature-check.ts';
import { FileSpool } from '../transfers/spool/spool.ts';
import type { RunningCampaigns } from './campaigns.ts';
import type { CurrentConfig, Settings } from './current-config.ts';

export type TransferParts = {
  readonly store: TransferStore & CampaignStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly transferMeters: TransferMeters;
};

/** The transfers of a running gateway. */
export type Transfers = {
  /** For the gateway, which asks once. */
  readonly serve: (line: TransfersLine) => TransfersDoor;
  /** For the operator; undefined when no files are carried. */
  readonly desk: TransfersDesk | undefined;
  /** For the operator; undefined when there are none. */
  readonly campaigns: CampaignsDesk | undefined;
  /** Goes on with what an earlier run left; the gateway must have been served. */
  resume(): Promise<void>;
  close(): Promise<void>;
};

const dayMs = 86_400_000;
/** All attempts of one fetch or upload together: a CSMS may ask for many, far apart. */
const longestTransferMs = dayMs;
/** Without a byte. */
const stallMs = 60_000;

/** Opens the spool and the doors for chargers, and reads the jobs of an earlier run. Rejects when a port is taken. */
export async function openTransfers(current: CurrentConfig, parts: TransferParts): Promise<Transfers> {
  const { config } = current;
  if (!config.transfers.enabled) return noTransfers;
  const { clock, log, meters, transferMeters } = parts;
  const spool = await FileSpool.open(current.live(spoolSettings), { clock, log });
  const outside = current.live(outsideOf);
  const remote = { spool, outside, maxMs: longestTransferMs, clock, log, chance: Math.random };
  const desk = new TransferDesk({
    ...parts,
    settings: current.live(transferSettings),
    spool,
    meters: transferMeters,
    fetcher: new RemoteFetcher({ ...remote, fetched: (bytes) => transferMeters.moved('firmware', 'csms', bytes) }),
    uploader: new RemoteUploader(remote),
    signatures: signatureCheck(firmwareRootsOf(config), { spool, clock }),
    hasFtps: config.transfers.ftp.tls !== undefined,
  });
  await desk.load();
  const running = await campaignsOf(config, { ...parts, desk, spool });
  const door = await openFileDoor(doorSettings(config), { spool, listener: desk, clock, log, meters });
  desk.openDoor(door);
  log.info('file doors opened', { httpPort: door.httpPort, ftpPort: door.ftpPort });
  return {
    serve: (line) => desk.serve(line),
    desk,
    campaigns: running?.campaigns,
    resume: async () => {
      await desk.resume();
      running?.follow();
    },
    close: async () => {
      await running?.close();
      await desk.stop();
      await door.close();
    },
  };
}

/** What runs campaigns is loaded only if there are some. */
async function campaignsOf(
  config: Config,
  { store, clock, log, desk, spool }: TransferParts & { readonly desk: TransferDesk; readonly spool: Spool },
): Promise<RunningCampaigns | undefined> {
  if (config.transfers.campaignsFolder === undefined && (await store.campaigns()).length === 0) return undefined;
  const { openCampaigns } = await import('./campaigns.ts');
  const running = await openCampaigns(config, { store, updates: desk.updates, spool, clock, log });
  desk.watchedBy(running.campaigns);
  return running;
}

const noTransfers: Transfers = {
  serve: () => directTransfers,
  desk: undefined,
  campaigns: undefined,
  resume: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

function spoolSettings({ config: { data, transfers } }: Settings) {
  const folder = join(data.folder, 'spool');
  return { folder, quotaBytes: transfers.spoolBytes, keepUploadsMs: transfers.chargerDays * dayMs };
}

function outsideOf({ config: { transfers, contents } }: Settings) {
  const { caFile, allowNetworks } = transfers;
  const ca = caFile === undefined ? undefined : contents.get(caFile)?.revealText();
  return { permits: addressRule(allowNetworks), ca, resolve: systemResolver, stallMs };
}

function firmwareRootsOf({ transfers, contents }: Config): string {
  return contents.get(transfers.firmwareRootsFile ?? '')?.revealText() ?? '';
}

function doorSettings({ transfers, contents }: Config): FileDoorSettings {
  const { host, http, ftp, publicHost } = transfers;
  const { port, passive } = ftp;
  const cert = contents.get(ftp.tls?.certFile ?? '')?.revealText();
  const key = contents.get(ftp.tls?.keyFile ?? '')?.revealText();
  const tls =
    ftp.tls === undefined || cert === undefined || key === undefined
      ? {}
      : { tls: { cert, key, requireSessionReuse: ftp.tls.requireSessionReuse } };
  return {
    http: { ...fileDoorDefaults.http, host, port: http.port },
    ftp: { ...fileDoorDefaults.ftp, host, port, passivePorts: { first: passive.from, last: passive.to }, ...tls },
    ...(publicHost === undefined ? {} : { publicHost }),
  };
}

function transferSettings({ config }: Settings): TransferSettings {
  const { maxImageBytes, maxDiagnosticsBytes, offerDays, chargerDays, keepDays } = config.transfers;
  const known = new Map<string, StationTransfers>();
  return {
    imageBytes: { least: 1, most: maxImageBytes },
    mostDiagnosticsBytes: maxDiagnosticsBytes,
    offerMs: offerDays * dayMs,
    ticketMs: chargerDays * dayMs,
    keepMs: keepDays * dayMs,
    // Asked often, and only for chargers that are accepted: there is an end to them.
    station: (identity) => {
      const settings = known.get(identity) ?? stationTransfers(chargerSettings(config, identity).profile);
      known.set(identity, settings);
      return settings;
    },
  };
}

function stationTransfers(profile: ChargerProfile): StationTransfers {
  return {
    route: profile.transfers,
    protocol: profile.transferProtocol,
    flat: profile.flatUrls,
    inferStatus: profile.inferFirmwareStatus,
    uploadMethod: profile.diagnosticsMethod,
  };
}
