import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ChargerScheme, Credentials } from '../ports.ts';
import { harmlessName } from './names.ts';

/** What embedded clients have buffers for. */
const longestUrl = 120;

export type UrlParts = {
  readonly scheme: ChargerScheme;
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly flat: boolean;
};

/** The URL of a file, its name shortened until the whole fits (OCPP 1.6 §8: user:password@host:port/path). */
export function fileUrl(parts: UrlParts, name: string): { readonly url: string; readonly name: string } {
  const folder = folderUrl(parts);
  const fitting = harmlessName(name, Math.max(longestUrl - folder.length, 12)) ?? 'image.bin';
  return { url: `${folder}${fitting}`, name: fitting };
}

/** The URL of a folder to upload to. Its slash at the end is needed by chargers that append the name as it is. */
export function folderUrl({ scheme, host, port, credentials, flat }: UrlParts): string {
  const { token, user, password } = credentials;
  const address = isIPv6(host) ? `[${host}]` : host;
  if (scheme === 'http') return `http://${address}:${port}/${token}/`;
  return `${scheme}://${user}:${password}@${address}:${port}/${flat ? '' : `${token}/`}`;
}

/** The address of ours from which `peer` is reached: asks the system's routes, and sends nothing. */
export function localAddressTowards(peer: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(peer) ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    // Any port but 0 will do.
    socket.connect(9, peer, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}
