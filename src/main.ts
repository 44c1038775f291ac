import { join } from 'node:path';
import type { SitesDoor } from './charging/site/ports.ts';
import { certificateExpiries } from './config/expiries.ts';
import type { Config } from './config/load.ts';
import { systemClock } from './gateway/clock.ts';
import { startGateway } from './gateway/gateway.ts';
import type { OperatorDoor } from './gateway/operator-port.ts';
import type { Clock, ConnectionDoor, CsmsDoor, Log, Meters } from './gateway/ports.ts';
import { localHost } from './main/addresses.ts';
import { jsonListenersOf, setupsOf, soapListenersOf } from './main/charger-setup.ts';
import { CurrentConfig, type Settings } from './main/current-config.ts';
import { gatewaySettings } from './main/gateway-settings.ts';
import { callerByWire, jsonChargers, type JsonUrls } from './main/json-listeners.ts';
import { localController } from './main/local-controller.ts';
import { openManagedSites } from './main/managed-sites.ts';
import { openBackups } from './main/backups.ts';
import { type EveryStore, openOwnStore } from './main/own-store.ts';
import { packageRoot, packageVersion } from './main/package.ts';
import { type ConfigOrigin, type ReloadCause, Reloading } from './main/reloading.ts';
import { smartCharging } from './main/smart-charging.ts';
import { soapCodecs } from './main/soap-codecs.ts';
import { soapListeners } from './main/soap-listeners.ts';
import { startTimetable } from './main/timetable.ts';
import { openTransfers } from './main/transfers.ts';
import { createCsmsLinks, csmsLinkDefaults } from './ocpp-j/client.ts';
import { createSoapCaller } from './ocpp-s/client.ts';
import { loadContract } from './ocpp-s/wsdl/contract.ts';
import { type ConfigDoor, configRoutes, type ReloadMeters } from './operator/config-routes.ts';
import { logRoutes } from './operator/log-routes.ts';
import { createMeters } from './operator/meters.ts';
import { createMetrics, type MetricsOptions } from './operator/metrics.ts';
import type { SetupOf } from './operator/operations.ts';
import type { Route } from './operator/routes.ts';
import { createOperatorServer } from './operator/server.ts';
import { socketPathIn } from './operator/socket-file.ts';
import type { CampaignsDesk } from './transfers/campaigns/ports.ts';
import type { BackupsDoor } from './timetable/ports.ts';
import type { TransfersDesk } from './transfers/jobs/ports.ts';

export type RunningGateway = JsonUrls & {
  /** Where chargers POST to, as this machine reaches it. */
  readonly soapUrl: string;
  readonly soapTlsUrl: string | undefined;
  readonly operatorUrl: string;
  /** The managed sites: none until they are configured. */
  readonly sites: SitesDoor;
  /** The config as it holds now. */
  readonly current: CurrentConfig;
  /** Reads the config again, and changes over to it if it has no mistake; nothing without an origin. */
  reload(cause: ReloadCause): Promise<unknown>;
  /** Accepts nothing new, lets what is under way end, and gives everything back; 10 s at most. */
  close(): Promise<void>;
};

export type Surroundings = {
  readonly log: Log;
  /** Default: its own. The bench replaces it, to measure what durability costs. */
  readonly store?: EveryStore;
  /** The end of the log, for support. */
  readonly lastLines?: () => readonly string[];
  /** Where the config can be read again. Absent: it holds until the end. */
  readonly origin?: ConfigOrigin;
};

/** How long calls of OCPP-J chargers may take to end: they were heard until then. */
const jsonGraceMs = 500;

/** How long requests that are under way may take to end; with 3 s for chargers to rest and 2 s for the links below 10 s. */
const graceMs = 4_000;

/** Builds every part, hands each its ports, and starts them from the inside out; rejects when one cannot start. */
export async function startEdge(settings: Settings, surroundings: Surroundings): Promise<RunningGateway> {
  const { log } = surroundings;
  const ending = new Ending();
  const current = new CurrentConfig(settings);
  const config = current.live((present) => present.config);
  try {
    const store = surroundings.store ?? (await openOwnStore(config, log));
    ending.first(() => store.close());
    const { meters, siteMeters, transferMeters, timetableMeters, reloadMeters, registry } = createMeters();
    const common = { clock: systemClock, log, meters };
    const wires = openWires(current, common, ending);
    const managed = await openManagedSites(config, { ...common, store, meters: siteMeters });
    ending.first(() => managed.stop());
    const { sites } = managed;
    const charging = smartCharging(current, { ...common, store, sites });
    const files = await openTransfers(current, { ...common, store, transferMeters });
    ending.first(() => files.close());
    const backups = await openBackups(current, { ...common, store, meters: timetableMeters });
    const { caller, links } = wires;
    const parts = { ...common, settings: current.live(gatewaySettings), store, caller, links, charging };
    const gateway = await startGateway({ ...parts, transfers: files.serve });
    ending.first(() => gateway.stop());
    current.follow((next) => gateway.prepare(gatewaySettings(next)));
    await files.resume();
    ending.first(managed.follow());
    const controller = await localController(current, { ...common, store, sites, links });
    ending.first(() => controller?.stop());
    const { urls, open } = await openChargerSide(current, { ...common, ...wires, door: gateway.chargers }, ending);
    const setupOf: SetupOf = (...charger) => setupsOf(current.settings, () => open)(...charger);
    const { operator: door } = gateway;
    const ofFiles = { transfers: files.desk, campaigns: files.campaigns };
    const ofConfig = openConfigSide(current, surroundings, reloadMeters, ending);
    const forOperator = { ...common, registry, store, sites, ...ofFiles, ...ofConfig, backups, door, setupOf };
    const operatorUrl = await openOperatorSide(config, forOperator, ending);
    const night = { ...common, store, backups, door, desk: files.desk, meters: timetableMeters };
    const timetable = await startTimetable(current, night);
    ending.first(() => timetable.stop());
    ofConfig.config?.watch();
    log.info('gateway started', { ...urls, operatorUrl, version: packageVersion(), folder: config.data.folder });
    const reload = async (cause: ReloadCause) => ofConfig.config?.reload(cause);
    return { ...urls, operatorUrl, sites, current, reload, close: () => ending.run() };
  } catch (error) {
    await ending.run();
    throw error;
  }
}

