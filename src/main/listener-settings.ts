import type { Config } from '../config/load.ts';
import type { Rate } from '../front-door/rates.ts';
import type { ListenerTls } from '../front-door/tls.ts';

/** A rate of the config; 0 switches the limit off. */
export function rateOf(perSecond: number, burst: number): Rate {
  return perSecond === 0
    ? { perSecond: Number.MAX_SAFE_INTEGER, burst: Number.MAX_SAFE_INTEGER }
    : { perSecond, burst };
}

type TlsSection = NonNullable<Config['soap']['tls'] | NonNullable<Config['json']>['tls']>;

/** The TLS of a listener for chargers, with what its files hold. */
export function listenerTls({ contents }: Config, tls: TlsSection): ListenerTls {
  const text = (file: string) => contents.get(file)?.revealText() ?? '';
  const files = { cert: text(tls.certFile), key: text(tls.keyFile), legacy: tls.legacyProtocols };
  if (tls.clientCaFile === undefined) return { ...files, clientCertificates: 'none' };
  return { ...files, clientCa: text(tls.clientCaFile), clientCertificates: 'optional' };
}
