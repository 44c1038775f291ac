import type { SitesDoor } from './charging/site/ports.ts';
import { systemClock } from './gateway/clock.ts';
import { startGateway } from './gateway/gateway.ts';
import type { Log } from './gateway/ports.ts';
import { openBackups } from './main/backups.ts';
import { openChargerSide } from './main/charger-side.ts';
import { CurrentConfig, type Settings } from './main/current-config.ts';
import { Ending } from './main/ending.ts';
import { gatewaySettings } from './main/gateway-settings.ts';
import type { JsonUrls } from './main/json-listeners.ts';
import { localController } from './main/local-controller.ts';
import { openManagedSites } from './main/managed-sites.ts';
import { openOperatorSide } from './main/operator-side.ts';
import { type EveryStore, openOwnStore } from './main/own-store.ts';
import { packageVersion } from './main/package.ts';
import { type ConfigOrigin, type ReloadCause, Reloading } from './main/reloading.ts';
import { smartCharging } from './main/smart-charging.ts';
import { telemetryOf } from './main/telemetry.ts';
import { startTimetable } from './main/timetable.ts';
import { openTransfers } from './main/transfers.ts';
import { openWires } from './main/wires.ts';
import { createMeters } from './operator/meters.ts';

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

/** Builds every part, hands each its ports, and starts them from the inside out; rejects when one cannot start. */
export async function startEdge(settings: Settings, surroundings: Surroundings): Promise<RunningGateway> {
  const { log } = surroundings;
  const ending = new Ending();
  const current = new CurrentConfig(settings);
  const config = current.live((present) => present.config);
  try {
    const store = surroundings.store ?? (await openOwnStore(config, log));
    ending.first(() => store.close());
    const { siteMeters, transferMeters, timetableMeters, telemetryMeters, reloadMeters, ...met } = createMeters();
    const { meters, registry } = met;
    const { telemetry, messages, watch } = telemetryOf(config, { clock: systemClock, log, ...telemetryMeters });
    ending.first(() => telemetry.close());
    const common = { clock: systemClock, log, meters, messages };
    const wires = openWires(current, common, ending);
    const managed = await openManagedSites(config, { ...common, store, meters: siteMeters });
    ending.first(() => managed.stop());
    const { sites } = managed;
    ending.first(watch(sites));
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
    const { urls, listeners } = await openChargerSide(current, { ...common, ...wires, door: gateway.chargers }, ending);
    const { operator: door } = gateway;
    const { origin, lastLines } = surroundings;
    const reloading = origin && new Reloading({ current, origin, clock: systemClock, log, meters: reloadMeters });
    const shown = { gateway, sites, transfers: files.desk, campaigns: files.campaigns, backups, telemetry, reloading };
    const forOperator = { ...common, registry, store, ...shown, lastLines, listeners };
    const operatorUrl = await openOperatorSide(current, forOperator, ending);
    const night = { ...common, store, backups, door, desk: files.desk, meters: timetableMeters };
    const timetable = await startTimetable(current, night);
    ending.first(() => timetable.stop());
    reloading?.watch();
    ending.first(() => reloading?.close());
    log.info('gateway started', { ...urls, operatorUrl, version: packageVersion(), folder: config.data.folder });
    const reload = async (cause: ReloadCause) => reloading?.reload(cause);
    return { ...urls, operatorUrl, sites, current, reload, close: () => ending.run() };
  } catch (error) {
    await ending.run();
    throw error;
  }
}
