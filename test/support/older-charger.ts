import type { ChargerReply, ChargerWire, Delivery, Payload } from '../../src/gateway/ports.ts';
import type { ServiceName } from '../../src/ocpp/schema.ts';
import type { SoapRequest } from '../../src/ocpp-s/message.ts';
import { soap } from '../unit/ocpp-s/envelopes.ts';
import { validateBody } from '../unit/ocpp-s/schema-oracle.ts';
import type { Harness } from './gateway-harness.ts';
import { olderMessage } from './older-messages.ts';

/**
 * A charger of OCPP 1.5 or 1.2 before the gateway of a harness: it speaks and hears the words of its own version, through
 * the codecs, and libxml2 sees all that it is told.
 */
export class OlderCharger {
  readonly ocpp: '1.5' | '1.2';
  /** What it answers, in its own words. */
  react: (action: string, payload: Payload) => Payload = () => ({ status: 'Accepted' });
  /** Bodies of what it was asked, without prefixes. */
  readonly asked: string[] = [];
  readonly #harness: Harness;
  readonly #identity: string;

  constructor(harness: Harness, ocpp: '1.5' | '1.2', identity = 'CP1') {
    this.#harness = harness;
    this.#identity = identity;
    this.ocpp = ocpp;
    harness.chargers.answer = (action, payload) => this.#serve(action, payload);
  }

  /** Sends one request in the words of its version; the answer in the house language. */
  async says(action: string, payload: Payload): Promise<Payload> {
    const { xml } = olderMessage({ ocpp: this.ocpp, service: 'CentralSystem', action, kind: 'request' }, payload);
    const request = this.#decode(xml, 'CentralSystem');
    if (request.kind !== 'request') throw new Error(`a ${request.kind}`);
    const reply = await this.#harness.says(action, request.payload, {
      identity: this.#identity,
      wire: `ocpp${this.ocpp}-soap` satisfies ChargerWire,
      anomalies: request.anomalies,
      gaps: request.gaps ?? [],
    });
    return this.#hear(request, reply);
  }

  boot(payload: Payload = { chargePointVendor: 'Acme', chargePointModel: 'Wall 1' }): Promise<Payload> {
    return this.says('BootNotification', payload);
  }

  status(status: string, connectorId = 1, errorCode = 'NoError'): Promise<Payload> {
    return this.says('StatusNotification', { connectorId, status, errorCode });
  }

  async start(timestamp: string, connectorId = 1): Promise<number> {
    const conf = await this.says('StartTransaction', { connectorId, idTag: 'TAG-1', timestamp, meterStart: 1000 });
    return Number(conf['transactionId']);
  }

  stop(transactionId: number, timestamp: string, more: Payload = { idTag: 'TAG-1' }): Promise<Payload> {
    return this.says('StopTransaction', { transactionId, timestamp, meterStop: 2000, ...more });
  }

  #hear(request: SoapRequest, reply: ChargerReply): Payload {
    if (reply.kind === 'refused') throw reply.error;
    if (reply.kind === 'silence') throw new Error(reply.reason);
    const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;
    validateBody(
      'CentralSystem',
      soap.encodeResponse(request, { payload: reply.payload, messageId: 'm', profile }),
      this.ocpp,
    );
    return reply.payload;
  }

  #serve(action: string, payload: Payload): Delivery {
    const call = { ocpp: this.ocpp, service: 'ChargePoint', action, messageId: 'm', mustUnderstand: false } as const;
    const xml = soap.encodeRequest({ ...call, payload });
    validateBody('ChargePoint', xml, this.ocpp);
    this.asked.push((/<env:Body>(.*)<\/env:Body>/.exec(xml)?.[1] ?? '').replaceAll('cp:', ''));
    const about = { ocpp: this.ocpp, service: 'ChargePoint', action, kind: 'response' } as const;
    const message = this.#decode(olderMessage(about, this.react(action, payload)).xml, 'ChargePoint');
    if (message.kind !== 'response') throw new Error(`a ${message.kind}`);
    const { keySpellings } = message;
    return { kind: 'answered', payload: message.payload, ...(keySpellings && { keySpellings }) };
  }

  #decode(xml: string, service: ServiceName) {
    validateBody(service, xml, this.ocpp);
    const message = soap.decode(xml, { service });
    if (message.kind === 'unreadable') throw message.error;
    return message;
  }
}
