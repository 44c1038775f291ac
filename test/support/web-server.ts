import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as TcpServer } from 'node:net';
import { openOutside, type OutsideStage } from './outside.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, turn: number) => void;

/** Servers on free ports of the loopback and fetchers, for one test; `end` takes all of it down. */
export class WebStage {
  readonly #servers: (Server | TcpServer)[] = [];
  readonly #stages: OutsideStage[] = [];

  /** A web server that does what the test says; resolves with its base URL. */
  async serve(handler: Handler): Promise<string> {
    let turn = 0;
    const server = createServer((request, response) => {
      turn += 1;
      handler(request, response, turn);
    });
    return `http://127.0.0.1:${await this.listen(server)}`;
  }

  /** Resolves with the port. */
  async listen(server: Server | TcpServer): Promise<number> {
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async outside(wish: Parameters<typeof openOutside>[0] = {}): Promise<OutsideStage> {
    const stage = await openOutside(wish);
    this.#stages.push(stage);
    return stage;
  }

  async end(): Promise<void> {
    for (const stage of this.#stages.splice(0)) stage.end();
    for (const server of this.#servers.splice(0)) {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
