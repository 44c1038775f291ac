import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type IServices, listen } from 'soap';
import { headerText } from '../../src/demo/charger/addressing.ts';
import { fromSoap } from '../../src/demo/charger/from-soap.ts';
import { Changes } from '../../src/demo/changes.ts';
import type { Payload } from '../../src/demo/payload.ts';
import { ownFilesOf } from '../support/wsdl-files.ts';

/** A request as the central system got it. */
export type Heard = {
  readonly action: string;
  readonly payload: Payload;
  /** Header texts by local name; undefined when absent. */
  readonly header: (name: string) => string | undefined;
  readonly from: string | undefined;
  readonly http: IncomingHttpHeaders;
  readonly xml: string;
};

/** What the central system does with a request: an answer, a fault, or a cut connection. */
export type Answer = Payload | 'fault' | 'cut';

/** A central system on the `soap` package's own listener, which can be killed and restarted at the same port. */
export class SoapCentralSystem {
  readonly heard: Heard[] = [];
  readonly changes = new Changes();
  answer: (action: string, payload: Payload) => Answer;
  #http: Server | undefined;
  #port = 0;
  readonly #file: string;
  #xml = '';

  constructor(answer: (action: string, payload: Payload) => Answer, ocpp: keyof typeof ownFilesOf = '1.6') {
    this.answer = answer;
    this.#file = ownFilesOf[ocpp].centralSystem;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/ocpp`;
  }

  /** Requests of one action. */
  of(action: string): readonly Heard[] {
    return this.heard.filter((request) => request.action === action);
  }

  async start(): Promise<void> {
    const http = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve));
    const address = http.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#http = http;
    const xml = readFileSync(this.#file, 'utf8');
    await new Promise<void>((resolve, reject) => {
      const callback = (error: unknown) => (error instanceof Error ? reject(error) : resolve());
      const services = this.#services(xml);
      const server = listen(http, { path: '/ocpp', services, xml, forceSoap12Headers: true, callback });
      server.log = (type, data) => {
        if (type === 'received') this.#xml = String(data);
      };
    });
  }

  /** Closes the port and cuts every connection, as a killed process does. */
  async kill(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    if (http === undefined) return;
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeAllConnections();
    await closed;
  }

  #services(xml: string): IServices {
    const actions = [...xml.matchAll(/<wsdl:operation name="(\w+)"/g)].map(([, action]) => action ?? '');
    const [service, port] = [/<wsdl:service name="(\w+)"/, /<wsdl:port name="(\w+)"/].map(
      (pattern) => pattern.exec(xml)?.[1] ?? '',
    );
    const handlers = Object.fromEntries(actions.map((action) => [action, this.#handler(action)]));
    return { [service ?? '']: { [port ?? '']: handlers } };
  }

  #handler(action: string) {
    return (args: unknown, callback?: (answer: unknown) => void, headers?: unknown, request?: unknown) => {
      const incoming = request as { readonly headers: IncomingHttpHeaders; readonly socket: { destroy(): void } };
      const payload = fromSoap(args);
      const from = headerText(Reflect.get(Object(headers), 'From'), 'Address');
      const header = (name: string) => headerText(headers, name);
      this.heard.push({ action, payload, header, from, http: incoming.headers, xml: this.#xml });
      this.changes.happened();
      const answer = this.answer(action, payload);
      if (answer === 'cut') incoming.socket.destroy();
      else callback?.(answer === 'fault' ? faultAnswer : answer);
    };
  }
}

const faultAnswer = {
  Fault: {
    Code: { Value: 'soap:Receiver', Subcode: { Value: 'tns:InternalError' } },
    Reason: { Text: 'the test wants a fault' },
    statusCode: 500,
  },
};
