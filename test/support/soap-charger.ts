import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, createClientAsync, type IServices, listen } from 'soap';
import type { Payload } from '../../src/gateway/ports.ts';
import type { OcppVersion } from '../../src/ocpp-s/message.ts';

export type ChargerSettings = {
  readonly identity: string;
  /** The gateway's endpoint; both WSDLs are fetched from it. */
  readonly endpoint: string;
  /** Of the envelope's elements: `SOAP-ENV` is what gSOAP writes. */
  readonly prefix: 'soap' | 'SOAP-ENV';
  /** Default: 1.6. */
  readonly ocpp?: OcppVersion;
};

const years: Readonly<Record<OcppVersion, string>> = { '1.2': '2010/08', '1.5': '2012/06', '1.6': '2015/10' };

/** What the charger does with a call: an answer, or a fault by its code and subcode. */
export type Reaction = Payload | { readonly fault: readonly [code: string, subcode?: string] };

export type Called = { readonly action: string; readonly payload: unknown };

/**
 * A charger on the package `soap`, client and server, that knows nothing of the gateway but its URL: the contracts come
 * from `?wsdl`. The package does the XML; only the headers, which it does not know, are written here.
 */
export class SoapCharger {
  /** Calls of the gateway as the package read them. */
  readonly called: Called[] = [];
  react: (action: string) => Reaction = () => ({});
  /** Where it says that it listens, when that is not the truth. */
  from: string | undefined;
  readonly #settings: ChargerSettings;
  readonly #http: Server;
  #client: Client | undefined;
  #headers = '';

  constructor(settings: ChargerSettings) {
    this.#settings = settings;
    this.#http = createServer((_request, response) => response.writeHead(404).end());
  }

  /** Where it listens for calls: its wsa:From. */
  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/cp`;
  }

  async start(): Promise<void> {
    const { endpoint, prefix, ocpp = '1.6' } = this.#settings;
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    const wsdl = await (await fetch(`${endpoint}?wsdl=chargepoint-${ocpp}`)).text();
    await new Promise((ready) => {
      const services = this.#services(wsdl);
      const options = { path: '/cp', services, xml: wsdl, forceSoap12Headers: true, envelopeKey: prefix };
      listen(this.#http, { ...options, callback: ready }).addSoapHeader(this.#answerHeader());
    });
    this.#client = await createClientAsync(`${endpoint}?wsdl=${ocpp}`, {
      forceSoap12Headers: true,
      envelopeKey: prefix,
    });
    this.#client.addSoapHeader(() => this.#headers);
  }

  /** Listens for calls again, where it did before it was stopped. */
  async listenAt(url: string): Promise<void> {
    await new Promise<void>((resolve) => this.#http.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeAllConnections();
    await closed;
  }

  /** Sends one request; resolves with the answer as the package read it, rejects with its error on a fault. */
  async say(action: string, payload: Payload): Promise<unknown> {
    this.#headers = this.#requestHeaders(action);
    const method: unknown = this.#client?.[`${action}Async`];
    if (typeof method !== 'function') throw new Error(`the WSDL has no operation ${action}`);
    const [answer] = (await method.call(this.#client, payload)) as [unknown];
    return answer;
  }

  #requestHeaders(action: string): string {
    const wsa = 'xmlns="http://www.w3.org/2005/08/addressing"';
    return (
      this.#identityHeader('Cs') +
      `<Action ${wsa}>/${action}</Action><MessageID ${wsa}>urn:uuid:${randomUUID()}</MessageID>` +
      `<From ${wsa}><Address>${this.from ?? this.url}</Address></From>`
    );
  }

  #answerHeader(): string {
    return this.#identityHeader('Cp');
  }

  #identityHeader(service: 'Cs' | 'Cp'): string {
    const { identity, ocpp = '1.6' } = this.#settings;
    return `<o:chargeBoxIdentity xmlns:o="urn://Ocpp/${service}/${years[ocpp]}/">${identity}</o:chargeBoxIdentity>`;
  }

  #services(wsdl: string): IServices {
    const actions = [...wsdl.matchAll(/soapAction="\/(\w+)"/g)].map(([, action]) => action ?? '');
    const handlers = Object.fromEntries(
      actions.map((action) => [action, (payload: unknown) => this.#serve(action, payload)]),
    );
    return { ChargePointService: { ChargePointServiceSoap12: handlers } };
  }

  #serve(action: string, payload: unknown): Payload {
    this.called.push({ action, payload });
    const reaction = this.react(action);
    if ('fault' in reaction) throw faultOf(this.#settings.prefix, reaction.fault as readonly [string, string?]);
    return reaction;
  }
}

/** The shape in which the package expects a SOAP 1.2 fault. */
function faultOf(prefix: string, [code, subcode]: readonly [string, string?]): Error {
  const Subcode = subcode === undefined ? {} : { Subcode: { Value: `tns:${subcode}` } };
  return Object.assign(new Error('not today'), {
    Fault: {
      Code: { Value: `${prefix}:${code}`, ...Subcode },
      Reason: { Text: { attributes: { 'xml:lang': 'en' }, $value: 'not today' } },
      statusCode: code === 'Sender' ? 400 : 500,
    },
  });
}

/**
 * A payload as the package reads or is given it, in one form: it turns times into Date objects and empty elements into
 * null, hands decimals over as text, and trims. Leaves are compared as trimmed text, `6.0` as `6`, line ends as XML 1.0
 * §2.11 has them.
 */
export function inOneForm(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(value)) return value.map(inOneForm);
  if (typeof value !== 'object' || value === null) return plainText(String(value));
  const present = Object.entries(value).filter(([name, field]) => field !== null && name !== 'attributes');
  return Object.fromEntries(present.map(([name, field]) => [name, inOneForm(field)]));
}

function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .trim()
    .replace(/^(\d+)\.0$/, '$1');
}
