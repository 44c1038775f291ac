import { createServer, type Server } from 'node:net';

/** Ports for passive data connections, both inclusive; `first` 0: any free one. */
export type PortRange = { readonly first: number; readonly last: number };

/** Hands out listening sockets of a range of ports, in turn, so that a port rests before it is used again. */
export class PassivePorts {
  readonly #range: PortRange;
  #next: number;

  constructor(range: PortRange) {
    this.#range = range;
    this.#next = range.first;
  }

  /** Listens on the next free port; undefined when none of the range is free. Rejects when `host` is not ours. */
  async listen(host: string): Promise<Server | undefined> {
    const { first, last } = this.#range;
    for (let tries = last - first + 1; tries > 0; tries -= 1) {
      const port = this.#next;
      this.#next = port < last ? port + 1 : first;
      const server = await listenOn(host, port);
      if (server !== undefined) return server;
    }
    return undefined;
  }
}

function listenOn(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ host, port, backlog: 4 }, () => {
      server.removeAllListeners('error');
      resolve(server);
    });
  });
}
