import { networkInterfaces } from 'node:os';

/** How this machine reaches a listener of its own: an address that stands for all of them is reached by loopback. */
export function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return inUrl(host);
}

/** How chargers reach a listener, as far as this machine can tell: an address that stands for all is its first one outside loopback. */
export function chargerSideHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return inUrl(host);
  const outside = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal),
  );
  return outside[0]?.address ?? localHost(host);
}

const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);
