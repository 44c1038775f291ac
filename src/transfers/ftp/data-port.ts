import { connect, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../../gateway/ports.ts';
import { plainAddress } from '../../gateway/networks.ts';
import type { Endpoint } from './endpoints.ts';
import type { PassivePorts } from './passive-ports.ts';

/** Why there is no data connection. */
export class NoDataConnection extends Error {
  override readonly name = 'NoDataConnection';
}

export type DataPortParts = {
  readonly ports: PassivePorts;
  readonly clock: Clock;
  /** Our end and the peer's of the control connection. */
  readonly localAddress: string;
  readonly peerAddress: string;
  /** For a connection to come about, and again for its TLS handshake. */
  readonly connectMs: number;
  /** A stranger knocked at a passive port. */
  readonly strangerRefused: (address: string) => void;
};

/** How data is protected: by the TLS of the control connection, or not at all. */
export type DataProtection = {
  readonly context: SecureContext;
  /** The data connection must go on with the TLS session of the control connection: who has only seen its port cannot. */
  readonly reuseOnly: boolean;
};

type State =
  | { readonly kind: 'none' }
  | { readonly kind: 'passive'; readonly server: Server; readonly arrival: Promise<Socket> }
  | { readonly kind: 'active'; readonly endpoint: Endpoint };

/** The data connection that the next transfer will use: agreed on by PASV, EPSV, PORT or EPRT, and good for one transfer. */
export class DataPort {
  readonly #parts: DataPortParts;
  #state: State = { kind: 'none' };
  #abandon: () => void = () => undefined;

  constructor(parts: DataPortParts) {
    this.#parts = parts;
  }

  get isAgreed(): boolean {
    return this.#state.kind !== 'none';
  }

  /** Listens; undefined when no port is free. */
  async listen(): Promise<number | undefined> {
    this.close();
    const server = await this.#parts.ports.listen(this.#parts.localAddress);
    const address = server?.address();
    if (server === undefined || address === null || typeof address !== 'object') return undefined;
    const arrival = this.#awaitPeer(server);
    // Nobody may ever ask for it.
    arrival.catch(() => undefined);
    this.#state = { kind: 'passive', server, arrival };
    return address.port;
  }

  /** Will connect to the client; the caller has made sure that it is the client. */
  connectTo(endpoint: Endpoint): void {
    this.close();
    this.#state = { kind: 'active', endpoint };
  }

  /** The connection, ready for bytes. Rejects with NoDataConnection. */
  async open(protection: DataProtection | undefined): Promise<Socket> {
    const socket = await this.#openPlain();
    return protection === undefined ? socket : this.#secure(socket, protection);
  }

  /** Gives up the connection that is being opened. */
  abandon(): void {
    this.#abandon();
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: 'none' };
    if (state.kind !== 'passive') return;
    state.server.close();
    state.arrival.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
  }

  async #openPlain(): Promise<Socket> {
    const state = this.#state;
    this.#state = { kind: 'none' };
    switch (state.kind) {
      case 'none':
        throw new NoDataConnection('use PASV, EPSV, PORT or EPRT first');
      case 'passive':
        try {
          return await this.#within(state.arrival, () => undefined);
        } finally {
          state.server.close();
        }
      case 'active':
        return this.#connect(state.endpoint);
    }
  }

  /** The first connection that the control connection's peer opens. */
  #awaitPeer(server: Server): Promise<Socket> {
    return new Promise((resolve, reject) => {
      server.on('connection', (socket) => {
        // Whatever becomes of it before somebody uses it is told to the one who does.
        socket.on('error', () => undefined);
        const address = plainAddress(socket.remoteAddress ?? '');
        if (address !== this.#parts.peerAddress) {
          this.#parts.strangerRefused(address);
          socket.destroy();
          return;
        }
        server.close();
        resolve(socket);
      });
      server.once('close', () => reject(new NoDataConnection('the data port was closed')));
    });
  }

  #connect({ address, port }: Endpoint): Promise<Socket> {
    const socket = connect({ host: address, port, localAddress: this.#parts.localAddress, allowHalfOpen: true });
    const connected = new Promise<Socket>((resolve, reject) => {
      socket.once('connect', () => resolve(socket));
      socket.on('error', (cause) => reject(new NoDataConnection(`cannot connect to ${address}:${port}`, { cause })));
    });
    return this.#within(connected, () => socket.destroy());
  }

  #secure(plain: Socket, { context, reuseOnly }: DataProtection): Promise<Socket> {
    const socket = new TLSSocket(plain, { isServer: true, secureContext: context });
    const secured = new Promise<Socket>((resolve, reject) => {
      socket.on('error', (cause) => reject(new NoDataConnection('no TLS on the data connection', { cause })));
      const early = (): void => reject(new NoDataConnection('the data connection ended during its TLS handshake'));
      socket.once('end', early);
      socket.once('close', early);
      socket.once('secure', () => {
        if (!reuseOnly || socket.isSessionReused()) resolve(socket);
        else reject(new NoDataConnection('the data connection must reuse the TLS session of the control connection'));
      });
    });
    return this.#within(secured, () => socket.destroy());
  }

  /** `wanted`, unless it takes too long or is abandoned; `giveUp` then, and also when it fails. */
  #within(wanted: Promise<Socket>, giveUp: () => void): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const fail = (reason: unknown): void => {
        cancel();
        giveUp();
        reject(reason);
      };
      const cancel = this.#parts.clock.after(this.#parts.connectMs, () =>
        fail(new NoDataConnection('no data connection in time')),
      );
      this.#abandon = () => fail(new NoDataConnection('the transfer was cut'));
      wanted.then((socket) => {
        cancel();
        resolve(socket);
      }, fail);
    });
  }
}
