import type { ServiceName } from '../ocpp/schema.ts';
import type { OcppVersion } from './message.ts';

/** A WSDL that the listener serves under `?wsdl`. */
export type PublishedWsdl = {
  readonly version: OcppVersion;
  readonly model: { readonly service: ServiceName };
  readonly text: string;
};

/**
 * The WSDL for `?wsdl` (the newest central system), `?wsdl=chargepoint`, `?wsdl=1.5` or `?wsdl=chargepoint-1.5`, with
 * `address` in its soap:address; undefined when there is none such.
 */
export function wsdlFor(wsdls: readonly PublishedWsdl[], wanted: string, address: string): string | undefined {
  const service: ServiceName = /charge-?point/i.test(wanted) ? 'ChargePoint' : 'CentralSystem';
  const version = /1\.[256]/.exec(wanted)?.[0];
  const found = wsdls
    .filter((wsdl) => wsdl.model.service === service && (version === undefined || wsdl.version === version))
    .toSorted((a, b) => (a.version < b.version ? 1 : -1))[0];
  return found === undefined ? undefined : withAddress(found.text, address);
}

/** Replaces the location of each `<soap12:address location="…"/>`, whatever its prefix. */
function withAddress(wsdl: string, address: string): string {
  const location = address.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return wsdl.replace(
    /(<(?:[\w.-]+:)?address\b[^>]*?\blocation\s*=\s*)("[^"]*"|'[^']*')/g,
    (_, before: string) => `${before}"${location}"`,
  );
}

/** The base of the URLs that a client knows us by: its Host header if that is one, else the address it connected to. */
export function baseUrlOf(host: string | undefined, socket: SocketEnd, secure: boolean): string {
  const scheme = secure ? 'https' : 'http';
  if (host !== undefined && /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.test(host)) return `${scheme}://${host}`;
  const address = socket.localAddress ?? 'localhost';
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${socket.localPort ?? 80}`;
}

type SocketEnd = { readonly localAddress?: string | undefined; readonly localPort?: number | undefined };
