import { randomUUID } from 'node:crypto';
import { basicHeader } from '../front-door/basic.ts';
import type {
  ChargerCaller,
  ChargerTarget,
  ChargerWire,
  Clock,
  Delivery,
  Log,
  MessageLog,
  Meters,
  Payload,
} from '../gateway/ports.ts';
import type { AnomalyKind } from '../ocpp/anomalies.ts';
import { type ErrorCode, OcppError } from '../ocpp/errors.ts';
import { type HttpAddress, HttpAddresses } from './http-address.ts';
import { HttpPoster, type Posted } from './http-post.ts';
import type { CallerTls } from './http-tls.ts';
import type { OcppVersion, SoapResponse } from './message.ts';
import type { Soap } from './soap.ts';

export type SoapCallerParts = {
  readonly soap: Soap;
  /** Where chargers reach us: wsa:From of our calls. Asked at each call: the port may be known only later. */
  readonly publicUrl: () => string;
  /** Largest answer that is read, after inflation. */
  readonly maxAnswerBytes: number;
  readonly tls: CallerTls;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly log: Log;
  readonly clock: Clock;
};

export interface SoapCaller extends ChargerCaller {
  /** Closes idle connections. */
  close(): void;
}

/** Our calls to the ChargePointService of chargers: one POST, whose response is the answer (OCPP-S 1.6 §3.2). */
export function createSoapCaller(parts: SoapCallerParts): SoapCaller {
  const poster = new HttpPoster(parts.clock, parts.tls);
  const around: Surroundings = { ...parts, poster, addresses: new HttpAddresses() };
  return {
    call: (target, action, payload, deadlineMs) => measuredCall(around, { target, action, payload, deadlineMs }),
    can: (wire, action) => {
      const ocpp = versions[wire];
      return ocpp === undefined || parts.soap.has(ocpp, 'ChargePoint', action);
    },
    close: () => poster.close(),
  };
}

type Surroundings = SoapCallerParts & { readonly poster: HttpPoster; readonly addresses: HttpAddresses };

type Call = {
  readonly target: ChargerTarget;
  readonly action: string;
  readonly payload: Payload;
  readonly deadlineMs: number;
};

const versions: Readonly<Record<ChargerWire, OcppVersion | undefined>> = {
  'ocpp1.2-soap': '1.2',
  'ocpp1.5-soap': '1.5',
  'ocpp1.6-soap': '1.6',
  'ocpp1.6-json': undefined,
};

/** Actions whose repetition changes neither the charger nor its answer. */
const repeatable: ReadonlySet<string> = new Set([
  'ChangeAvailability',
  'ChangeConfiguration',
  'ClearCache',
  'GetCompositeSchedule',
  'GetConfiguration',
  'GetLocalListVersion',
  'SetChargingProfile',
]);

/** A payload with one of these holds a value that 1.6-J does not have. */
const unfit: ReadonlySet<AnomalyKind> = new Set<AnomalyKind>(['unknownEnum', 'impossibleTime']);

/** What went over the wire in a call, as far as it came. */
type Texts = { request: string | undefined; answer: string | undefined };

async function measuredCall(around: Surroundings, call: Call): Promise<Delivery> {
  const { clock, meters, messages } = around;
  const [atMs, startedMs] = [clock.now(), clock.elapsed()];
  const texts: Texts = { request: undefined, answer: undefined };
  const delivery = await makeCall(around, call, texts);
  const tookMs = clock.elapsed() - startedMs;
  const outcome = delivery.kind === 'refused' ? delivery.code : delivery.kind;
  meters.callDuration('soap', call.action, tookMs / 1000);
  meters.message('soap', 'out', call.action, outcome);
  const { request, answer } = texts;
  if (request === undefined) return delivery;
  messages.said({
    atMs,
    station: call.target.identity,
    side: 'soap',
    direction: 'out',
    action: call.action,
    outcome,
    latencyMs: answer === undefined ? undefined : tookMs,
    request,
    answer,
    seq: undefined,
  });
  return delivery;
}

