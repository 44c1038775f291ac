import type { Config } from '../config/load.ts';
import type { Rate } from '../front-door/rates.ts';
import type { ListenerTls } from '../front-door/tls.ts';
import type { ChargerDoor, Clock, Log, Meters } from '../gateway/ports.ts';
import { defaultHttpLimits, type HttpLimits } from '../ocpp-s/http-limits.ts';
import { createSoapServer, type SoapServer, type SoapServerParts } from '../ocpp-s/server.ts';
import type { Soap } from '../ocpp-s/soap.ts';
import type { LoadedService } from '../ocpp-s/wsdl/load.ts';

export type ListenerParts = {
  readonly config: Config;
  readonly soap: Soap;
  readonly services: readonly LoadedService[];
  readonly door: ChargerDoor;
  readonly meters: Meters;
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

function common({ config, soap, services, door, meters, log, clock }: ListenerParts): Omit<SoapServerParts, 'port'> {
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
    log,
    clock,
  };
}

function httpLimits({ soap }: Config): HttpLimits {
  const { perAddressPerS, perAddressBurst, perChargerPerS, perChargerBurst } = soap.rateLimits;
  const unlimited = perAddressPerS === 0 && perChargerPerS === 0;
  const perAddress = rate(perAddressPerS, perAddressBurst);
  const perCharger = rate(perChargerPerS, perChargerBurst);
  return {
    ...defaultHttpLimits,
    maxBodyBytes: soap.maxBodyBytes,
    maxConcurrent: soap.maxConcurrent,
    keepAliveMs: soap.keepAliveS * 1000,
    rates: unlimited ? undefined : { perAddress, perCharger },
  };
}

/** 0 switches a limit off. */
function rate(perSecond: number, burst: number): Rate {
  return perSecond === 0
    ? { perSecond: Number.MAX_SAFE_INTEGER, burst: Number.MAX_SAFE_INTEGER }
    : { perSecond, burst };
}

type TlsSection = NonNullable<Config['soap']['tls']>;

function listenerTls({ contents }: Config, tls: TlsSection): ListenerTls {
  const text = (file: string) => contents.get(file)?.revealText() ?? '';
  const files = { cert: text(tls.certFile), key: text(tls.keyFile), legacy: tls.legacyProtocols };
  if (tls.clientCaFile === undefined) return { ...files, clientCertificates: 'none' };
  return { ...files, clientCa: text(tls.clientCaFile), clientCertificates: 'optional' };
}
