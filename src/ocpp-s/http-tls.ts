import type { SecureContextOptions } from 'node:tls';
import { protocolOptions } from '../front-door/tls.ts';

/** TLS of our calls to chargers. */
export type CallerTls = {
  /** Who signs the chargers' certificates, beside the public ones; PEM. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False: chargers with self-signed certificates are called too. */
  readonly verify: boolean;
  readonly legacy: boolean;
};

/** The options of node:https for our calls. */
export function callerOptions(tls: CallerTls): SecureContextOptions & { readonly rejectUnauthorized: boolean } {
  return {
    ...protocolOptions(tls.legacy),
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined || tls.key === undefined ? {} : { cert: tls.cert, key: tls.key }),
  };
}
