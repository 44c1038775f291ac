import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { envelope, type EnvelopeOptions } from '../unit/ocpp-s-http/envelopes.ts';
import { post, readAnswer, type WireAnswer } from '../unit/ocpp-s-http/wire.ts';

export type Asked = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** What a charger answers a call with, byte for byte. */
export type Raw = {
  readonly body: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Sending = {
  readonly body: string | Buffer;
  /** Default: that of the endpoint. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the charger speaks from; any address of 127.0.0.0/8. */
  readonly localAddress?: string;
  /** How it speaks TLS, when the endpoint is https. */
  readonly tls?: ConnectionOptions;
};

/** A charger that is nothing but text over HTTP: as odd as the test writes it. */
export class RawCharger {
  readonly identity: string;
  /** Calls of the gateway, oldest first. */
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => Raw = () => ({
    body: answerTo('<clearCacheResponse><status>Accepted</status></clearCacheResponse>'),
  });
  readonly #endpoint: URL;
  readonly #http: Server;
  readonly #scheme: string;

  constructor(identity: string, endpoint: string, tls?: ServerOptions) {
    this.identity = identity;
    this.#endpoint = new URL(endpoint);
    this.#scheme = tls === undefined ? 'http' : 'https';
    const serve = (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response);
    this.#http = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  }

  /** Where it listens for calls. */
  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#http.address() as AddressInfo).port}/cp/ChargePointService`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeAllConnections();
    await closed;
  }

  /** A header that says where it listens. */
  from(url = this.url): string {
    return `<a:From><a:Address>${url}</a:Address></a:From>`;
  }

  /** An envelope of OCPP-S 1.6 with its identity, and nothing else that is not asked for. */
  envelope(element: string, fields = '', options: EnvelopeOptions = {}): string {
    return envelope(element, fields, { identity: this.identity, ...options });
  }

  /** Sends bytes on a connection of their own; undefined when that ends without an answer. */
  async post({ body, path, headers, localAddress = '127.0.0.1', tls }: Sending): Promise<WireAnswer | undefined> {
    const { hostname, port, pathname, protocol } = this.#endpoint;
    const where = { host: hostname, port: Number(port), localAddress };
    const socket = protocol === 'https:' ? connectTls({ ...where, ...tls }) : connect(where);
    try {
      const answer = readAnswer(socket);
      socket.write(post(path ?? pathname, body, headers));
      return await answer;
    } finally {
      socket.destroy();
    }
  }

  /** Sends one request; the body of its answer. Throws unless it is HTTP 200. */
  async say(element: string, fields = '', options: EnvelopeOptions = {}): Promise<string> {
    const answer = await this.post({ body: this.envelope(element, fields, options) });
    const text = answer?.body.toString() ?? '';
    if (answer?.status !== 200) throw new Error(`${answer?.status ?? 'no answer'}: ${text}`);
    return text;
  }

  /** Boots with an address to call; the CSMS is expected to accept it. */
  async boot(headers = this.from()): Promise<void> {
    await this.say('bootNotificationRequest', bootFields, { headers });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const asked = { headers: request.headers, body: Buffer.concat(chunks).toString() };
      this.asked.push(asked);
      const { body, status = 200, headers = { 'Content-Type': 'application/soap+xml' } } = this.answer(asked);
      response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers }).end(body);
    });
  }
}

export const bootFields = '<c:chargePointVendor>V</c:chargePointVendor><c:chargePointModel>M</c:chargePointModel>';

const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

/** An answer of a charger with nothing but a body; its elements need no prefix. */
export function answerTo(body: string, header = ''): string {
  const spoken = body.replace(/^<(\w+)/, '<$1 xmlns="urn://Ocpp/Cp/2015/10/"');
  return `<e:Envelope xmlns:e="${soap12}">${header}<e:Body>${spoken}</e:Body></e:Envelope>`;
}
