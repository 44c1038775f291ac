import { once } from 'node:events';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { violationsOf } from './json-oracle.ts';

type Frame = readonly [type: number, id: string, third: unknown, fourth?: unknown];

/** Stands between gateway and CSMS, and holds the published schemas against all that the gateway says there. */
export class SchemaRelay {
  readonly violations: string[] = [];
  /** Messages of the gateway. */
  messages = 0;
  readonly #server: WebSocketServer;
  #target = '';

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (near, request) => this.#relay(near, (request.url ?? '').split('/').at(-1) ?? ''));
  }

  static async start(): Promise<SchemaRelay> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'ocpp1.6' });
    await once(server, 'listening');
    return new SchemaRelay(server);
  }

  /** Its own URL, from which all goes on to `url`. */
  inFrontOf(url: string): string {
    this.#target = url;
    const address = this.#server.address();
    return `ws://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/ocpp`;
  }

  close(): void {
    this.#server.close();
  }

  #relay(near: WebSocket, identity: string): void {
    const far = new WebSocket(`${this.#target}/${identity}`, 'ocpp1.6');
    const asked = new Map<string, string>();
    const early: string[] = [];
    near.on('message', (data) => {
      const text = textOf(data);
      this.#check(JSON.parse(text) as Frame, asked);
      if (far.readyState === far.CONNECTING) early.push(text);
      else if (far.readyState === far.OPEN) far.send(text);
    });
    far.once('open', () => {
      for (const text of early) far.send(text);
    });
    far.on('message', (data) => {
      const text = textOf(data);
      const [type, id, action] = JSON.parse(text) as Frame;
      if (type === 2) asked.set(id, String(action));
      near.send(text);
    });
    // an outage: whoever is left is cut off too
    far.on('error', () => near.terminate());
    far.once('close', () => near.terminate());
    near.once('close', () => far.terminate());
  }

  #check([type, id, third, fourth]: Frame, asked: ReadonlyMap<string, string>): void {
    this.messages += 1;
    if (type === 2) this.#note(String(third), 'req', fourth);
    if (type === 3) this.#note(asked.get(id) ?? 'nothing', 'conf', third);
  }

  #note(action: string, direction: 'req' | 'conf', payload: unknown): void {
    this.violations.push(...violationsOf({ action, direction, payload }));
  }
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}
