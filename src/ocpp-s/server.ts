import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { parseBasic } from '../front-door/basic.ts';
import { listenOn } from '../front-door/listening.ts';
import { RateLimiter } from '../front-door/rates.ts';
import { type ListenerTls, listenerOptions, renewCertificate, verifiedCertificateName } from '../front-door/tls.ts';
import type { ChargerDoor, Clock, Log, MessageLog, Meters } from '../gateway/ports.ts';
import type { ServiceModel } from '../ocpp/schema.ts';
import { readBody, refusalBeforeReading } from './body.ts';
import { answerCoding, type HttpAnswer, type PlainAnswer, sendPlain, sendSoap } from './http-answers.ts';
import type { Coding } from './http-coding.ts';
import { exchange, type ExchangeParts, type Poster } from './http-exchange.ts';
import type { HttpLimits } from './http-limits.ts';
import { baseUrlOf, type PublishedWsdl, wsdlFor } from './http-wsdl.ts';
import { type OcppRoute, type Route, routesBelow } from './routes.ts';
import type { Soap } from './soap.ts';

/** What a listener for SOAP chargers is made of. */
export type SoapServerParts = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Everything at and below it is served, such as `/ocpp`. */
  readonly path: string;
  readonly limits: HttpLimits;
  readonly tls?: ListenerTls;
  /** Forgives line ends and header mistakes that allow request smuggling: for isolated charger networks only. */
  readonly lenient: boolean;
  readonly soap: Soap;
  readonly door: ChargerDoor;
  readonly wsdls: readonly (PublishedWsdl & { readonly model: ServiceModel })[];
  /** The address that a WSDL names; default: the host that the client asked. */
  readonly publicUrl?: string;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly log: Log;
  readonly clock: Clock;
};

export interface SoapServer {
  /** Resolves when requests are accepted; rejects when the address cannot be had. */
  listen(): Promise<AddressInfo>;
  /** Handshakes from now on get another certificate. Throws when node:tls cannot use it; a plain listener has none. */
  renew(tls: ListenerTls): void;
  /** Accepts nothing new, lets what is under way finish for `graceMs`, then cuts the rest. */
  close(graceMs: number): Promise<void>;
}

/** The endpoint that OCPP-S chargers POST to (OCPP-S 1.6 §3.2: one POST is one request, its answer is the response). */
export function createSoapServer(parts: SoapServerParts): SoapServer {
  return new Listener(parts);
}

type Refusal = PlainAnswer & { readonly rule: string };

class Listener implements SoapServer {
  readonly #parts: SoapServerParts;
  readonly #server: Server;
  readonly #exchangeParts: ExchangeParts;
  readonly #addressRates: RateLimiter;
  readonly #routeOf: (target: string) => Route;
  #underWay = 0;
  #draining = false;

