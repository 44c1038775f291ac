import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/load.ts';
import { type Rate, unlimited } from '../front-door/rates.ts';
import { type ListenerTls, listenerOptions } from '../front-door/tls.ts';
import type { CurrentConfig } from './current-config.ts';

/** A rate of the config; 0 switches the limit off. */
function rateOf(perSecond: number, burst: number): Rate {
  return perSecond === 0 ? unlimited : { perSecond, burst };
}

type RatesSection = Config['soap']['rateLimits'];

/** The rates of a listener, whose members are the present ones whenever they are read. */
export function liveRates(current: CurrentConfig, sectionOf: (config: Config) => RatesSection) {
  return {
    perAddress: current.live(({ config }) => {
      const { perAddressPerS, perAddressBurst } = sectionOf(config);
      return rateOf(perAddressPerS, perAddressBurst);
    }),
    perCharger: current.live(({ config }) => {
      const { perChargerPerS, perChargerBurst } = sectionOf(config);
      return rateOf(perChargerPerS, perChargerBurst);
    }),
  };
}

type TlsSection = NonNullable<Config['soap']['tls'] | NonNullable<Config['json']>['tls']>;

/** The TLS of a listener for chargers, with what its files hold. */
export function listenerTls({ contents }: Config, tls: TlsSection): ListenerTls {
  const text = (file: string) => contents.get(file)?.revealText() ?? '';
  const files = { cert: text(tls.certFile), key: text(tls.keyFile), legacy: tls.legacyProtocols };
  if (tls.clientCaFile === undefined) return { ...files, clientCertificates: 'none' };
  return { ...files, clientCa: text(tls.clientCaFile), clientCertificates: 'optional' };
}

/** A certificate that is renewed on disk reaches its listener with the config; one that OpenSSL refuses refuses the config. */
export function followCertificates(
  current: CurrentConfig,
  sectionOf: (config: Config) => TlsSection | undefined,
  listener: { renew(tls: ListenerTls): void } | undefined,
): void {
  const tlsOf = (config: Config): ListenerTls | undefined => {
    const tls = sectionOf(config);
    return tls && listenerTls(config, tls);
  };
  let present = tlsOf(current.config);
  current.follow(({ config }) => {
    const next = tlsOf(config);
    if (next === undefined || listener === undefined || isDeepStrictEqual(next, present)) return () => undefined;
    createSecureContext(listenerOptions(next));
    return () => {
      present = next;
      listener.renew(next);
    };
  });
}