type Common = { readonly clock: Clock; readonly log: Log; readonly meters: Meters };

/** How chargers and the CSMS are called. `own.url` is where chargers find us, as soon as that is known. */
function openWires(current: CurrentConfig, common: Common, ending: Ending) {
  const config = current.live((present) => present.config);
  const services = loadContract(join(packageRoot, 'wsdl'));
  const contract = services.map(({ model }) => model);
  const soap = soapCodecs(config, contract, common);
  const own = { url: config.soap.publicUrl ?? '' };
  const soapCaller = createSoapCaller({ ...common, ...callerSettings(config), soap, publicUrl: () => own.url });
  ending.first(() => soapCaller.close());
  const json = jsonChargers(current, common);
  ending.first(() => json.close(jsonGraceMs));
  const caller = callerByWire(soapCaller, json.caller);
  const links = (door: CsmsDoor) => createCsmsLinks({ ...common, door, options: current.live(linkOptions) });
  return { services, soap, own, json, caller, links };
}

type ChargerSideParts = Common &
  Pick<ReturnType<typeof openWires>, 'services' | 'soap' | 'own' | 'json'> & { readonly door: ConnectionDoor };

/** The listeners for chargers, and where they are: as this machine reaches them, and as chargers do. */
async function openChargerSide(current: CurrentConfig, parts: ChargerSideParts, ending: Ending) {
  const { config } = current;
  const { own, json, door } = parts;
  const listeners = soapListeners({ ...parts, current });
  const { port } = await listeners.plain.listen();
  ending.first(() => listeners.plain.close(graceMs));
  const tls = await listeners.tls?.listen();
  ending.first(async () => listeners.tls?.close(graceMs));
  const soapOpen = soapListenersOf(config, { plain: port, tls: tls?.port });
  own.url = soapOpen[0]?.url ?? own.url;
  ending.first(() => json.shut());
  const { urls: jsonUrls, ports: jsonPorts } = await json.listen(door);
  const { host, path } = config.soap;
  const urls = {
    soapUrl: `http://${localHost(host)}:${port}${path}`,
    soapTlsUrl: tls && `https://${localHost(host)}:${tls.port}${path}`,
    ...jsonUrls,
  };
  return { urls, open: [...soapOpen, ...jsonListenersOf(config, jsonPorts)] };
}

/** What must be given back, last come first served; run once. */
class Ending {
  readonly #steps: (() => unknown)[] = [];
  #done: Promise<void> | undefined;

  first(step: () => unknown): void {
    this.#steps.unshift(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}

/** What the operator sees of the config, and how it is read again where that can be. */
function openConfigSide(
  current: CurrentConfig,
  { log, origin, lastLines }: Surroundings,
  meters: ReloadMeters,
  ending: Ending,
) {
  const config = origin && new Reloading({ current, origin, clock: systemClock, log, meters });
  ending.first(() => config?.close());
  const routes = [
    ...(config === undefined ? [] : configRoutes(config)),
    ...(lastLines === undefined ? [] : logRoutes(lastLines)),
  ];
  return { config, routes, certificates: current.derive((present) => certificateExpiries(present.config)) };
}

type OperatorParts = Pick<MetricsOptions, 'registry' | 'store' | 'log' | 'certificates'> & {
  readonly sites: SitesDoor;
  readonly transfers: TransfersDesk | undefined;
  readonly campaigns: CampaignsDesk | undefined;
  readonly backups: BackupsDoor;
  readonly clock: Clock;
  readonly door: OperatorDoor;
  readonly setupOf: SetupOf;
  readonly config: ConfigDoor | undefined;
  readonly routes: readonly Route[];
};

/** Health, metrics and the command line's socket; resolves with the URL of the former. */
async function openOperatorSide({ operator, data }: Config, parts: OperatorParts, ending: Ending): Promise<string> {
  const { host, port, chargerLabels } = operator;
  const { folder } = data;
  const sources = { ...parts, folder, version: packageVersion() };
  const metrics = createMetrics({ ...sources, chargerLabels });
  ending.first(() => metrics.close());
  const server = createOperatorServer({ ...sources, metrics, host, port, socketPath: socketPathIn(folder) });
  const listeningPort = await server.listen();
  ending.first(() => server.close());
  return `http://${localHost(host)}:${listeningPort}`;
}

/** Chargers that speak TLS show certificates of their own making: what protects the call is its address. */
function callerSettings({ soap }: Config) {
  return { maxAnswerBytes: soap.maxBodyBytes, tls: { verify: false, legacy: false } };
}

/** Compressing smaller messages costs more than it saves. */
const compressFromBytes = 512;

function linkOptions({ config: { csms, soap } }: Settings) {
  const { minS, maxS } = csms.backoff;
  return {
    ...csmsLinkDefaults,
    // A charger that takes all of its time is still answered for by the gateway, not by the link.
    commandDeadlineMs: Math.max(csmsLinkDefaults.commandDeadlineMs, soap.callDeadlineS * 1000 + 5_000),
    backOff: { minMs: minS * 1000, maxMs: maxS * 1000 },
    compressFromBytes: csms.compression ? compressFromBytes : undefined,
  };
}
