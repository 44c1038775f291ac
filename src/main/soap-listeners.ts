import type { ChargerDoor, Clock, Log, MessageLog, Meters } from '../gateway/ports.ts';
import { defaultHttpLimits, type HttpLimits } from '../ocpp-s/http-limits.ts';
import { createSoapServer, type SoapServer, type SoapServerParts } from '../ocpp-s/server.ts';
import type { Soap } from '../ocpp-s/soap.ts';
import type { LoadedService } from '../ocpp-s/wsdl/load.ts';
import type { CurrentConfig } from './current-config.ts';
import { followCertificates, listenerTls, liveRates } from './listener-settings.ts';

export type ListenerParts = {
  readonly current: CurrentConfig;
  readonly soap: Soap;
  readonly services: readonly LoadedService[];
  readonly door: ChargerDoor;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly log: Log;
  readonly clock: Clock;
};

/** The plain listener, and the one with TLS if the config has it. */
export function soapListeners(parts: ListenerParts): { readonly plain: SoapServer; readonly tls?: SoapServer } {
  const { current } = parts;
  const { config } = current;
  const { tls } = config.soap;
  const shared = common(parts);
  const plain = createSoapServer({ ...shared, port: config.soap.port });
  if (tls === undefined) return { plain };
  const secure = createSoapServer({ ...shared, port: tls.port, tls: listenerTls(config, tls) });
  followCertificates(current, ({ soap }) => soap.tls, secure);
  return { plain, tls: secure };
}

function common(parts: ListenerParts): Omit<SoapServerParts, 'port'> {
  const { current, soap, services, door, meters, messages, log, clock } = parts;
  const { host, path, lenientHttp, publicUrl } = current.config.soap;
  return {
    host,
    path,
    limits: liveLimits(current),
    lenient: lenientHttp,
    soap,
    door,
    wsdls: services,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    meters,
    messages,
    log,
    clock,
  };
}

function liveLimits(current: CurrentConfig): HttpLimits {
  const rates = liveRates(current, ({ soap }) => soap.rateLimits);
  return current.live(({ config: { soap } }) => ({
    ...defaultHttpLimits,
    maxBodyBytes: soap.maxBodyBytes,
    maxConcurrent: soap.maxConcurrent,
    keepAliveMs: soap.keepAliveS * 1000,
    rates,
  }));
}
