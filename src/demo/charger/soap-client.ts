import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { Client } from 'soap';
import { isRecord, type Payload } from '../payload.ts';
import { headersXml, headerText } from './addressing.ts';
import { fromSoap } from './from-soap.ts';
import type { Spoken } from './line.ts';
import type { Quirks } from './quirks.ts';
import type { OcppServices, Service } from './services.ts';

export type ClientSettings = {
  readonly identity: string;
  /** URL of the CentralSystemService. */
  readonly centralSystemUrl: string;
  /** Where this charger listens, for wsa:From. */
  readonly ownUrl: string;
  readonly services: OcppServices;
  readonly quirks: Quirks;
  readonly deadlineMs: number;
};

/** What a charger says: the `soap` package's client with the headers of OCPP-S. */
export class SoapClient {
  readonly #settings: ClientSettings;
  readonly #service: Service;
  readonly #client: Client;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #constantMessageId = `urn:uuid:${randomUUID()}`;
  #headers = '';

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    const { envelopePrefix } = settings.quirks;
    this.#service = settings.services[envelopePrefix].centralSystem;
    this.#client = new Client(this.#service.wsdl, settings.centralSystemUrl, {
      forceSoap12Headers: true,
      envelopeKey: envelopePrefix,
    });
    this.#client.addSoapHeader(() => this.#headers);
  }

  /** Sends one request and reads its answer. Never rejects, never retries. */
  async call(action: string, payload: Payload): Promise<Spoken> {
    const messageId = this.#settings.quirks.constantMessageId ? this.#constantMessageId : `urn:uuid:${randomUUID()}`;
    this.#headers = this.#headersOf(action, messageId);
    try {
      const [result, body, headers] = await this.#invoke(action, payload);
      return answerOf(action, messageId, { result, body, headers }, this.#settings.quirks);
    } catch (thrown) {
      return failureOf(thrown);
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  // The package builds the envelope before its first await, so the headers set by call() are those of this message.
  async #invoke(action: string, payload: Payload): Promise<readonly [unknown, unknown, unknown]> {
    const options = { proxy: false, maxRedirects: 0, timeout: this.#settings.deadlineMs, httpAgent: this.#agent };
    const method: unknown = this.#client[`${action}Async`];
    if (typeof method !== 'function') throw new Error(`the WSDL has no operation ${action}`);
    return (await method.call(this.#client, payload, options)) as [unknown, unknown, unknown];
  }

  #headersOf(action: string, messageId: string): string {
    const { identity, quirks, ownUrl, centralSystemUrl } = this.#settings;
    const base = { namespace: this.#service.namespace, identity };
    if (quirks.addressing === 'none') return headersXml(base);
    const addressed = { ...base, action: `/${action}`, messageId, anonymousReplyTo: true, to: centralSystemUrl };
    return headersXml(quirks.addressing === 'full' ? { ...addressed, from: ownUrl } : addressed);
  }
}

type RawAnswer = { readonly result: unknown; readonly body: unknown; readonly headers: unknown };

/** An answer counts only when it is the response of this action and relates to this request (OCPP-S 1.6 §3.6). */
function answerOf(action: string, messageId: string, raw: RawAnswer, quirks: Quirks): Spoken {
  const element = `${action.charAt(0).toLowerCase()}${action.slice(1)}Response`;
  if (typeof raw.body !== 'string' || !new RegExp(`<([^<>/\\s]+:)?${element}[\\s/>]`, 'u').test(raw.body)) {
    return { kind: 'unreachable', reason: `the answer to ${action} holds no ${element}` };
  }
  const relatesTo = headerText(raw.headers, 'RelatesTo');
  if (quirks.addressing !== 'none' && relatesTo !== undefined && relatesTo !== messageId) {
    return { kind: 'unreachable', reason: `the answer to ${action} relates to another request` };
  }
  return { kind: 'answered', payload: fromSoap(raw.result) };
}

function failureOf(thrown: unknown): Spoken {
  const fault = faultReason(thrown);
  if (fault !== undefined) return { kind: 'fault', reason: fault };
  return { kind: 'unreachable', reason: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** The package throws a Fault as an error whose `root` is the parsed envelope. */
function faultReason(thrown: unknown): string | undefined {
  const root = field(thrown, 'root');
  const fault = field(field(field(root, 'Envelope'), 'Body'), 'Fault');
  if (fault === undefined) return undefined;
  const subcode = field(field(field(fault, 'Code'), 'Subcode'), 'Value');
  const text = field(field(fault, 'Reason'), 'Text');
  const words = isRecord(text) ? text['$value'] : text;
  return [subcode, words].filter((part) => typeof part === 'string').join(': ') || 'fault without a reason';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
