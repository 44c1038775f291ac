import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { parseBasic } from '../front-door/basic.ts';
import { listenOn } from '../front-door/listening.ts';
import { RateLimiter } from '../front-door/rates.ts';
import { type ListenerTls, listenerOptions, renewCertificate, verifiedCertificateName } from '../front-door/tls.ts';
import type { Admittance, Claim, Clock, ConnectionDoor, Log, Meters } from '../gateway/ports.ts';
import type { ChargerConnections } from './charger-connections.ts';
import { chargerUrl } from './charger-url.ts';
import { deflateOptions, maxFragments } from './frame-socket.ts';
import { subprotocol } from './handshake.ts';
import type { JsonLimits } from './server-limits.ts';

/** What a listener for chargers with OCPP-J is made of. */
export type JsonServerParts = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Chargers append their identity to it, such as `/ocpp`. */
  readonly path: string;
  readonly limits: JsonLimits;
  readonly tls?: ListenerTls;
  readonly door: ConnectionDoor;
  /** Where admitted connections live. */
  readonly connections: ChargerConnections;
  readonly meters: Meters;
  readonly log: Log;
  readonly clock: Clock;
};

export interface JsonServer {
  /** Resolves when connections are accepted; rejects when the address cannot be had. */
  listen(): Promise<AddressInfo>;
  /** Handshakes from now on get another certificate. Throws when node:tls cannot use it; a plain listener has none. */
  renew(tls: ListenerTls): void;
  /** Accepts nothing new from now on; resolves when the last connection is gone. */
  close(): Promise<void>;
}

/** The endpoint that OCPP-J chargers connect to (OCPP-J 1.6 §3). */
export function createJsonServer(parts: JsonServerParts): JsonServer {
  return new Listener(parts);
}

type Refusal = {
  readonly status: string;
  /** What it is counted under; absent: whoever refused has counted it. */
  readonly rule?: string;
  readonly hint: string;
  readonly headers?: Readonly<Record<string, string>>;
};

class Listener implements JsonServer {
  readonly #parts: JsonServerParts;
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
  readonly #handshakes: RateLimiter;
  readonly #perAddress = new Map<string, number>();

