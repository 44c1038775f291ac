import { lookup as resolveName } from 'node:dns/promises';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { TransferError, type TransferErrorCode } from '../errors.ts';
import type { Location } from './location.ts';

/** Finds the addresses of a host name; rejects as node:dns does. */
export type Resolver = (host: string) => Promise<readonly string[]>;

/** What stands between us and hosts outside. */
export type Outside = {
  readonly resolve: Resolver;
  /** Whether we may talk to an address (`addressRule`). */
  readonly permits: (address: string) => boolean;
  /** Who signs certificates, beside the public authorities; PEM. */
  readonly ca: string | undefined;
  /** For a connection and the first byte of an answer, and between any two bytes later. */
  readonly stallMs: number;
};

/** The system's resolver. */
export const systemResolver: Resolver = async (host) =>
  (await resolveName(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/**
 * The addresses that a location may be reached at. Asked once for each connection, which then goes to one of these and
 * is not resolved again: an answer that changes in between changes nothing. Rejects with TransferError
 * `ForbiddenAddress` or `HostUnknown`.
 */
export async function permittedAddresses({ host }: Location, outside: Outside): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host, outside.resolve) : [host];
  const permitted = addresses.filter((address) => outside.permits(address));
  if (permitted.length > 0) return permitted;
  const shown = addresses.slice(0, 3).join(', ');
  throw new TransferError('ForbiddenAddress', `${host} is ${shown}, where no transfer may go`);
}

async function resolve(host: string, resolver: Resolver): Promise<readonly string[]> {
  try {
    const addresses = await resolver(host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw new TransferError('HostUnknown', `${host} has no address`, { cause });
  }
  throw new TransferError('HostUnknown', `${host} has no address`);
}

/** A lookup function for sockets that knows only these addresses. */
export function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, found);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
}

const codes: ReadonlyMap<string, TransferErrorCode> = new Map<string, TransferErrorCode>([
  ['ECONNREFUSED', 'Unreachable'],
  ['EHOSTUNREACH', 'Unreachable'],
  ['ENETUNREACH', 'Unreachable'],
  ['EADDRNOTAVAIL', 'Unreachable'],
  ['ETIMEDOUT', 'Unreachable'],
  ['ECONNRESET', 'Broken'],
  ['EPIPE', 'Broken'],
  ['ECONNABORTED', 'Broken'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'Broken'],
  ['EPROTO', 'TlsFailed'],
  ['ABORT_ERR', 'Cancelled'],
]);

const tlsCode = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|EE_)/;

/** What a socket's error means to a transfer; our own bugs stay as they are. */
export function networkFailure(thrown: unknown): unknown {
  if (thrown instanceof TransferError || !(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const systemCode = String(thrown.code);
  const code = tlsCode.test(systemCode) ? 'TlsFailed' : codes.get(systemCode);
  if (code !== undefined) return new TransferError(code, reasons[code] ?? systemCode, { cause: thrown });
  if (systemCode.startsWith('HPE_')) return new TransferError('Refused', 'its answer is not HTTP', { cause: thrown });
  return thrown;
}

const reasons: Partial<Readonly<Record<TransferErrorCode, string>>> = {
  Unreachable: 'nobody answers there',
  Broken: 'the connection broke',
  TlsFailed: 'no trustworthy TLS connection could be made',
  Cancelled: 'it was cancelled',
};
