import type { AddressInfo, Server } from 'node:net';

/** Opens a listener; rejects when the address cannot be had. `failed` hears of what goes wrong with it later. */
export function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  failed: (cause: Error) => void,
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', failed);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error(`${host}:${port} is no TCP address`));
      else resolve(address);
    });
  });
}
