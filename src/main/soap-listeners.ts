import type { Config } from '../config/load.ts';
import type { ChargerDoor, Clock, Log, MessageLog, Meters } from '../gateway/ports.ts';
import { defaultHttpLimits, type HttpLimits } from '../ocpp-s/http-limits.ts';
import { createSoapServer, type SoapServer, type SoapServerParts } from '../ocpp-s/server.ts';
import type { Soap } from '../ocpp-s/soap.ts';
import type { LoadedService } from '../ocpp-s/wsdl/load.ts';
import { listenerTls, rateOf } from './listener-settings.ts';

export type ListenerParts = {
  readonly config: Config;
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
  const { config } = parts;
  const { tls } = config.soap;
  const plain = createSoapServer({ ...common(parts), port: config.soap.port });
  if (tls === undefined) return { plain };
  return { plain, tls: createSoapServer({ ...common(parts), port: tls.port, tls: listenerTls(config, tls) }) };
}

function common(parts: ListenerParts): Omit<SoapServerParts, 'port'> {
  const { config, soap, services, door, meters, messages, log, clock } = parts;
  const { host, path, lenientHttp, publicUrl } = config.soap;
  return {
    host,
    path,
    limits: httpLimits(config),
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

function httpLimits({ soap }: Config): HttpLimits {
  const { perAddressPerS, perAddressBurst, perChargerPerS, perChargerBurst } = soap.rateLimits;
  const unlimited = perAddressPerS === 0 && perChargerPerS === 0;
  const perAddress = rateOf(perAddressPerS, perAddressBurst);
  const perCharger = rateOf(perChargerPerS, perChargerBurst);
  return {
    ...defaultHttpLimits,
    maxBodyBytes: soap.maxBodyBytes,
    maxConcurrent: soap.maxConcurrent,
    keepAliveMs: soap.keepAliveS * 1000,
    rates: unlimited ? undefined : { perAddress, perCharger },
  };
}
