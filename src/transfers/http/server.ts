import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { listenOn } from '../../front-door/listening.ts';
import { plainAddress } from '../../gateway/networks.ts';
import { harmlessName } from '../door/names.ts';
import type { DoorParts } from '../door/parts.ts';
import type { Pass } from '../door/tickets.ts';
import { PerAddress } from '../door/per-address.ts';
import { type Answer, answer } from './answers.ts';
import { serveDownload } from './download.ts';
import { receiveUpload, refusedUpload } from './upload.ts';

export type HttpDoorSettings = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Connections at a time; further ones are closed at once. */
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** A transfer on which no byte moves for so long is cut. */
  readonly stallMs: number;
};

const headersTimeoutMs = 10_000;
const maxHeaderBytes = 8 * 1024;

/** The URL's path is /<token>/<name>; the name may be missing, or stand in folders that the charger made up. */
type Target = { readonly token: string; readonly name: string | undefined };

/** Serves the files of tickets to chargers, and takes theirs: HTTP/1.1 and 1.0, plain. */
export class HttpDoor {
  readonly #settings: HttpDoorSettings;
  readonly #parts: DoorParts;
  readonly #server: Server;
  readonly #perAddress: PerAddress;
  /** The last answer that is still to leave, or leaving, on a connection. */
  readonly #underWay = new WeakMap<Socket, ServerResponse>();

  constructor(settings: HttpDoorSettings, parts: DoorParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#perAddress = new PerAddress(settings.maxConnectionsPerAddress);
    this.#server = this.#createServer();
  }

  /** Resolves when requests are accepted; rejects when the address cannot be had. */
  listen(): Promise<AddressInfo> {
    const { host, port } = this.#settings;
    return listenOn(this.#server, { host, port }, (cause) =>
      this.#parts.log.error('http file listener failed', { host, port }, cause),
    );
  }

  /** Accepts nothing new, and cuts what is under way. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #createServer(): Server {
    const { maxConnections, stallMs } = this.#settings;
    const server = createServer({
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      // An upload takes as long as it takes, as long as bytes come: that is what `timeout` watches.
      requestTimeout: 0,
      connectionsCheckingInterval: headersTimeoutMs / 2,
      requireHostHeader: false,
    });
    server.maxConnections = maxConnections;
    server.timeout = stallMs;
    server.on('connection', (socket) => this.#admit(socket));
    server.on('request', (request, response) => this.#serve(request, response));
    server.on('checkContinue', (request, response) => this.#serve(request, response));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#refuseBytes(error, socket));
    return server;
  }

  #admit(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!this.#perAddress.enter(address)) {
      this.#parts.meters.securityReject('fileConnection');
      this.#parts.log.info('file connection refused', { peer: address, rule: 'connectionsPerAddress' });
      socket.destroy();
      return;
    }
    socket.once('close', () => this.#perAddress.leave(address));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#underWay.set(request.socket, response);
    response.once('close', () => this.#underWay.delete(request.socket));
    this.#respond(request, response).catch((bug: unknown) => {
      this.#parts.log.error('file request failed', { peer: request.socket.remoteAddress, method: request.method }, bug);
      if (response.headersSent) response.destroy();
      else answer(request, response, { status: 500, text: 'internal error' }, this.#parts.clock);
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { tickets, clock } = this.#parts;
    const target = targetOf(request.url ?? '/');
    const admission = tickets.byToken(target.token, plainAddress(request.socket.remoteAddress ?? ''));
    if (admission.kind === 'turned') {
      this.#turnAway(request, admission.why, admission.pass);
      const refusal = { status: admission.why === 'unknown' ? 404 : 403, text: 'no file for you here' };
      return answer(request, response, refusal, clock);
    }
    const refusal = await this.#handle(request, response, admission.pass, target.name);
    if (refusal !== undefined) answer(request, response, refusal, clock);
  }

  /** Does what is asked; an answer is still to be sent. */
  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    pass: Pass,
    name: string | undefined,
  ): Promise<Answer | undefined> {
    const { goods } = pass;
    switch (goods.kind) {
      case 'download':
        if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD');
        if (name !== undefined && name !== goods.name) return { status: 404, text: 'no such file' };
        await serveDownload(this.#parts, pass, goods, request, response);
        return undefined;
      case 'upload': {
        if (request.method !== 'PUT' && request.method !== 'POST') return wrongMethod('PUT, POST');
        this.#parts.listener.line(pass.job, `HTTP ${request.method} ${name ?? '(no name)'}`);
        const refusal = refusedUpload(request);
        if (refusal !== undefined) return refusal;
        if (request.headers.expect !== undefined) response.writeContinue();
        return receiveUpload(this.#parts, pass, goods.intake, name, request, response);
      }
    }
  }

  #turnAway(request: IncomingMessage, why: string, pass: Pass | undefined): void {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    this.#parts.meters.securityReject('fileRequest');
    this.#parts.log.info('file request refused', { peer, method: request.method, rule: why });
    if (pass !== undefined) this.#parts.listener.line(pass.job, `HTTP ${request.method} from ${peer} refused: ${why}`);
  }

  #refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
    this.#parts.meters.securityReject('http');
    this.#parts.log.info('file request unreadable', { peer: socket.remoteAddress, code: error.code });
    const response = this.#underWay.get(socket);
    if (!socket.writable || hungUp.has(error.code ?? '')) socket.destroy();
    else if (response === undefined)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    // The bytes of a body without a length come here, and their 411 is still to be sent.
    else if (!response.headersSent) response.setHeader('Connection', 'close');
  }
}

/** The peer is gone, between two requests or within one. */
const hungUp: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

function targetOf(url: string): Target {
  const [path = ''] = url.split('?', 1);
  const [token = '', ...names] = path.replace(/^\/+/, '').split('/');
  return { token, name: harmlessName(decoded(names.at(-1) ?? '')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Chargers send names as they are: a lone percent sign is one.
    return text;
  }
}

function wrongMethod(allow: string): Answer {
  return { status: 405, text: `this is for ${allow}`, headers: { Allow: allow } };
}