  constructor(parts: SoapServerParts) {
    this.#parts = parts;
    this.#routeOf = routesBelow(parts.path);
    this.#addressRates = new RateLimiter(parts.limits.rates.perAddress);
    this.#exchangeParts = {
      ...parts,
      actions: new Set(parts.wsdls.flatMap((wsdl) => wsdl.model.operations.map((operation) => operation.action))),
      chargerRates: new RateLimiter(parts.limits.rates.perCharger),
    };
    this.#server = this.#createServer();
  }

  listen(): Promise<AddressInfo> {
    const { host, port, log } = this.#parts;
    return listenOn(this.#server, { host, port }, (cause) => log.error('soap listener failed', { host, port }, cause));
  }

  renew(tls: ListenerTls): void {
    renewCertificate(this.#server, tls);
  }

  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    this.#draining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const cancel = this.#parts.clock.after(graceMs, () => this.#server.closeAllConnections());
    await closed;
    cancel();
  }

  #createServer(): Server {
    const { limits, tls, lenient } = this.#parts;
    const options = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
      keepAliveTimeout: limits.keepAliveMs,
      // HTTP/1.1 without Host is an error to RFC 9112 §3.2, and occurs.
      requireHostHeader: false,
      insecureHTTPParser: lenient,
    };
    const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...listenerOptions(tls) });
    server.maxConnections = limits.maxConnections;
    server.on('request', (request, response) => this.#serve(request, response));
    server.on('checkContinue', (request, response) => {
      if (refusalBeforeReading(request, limits.maxBodyBytes) === undefined) response.writeContinue();
      this.#serve(request, response);
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#refuseBytes(error, socket));
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#countFailedHandshake(error, socket),
    );
    return server;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { log, clock } = this.#parts;
    const admitted = this.#admit(request);
    if (admitted.kind === 'plain') return sendPlain(request, response, admitted, clock);
    this.#underWay += 1;
    response.once('close', () => {
      this.#underWay -= 1;
    });
    this.#post(request, response, admitted).catch((bug: unknown) => {
      log.error('soap request failed', { peer: request.socket.remoteAddress }, bug);
      request.socket.destroy();
    });
  }

  /** All that can be decided before the body is read. */
  #admit(request: IncomingMessage): OcppRoute | PlainAnswer {
    const refusal = this.#overload(request);
    if (refusal !== undefined) return this.#refused(request, refusal);
    const route = this.#routeOf(request.url ?? '/');
    if (route.kind === 'notFound')
      return this.#refused(request, { ...plain(404, 'no OCPP endpoint here'), rule: 'path' });
    if (route.kind === 'malformed') return this.#refused(request, { ...plain(400, route.hint), rule: 'path' });
    if (request.method === 'POST') return route;
    const wanted = route.query.get('wsdl');
    if (request.method === 'GET' && wanted !== undefined) return this.#wsdl(request, wanted);
    return this.#refused(request, wrongMethod(request));
  }

  #overload(request: IncomingMessage): Refusal | undefined {
    const { limits, clock } = this.#parts;
    const retry = { headers: { 'Retry-After': '1' } };
    if (!this.#addressRates.take(request.socket.remoteAddress ?? '', clock.elapsed())) {
      return { ...plain(429, 'too many requests from this address'), ...retry, rule: 'addressRate' };
    }
    if (this.#draining || this.#underWay >= limits.maxConcurrent) {
      return { ...plain(503, 'the gateway is busy'), ...retry, rule: 'overload' };
    }
    return undefined;
  }

  #wsdl(request: IncomingMessage, wanted: string): PlainAnswer {
    const { wsdls, publicUrl, path, tls } = this.#parts;
    const address = publicUrl ?? `${baseUrlOf(request.headers.host, request.socket, tls !== undefined)}${path}`;
    const text = wsdlFor(wsdls, wanted, address);
    if (text === undefined) return this.#refused(request, { ...plain(404, 'no such WSDL'), rule: 'path' });
    return { kind: 'plain', status: 200, text, headers: { 'Content-Type': 'text/xml; charset=utf-8' } };
  }

  async #post(request: IncomingMessage, response: ServerResponse, route: OcppRoute): Promise<void> {
    const body = await readBody(request, this.#parts.limits.maxBodyBytes);
    switch (body.kind) {
      case 'gone':
        return;
      case 'refused': {
        const refusal = this.#refused(request, { ...plain(body.status, body.hint), rule: body.rule });
        return sendPlain(request, response, refusal, this.#parts.clock);
      }
      case 'text': {
        const answer = await exchange(this.#exchangeParts, posterOf(request, route), body.text);
        return this.#send(request, response, answer, body.coding);
      }
    }
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer, coding: Coding): void {
    switch (answer.kind) {
      case 'soap':
        // The answers of one turn leave together at its end: a write between other work costs twice as much.
        setImmediate(() => sendSoap(response, answer, answerCoding(request, coding), this.#draining));
        return;
      case 'plain':
        return sendPlain(request, response, answer, this.#parts.clock);
      case 'silence':
        request.socket.destroy();
    }
  }

  #refused(request: IncomingMessage, refusal: Refusal): PlainAnswer {
    const { rule, ...answer } = refusal;
    const { method, url, socket } = request;
    this.#parts.meters.securityReject(rule);
    this.#parts.log.info('http request refused', {
      peer: socket.remoteAddress,
      method,
      path: url?.slice(0, 200).replace(/\/s\/+[^/?]+/i, '/s/…'),
      status: answer.status,
      rule,
    });
    return answer;
  }

  /** What is not HTTP, or came too slowly: Node has no request for it. */
  #refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || hungUp.has(error.code ?? '')) {
      socket.destroy();
      return;
    }
    const status = parserStatus.get(error.code ?? '') ?? '400 Bad Request';
    this.#parts.meters.securityReject('http');
    this.#parts.log.info('http bytes refused', { peer: socket.remoteAddress, code: error.code, status });
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  }

  #countFailedHandshake(error: NodeJS.ErrnoException, socket: Socket): void {
    this.#parts.meters.securityReject('tls');
    this.#parts.log.info('tls handshake failed', { peer: socket.remoteAddress, code: error.code });
  }
}

/** The peer is gone, between two requests or within one. */
const hungUp: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

const parserStatus: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

function posterOf(request: IncomingMessage, route: OcppRoute): Poster {
  const basic = parseBasic(request.headers.authorization);
  const certificateName = verifiedCertificateName(request.socket);
  return { route, peerAddress: request.socket.remoteAddress ?? '', basic, certificateName };
}

function wrongMethod(request: IncomingMessage): Refusal {
  if (request.headers.upgrade !== undefined) {
    const hint = 'this port speaks OCPP over SOAP; chargers with OCPP-J connect to the WebSocket port';
    return { ...plain(426, hint), headers: { Upgrade: 'HTTP/1.1', Connection: 'close' }, rule: 'upgrade' };
  }
  const hint = 'this is an OCPP endpoint: chargers POST SOAP to it, and ?wsdl describes it';
  return { ...plain(405, hint), headers: { Allow: 'POST' }, rule: 'method' };
}

function plain(status: number, hint: string): PlainAnswer {
  return { kind: 'plain', status, text: `${hint}\n` };
}