  constructor(parts: JsonServerParts) {
    const { limits } = parts;
    this.#parts = parts;
    this.#handshakes = new RateLimiter(limits.rates.perAddress);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: limits.maxPayloadBytes,
      maxFragments,
      perMessageDeflate: deflateOptions(limits.compressFromBytes),
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    });
    this.#server = this.#createServer();
  }

  listen(): Promise<AddressInfo> {
    const { host, port, log } = this.#parts;
    return listenOn(this.#server, { host, port }, (cause) => log.error('json listener failed', { host, port }, cause));
  }

  renew(tls: ListenerTls): void {
    renewCertificate(this.#server, tls);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      // Those that are WebSockets by now are no longer the HTTP server's.
      this.#server.closeAllConnections();
    });
  }

  #createServer(): Server {
    const { limits, tls, log, meters } = this.#parts;
    const options = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.handshakeTimeoutMs,
      requestTimeout: limits.handshakeTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, limits.handshakeTimeoutMs),
      // HTTP/1.1 without Host is an error to RFC 9112 §3.2, and occurs.
      requireHostHeader: false,
    };
    const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...listenerOptions(tls) });
    server.maxConnections = limits.maxConnections;
    server.on('connection', (socket: Socket) => this.#count(socket));
    server.on('request', (request, response) => this.#refuseRequest(request, response));
    server.on('upgrade', (request, socket: Socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#knock(request, socket, head).catch((bug: unknown) => {
        log.error('json handshake failed', { peer: request.socket.remoteAddress }, bug);
        socket.destroy();
      });
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      meters.securityReject('tls');
      log.info('tls handshake failed', { peer: socket.remoteAddress, code: error.code });
    });
    return server;
  }

  /** Before TLS and HTTP cost anything. */
  #count(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const before = this.#perAddress.get(address) ?? 0;
    if (before >= this.#parts.limits.maxConnectionsPerAddress) {
      this.#parts.meters.securityReject('connections');
      socket.destroy();
      return;
    }
    this.#perAddress.set(address, before + 1);
    socket.once('close', () => {
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(address);
      else this.#perAddress.set(address, left);
    });
  }

  async #knock(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { door, connections } = this.#parts;
    const claim = this.#claimOf(request);
    if ('status' in claim) return this.#refuse(request, socket, claim);
    if (!offersSubprotocol(request)) return this.#tellSubprotocol(request, socket, head);
    const admittance = await door.admit(claim);
    if (admittance.kind === 'refused') return this.#refuse(request, socket, refusalOf(admittance));
    if (!this.#server.listening) return this.#refuse(request, socket, stopping);
    this.#webSockets.handleUpgrade(request, socket, head, (opened) =>
      connections.add(opened, admittance.identity, claim, door),
    );
  }

  /** All that can be decided without asking who it is. */
  #claimOf(request: IncomingMessage): Claim | Refusal {
    const { path, clock } = this.#parts;
    const { socket, headers, url = '/' } = request;
    const peerAddress = socket.remoteAddress ?? '';
    if (!this.#handshakes.take(peerAddress, clock.elapsed())) return tooMany;
    const route = chargerUrl(url, path);
    if (route.kind === 'notFound') return noEndpoint;
    if (route.kind === 'malformed') return { status: '400 Bad Request', rule: 'path', hint: route.hint };
    const basic = parseBasic(headers.authorization);
    const certificateName = verifiedCertificateName(socket);
    return {
      identity: route.identity,
      peerAddress,
      wire: 'ocpp1.6-json',
      callbacks: [],
      ...(route.secret === undefined ? {} : { pathSecret: route.secret }),
      ...(basic === undefined ? {} : { basic }),
      ...(certificateName === undefined ? {} : { certificateName }),
    };
  }

  /** OCPP-J 1.6 §3.2: opened without a subprotocol, and closed at once. */
  #tellSubprotocol(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#note(request, { status: '101', rule: 'subprotocol' });
    this.#webSockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      opened.on('error', () => opened.terminate());
      opened.close(protocolErrorCode, `only ${subprotocol} is spoken here`);
    });
  }

  #refuse(request: IncomingMessage, socket: Duplex, refusal: Refusal): void {
    this.#note(request, refusal);
    const { status, hint, headers = {} } = refusal;
    const text = `${hint}\n`;
    const fields = { ...headers, Connection: 'close', 'Content-Type': 'text/plain', 'Content-Length': text.length };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${text}`, () => socket.destroy());
  }

  #refuseRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#note(request, { status: '426', rule: 'upgrade' });
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Type': 'text/plain' });
    response.end('this port speaks OCPP-J over WebSocket; chargers with OCPP-S post to the SOAP port\n');
  }

  #note({ socket, url }: IncomingMessage, { status, rule }: Pick<Refusal, 'status' | 'rule'>): void {
    if (rule !== undefined) this.#parts.meters.securityReject(rule);
    const path = url?.slice(0, 200).replace(/\/s\/+[^/?]+/i, '/s/…');
    this.#parts.log.info('json handshake refused', { peer: socket.remoteAddress, path, status, rule });
  }
}

function offersSubprotocol({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === subprotocol);
}

const tooMany: Refusal = {
  status: '429 Too Many Requests',
  rule: 'addressRate',
  hint: 'too many handshakes from this address',
  headers: { 'Retry-After': '1' },
};

const stopping: Refusal = { status: '503 Service Unavailable', hint: 'the gateway stops' };

const noEndpoint: Refusal = { status: '404 Not Found', rule: 'path', hint: 'no OCPP endpoint here' };

function refusalOf({ why, reason: hint }: Admittance & { kind: 'refused' }): Refusal {
  switch (why) {
    case 'credentials':
      return { status: '401 Unauthorized', hint, headers: { 'WWW-Authenticate': 'Basic realm="ocpp"' } };
    case 'unknown':
      return { status: '404 Not Found', hint };
    case 'forbidden':
      return { status: '403 Forbidden', hint };
    case 'unavailable':
      return { status: '503 Service Unavailable', hint, headers: { 'Retry-After': '10' } };
  }
}

/** RFC 6455 §7.4.1 */
const protocolErrorCode = 1002;
