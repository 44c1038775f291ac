import { connect, createServer, type Socket } from 'node:net';

/** What to do with one connection: cut it after so many bytes in one direction; undefined: let it be. */
export type Cut = { readonly after: number; readonly direction: 'down' | 'up'; readonly how: 'reset' | 'end' };

export type CuttingProxy = {
  readonly port: number;
  /** Bytes that went through, from the server and to it. */
  readonly down: () => number;
  readonly up: () => number;
  readonly cuts: () => number;
  close(): Promise<void>;
};

/** Passes TCP connections on, and cuts them in the middle; `nextCut` is asked once for each connection. */
export async function cuttingProxy(
  target: { readonly host: string; readonly port: number },
  nextCut: () => Cut | undefined,
  listenOn: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<CuttingProxy> {
  const count = { down: 0, up: 0, cuts: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
    const cut = nextCut();
    const end = (how: Cut['how']): void => {
      count.cuts += 1;
      for (const socket of [client, upstream]) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.destroy();
      }
    };
    pump(upstream, client, 'down', cut);
    pump(client, upstream, 'up', cut);

    function pump(from: Socket, to: Socket, direction: Cut['direction'], plan: Cut | undefined): void {
      let left = plan?.direction === direction ? plan.after : Number.POSITIVE_INFINITY;
      from.on('data', (chunk: Buffer) => {
        if (left === 0) return;
        const part = chunk.subarray(0, left);
        left -= part.length;
        count[direction] += part.length;
        from.pause();
        to.write(part, () => {
          if (left === 0) end(plan?.how ?? 'end');
          else from.resume();
        });
      });
      from.once('end', () => to.end());
    }
  });
  await new Promise<void>((resolve) => server.listen(listenOn.port, listenOn.host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    down: () => count.down,
    up: () => count.up,
    cuts: () => count.cuts,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
