import { WebSocket } from 'ws';

type Received = (data: Buffer, isBinary: boolean) => void;

/** The connection of one station to the CSMS, with the same `ws` and the same options as the gateway's. */
export class StationLink {
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;

  constructor(csmsUrl: string, identity: string, received: Received) {
    this.#socket = new WebSocket(`${csmsUrl}/${identity}`, ['ocpp1.6'], { perMessageDeflate: false });
    this.#opened = new Promise((resolve) => this.#socket.once('open', resolve));
    this.#socket.on('message', (data, isBinary) => received(data as Buffer, isBinary));
  }

  send(data: string | Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
    else void this.#opened.then(() => this.#socket.send(data));
  }
}
