import type { Config } from '../config/load.ts';
import type { ChargerCaller, ChargerWire, Clock, ConnectionDoor, Log, MessageLog, Meters } from '../gateway/ports.ts';
import { ChargerConnections } from '../ocpp-j/charger-connections.ts';
import { defaultJsonLimits, type JsonLimits } from '../ocpp-j/server-limits.ts';
import { createJsonServer, type JsonServer } from '../ocpp-j/server.ts';
import { localHost } from './addresses.ts';
import type { Ports } from './charger-setup.ts';
import type { CurrentConfig } from './current-config.ts';
import { followCertificates, listenerTls, liveRates } from './listener-settings.ts';

/** The chargers that connect by themselves (OCPP-J), as the rest of the gateway sees them. */
export type JsonChargers = {
  readonly caller: ChargerCaller;
  /** Opens the listeners of the config; resolves with where they are, as this machine reaches them. */
  listen(door: ConnectionDoor): Promise<{ readonly urls: JsonUrls; readonly ports: Ports }>;
  /** Lets nobody in any more; who is connected stays, can be called and is heard. */
  shut(): void;
  /** Ends the connections; calls under way may take `graceMs`. */
  close(graceMs: number): Promise<void>;
};

export type JsonUrls = { readonly jsonUrl?: string; readonly jsonTlsUrl?: string };

type Surroundings = {
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly log: Log;
  readonly clock: Clock;
};

/** Compressing smaller messages costs more than it saves. */
const compressFromBytes = 512;

/** What waits for chargers with OCPP-J: nothing, unless the config has a section `json`. */
export function jsonChargers(current: CurrentConfig, around: Surroundings): JsonChargers {
  const { config } = current;
  const { json } = config;
  const limits = json === undefined ? defaultJsonLimits : liveLimits(json, current);
  const connections = new ChargerConnections({ ...around, limits });
  let servers: readonly JsonServer[] = [];
  let closed: Promise<unknown> = Promise.resolve();
  return {
    caller: connections,
    listen: async (door) => {
      if (json === undefined) return { urls: {}, ports: { plain: undefined, tls: undefined } };
      const common = { ...around, host: json.host, path: json.path, limits, door, connections };
      const plain = json.plain ? createJsonServer({ ...common, port: json.port }) : undefined;
      const secure =
        json.tls && createJsonServer({ ...common, port: json.tls.port, tls: listenerTls(config, json.tls) });
      followCertificates(current, (next) => next.json?.tls, secure);
      servers = [plain, secure].filter((server) => server !== undefined);
      const [plainAt, secureAt] = [await plain?.listen(), await secure?.listen()];
      const urlOf = (scheme: string, port: number) => `${scheme}://${localHost(json.host)}:${port}${json.path}`;
      const urls = {
        ...(plainAt === undefined ? {} : { jsonUrl: urlOf('ws', plainAt.port) }),
        ...(secureAt === undefined ? {} : { jsonTlsUrl: urlOf('wss', secureAt.port) }),
      };
      return { urls, ports: { plain: plainAt?.port, tls: secureAt?.port } };
    },
    shut: () => {
      closed = Promise.all(servers.map((server) => server.close()));
    },
    close: async (graceMs) => {
      await connections.close(graceMs);
      await closed;
    },
  };
}

/** Calls go the way that the charger came. */
export function callerByWire(soap: ChargerCaller, json: ChargerCaller): ChargerCaller {
  const callerOf = (wire: ChargerWire) => (wire === 'ocpp1.6-json' ? json : soap);
  return {
    can: (wire, action) => callerOf(wire).can(wire, action),
    call: (target, ...call) => callerOf(target.wire).call(target, ...call),
  };
}

type JsonSection = NonNullable<Config['json']>;

/** `first`: the section as it was at the start, which comes and goes with a restart only. */
function liveLimits(first: JsonSection, current: CurrentConfig): JsonLimits {
  const rates = liveRates(current, ({ json = first }) => json.rateLimits);
  return current.live(({ config: { json = first, offline } }) => ({
    ...defaultJsonLimits,
    maxPayloadBytes: json.maxMessageBytes,
    maxConnectionsPerAddress: json.maxConcurrent,
    pingIntervalMs: json.pingAfterS * 1000,
    compressFromBytes: json.compression ? compressFromBytes : undefined,
    // The word of the CSMS is waited for; what else an answer needs is on this machine.
    commandDeadlineMs: Math.max(defaultJsonLimits.commandDeadlineMs, offline.waitMs + 30_000),
    rates,
  }));
}