async function makeCall(around: Surroundings, call: Call, texts: Texts): Promise<Delivery> {
  try {
    const ocpp = versions[call.target.wire];
    if (ocpp === undefined) return refused('NotSupported', 'the charger does not speak SOAP');
    const address = around.addresses.of(call.target.url);
    if (address === undefined) return unreachable('its callback address is not an http URL');
    texts.request = requestOf(around, call, ocpp);
    const posted = await post(around, call, address, texts.request);
    if (posted.kind === 'answer' && posted.body.kind === 'text') texts.answer = posted.body.text;
    return deliveryOf(around, call, ocpp, posted);
  } catch (thrown) {
    const error = OcppError.from(thrown);
    if (error !== thrown)
      around.log.error('soap call failed', { station: call.target.identity, action: call.action }, thrown);
    return refused(error.code, error.message, error.details);
  }
}

function requestOf(around: Surroundings, { target, action, payload }: Call, ocpp: OcppVersion): string {
  return around.soap.encodeRequest({
    ocpp,
    service: 'ChargePoint',
    action,
    payload,
    identity: target.identity,
    messageId: `urn:uuid:${randomUUID()}`,
    from: around.publicUrl(),
    to: target.url,
    mustUnderstand: target.profile.mustUnderstand,
    ...(target.keySpellings && { keySpellings: target.keySpellings }),
  });
}

function post(around: Surroundings, call: Call, address: HttpAddress, body: string): Promise<Posted> {
  const { target, action, deadlineMs } = call;
  return around.poster.post({
    address,
    headers: headersOf(target, action),
    body,
    deadlineMs,
    maxAnswerBytes: around.maxAnswerBytes,
    repeatable: repeatable.has(action),
  });
}

function headersOf({ profile, basic }: ChargerTarget, action: string): readonly string[] {
  const headers = ['Content-Type', `application/soap+xml; charset=utf-8; action="/${action}"`];
  if (profile.soapAction) headers.push('SOAPAction', `"/${action}"`);
  if (basic !== undefined) headers.push('Authorization', basicHeader(basic.user, basic.password));
  return headers;
}

/** The body tells what happened, whatever status and Content-Type say: faults come with 200, 400 and 500. */
function deliveryOf(around: Surroundings, call: Call, ocpp: OcppVersion, posted: Posted): Delivery {
  if (posted.kind === 'failed') return { kind: 'unreachable', reason: posted.reason, sent: posted.sent };
  const httpStatus = posted.status;
  const { station, action } = { station: call.target.identity, action: call.action };
  if (posted.body.kind === 'refused') {
    return refused('GenericError', `the charger's answer cannot be read: ${posted.body.hint}`, { httpStatus });
  }
  const message = around.soap.decode(posted.body.text, { service: 'ChargePoint', ocpp });
  switch (message.kind) {
    case 'response':
      return answerOf(around, call, message, httpStatus);
    case 'fault':
      return refused(message.code, message.reason, {
        soapCode: message.soapCode,
        soapSubcode: message.soapSubcode ?? null,
        httpStatus,
      });
    case 'request':
      return refused('GenericError', `the charger answered with a ${message.action} request`, { httpStatus });
    case 'unreadable':
      around.log.info('soap answer unreadable', { station, action, httpStatus });
      around.log.debug('soap answer head', {
        station,
        reason: message.error.message,
        head: posted.body.text.slice(0, 240),
      });
      return refused(
        'GenericError',
        `the charger answered HTTP ${httpStatus} without readable SOAP: ${message.error.message}`,
        { httpStatus },
      );
  }
}

function answerOf(around: Surroundings, call: Call, response: SoapResponse, httpStatus: number): Delivery {
  if (response.action !== call.action) {
    return refused('GenericError', `the charger answered with a ${response.action} response`, { httpStatus });
  }
  for (const anomaly of response.anomalies) around.meters.anomaly(anomaly.kind);
  const broken = response.anomalies.find((anomaly) => unfit.has(anomaly.kind));
  if (broken === undefined) return answered(response);
  const place = broken.path.join('.');
  return refused('GenericError', `the charger's answer holds "${broken.text.slice(0, 50)}" in ${place}`, {
    httpStatus,
  });
}

function answered({ payload, keySpellings }: SoapResponse): Delivery {
  return { kind: 'answered', payload, ...(keySpellings && { keySpellings }) };
}

function refused(code: ErrorCode, description: string, details: Payload = {}): Delivery {
  return { kind: 'refused', code, description, details };
}

function unreachable(reason: string): Delivery {
  return { kind: 'unreachable', reason, sent: false };
}
