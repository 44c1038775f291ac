import { randomUUID } from 'node:crypto';
import type {
  ChargerCall,
  ChargerDoor,
  ChargerReply,
  ChargerWire,
  Claim,
  Clock,
  Log,
  MessageLog,
  Meters,
} from '../gateway/ports.ts';
import type { BasicCredentials } from '../front-door/basic.ts';
import { isIdentity } from '../front-door/path.ts';
import type { RateLimiter } from '../front-door/rates.ts';
import { faultHttpStatus } from './faults.ts';
import type { HttpAnswer } from './http-answers.ts';
import type { Answerable, FaultCondition, OcppVersion, SoapMessage, SoapRequest, Unreadable } from './message.ts';
import type { OcppRoute } from './routes.ts';
import type { Soap } from './soap.ts';

/** What an exchange needs of the listener that it happens on. */
export type ExchangeParts = {
  readonly soap: Soap;
  readonly door: ChargerDoor;
  readonly meters: Meters;
  readonly messages: MessageLog;
  readonly log: Log;
  readonly clock: Clock;
  /** The actions that metrics may name; a peer's own words must not become labels. */
  readonly actions: ReadonlySet<string>;
  readonly chargerRates: RateLimiter;
};

/** Who posted, as far as HTTP and TLS tell. */
export type Poster = {
  readonly peerAddress: string;
  readonly route: OcppRoute;
  readonly basic?: BasicCredentials;
  readonly certificateName?: string;
};

const wires: Readonly<Record<OcppVersion, ChargerWire>> = {
  '1.2': 'ocpp1.2-soap',
  '1.5': 'ocpp1.5-soap',
  '1.6': 'ocpp1.6-soap',
};

const nobody: Answerable = { soap: '1.2', addressing: {} };

/** How a request was answered, and what is counted and kept of it. */
type Conclusion = {
  readonly answer: HttpAnswer;
  readonly about: Answerable;
  readonly identity: string | undefined;
  readonly outcome: string;
  readonly seq?: number | undefined;
};

/** One SOAP request of a charger, from text to answer. Never rejects: our own bugs are logged and answered InternalError. */
export async function exchange(parts: ExchangeParts, poster: Poster, xml: string): Promise<HttpAnswer> {
  const [atMs, startedMs] = [parts.clock.now(), parts.clock.elapsed()];
  const conclusion = await conclude(parts, poster, xml);
  const { answer, about, identity = '', outcome, seq } = conclusion;
  const action = known(parts, about.action);
  parts.meters.message('soap', 'in', action ?? 'unknown', outcome);
  parts.messages.said({
    atMs,
    station: identity,
    side: 'soap',
    direction: 'in',
    action: action ?? '',
    outcome,
    latencyMs: answer.kind === 'silence' ? undefined : parts.clock.elapsed() - startedMs,
    request: xml,
    answer: textOf(answer),
    seq,
  });
  return answer;
}

function textOf(answer: HttpAnswer): string | undefined {
  switch (answer.kind) {
    case 'soap':
      return answer.xml;
    case 'plain':
      return answer.text;
    case 'silence':
      return undefined;
  }
}

async function conclude(parts: ExchangeParts, poster: Poster, xml: string): Promise<Conclusion> {
  let about: Answerable = nobody;
  try {
    const message = parts.soap.decode(xml, { service: 'CentralSystem', ...versionHint(poster.route) });
    about = message;
    return await answerTo(parts, poster, message, xml);
  } catch (bug) {
    parts.log.error('soap request failed', { peer: poster.peerAddress, action: label(parts, about.action) }, bug);
    return refuse(parts, poster, about, 'InternalError', 'internal error');
  }
}

async function answerTo(
  parts: ExchangeParts,
  poster: Poster,
  message: SoapMessage | Unreadable,
  xml: string,
): Promise<Conclusion> {
  switch (message.kind) {
    case 'request':
      return receive(parts, poster, message);
    case 'unreadable':
      parts.log.debug('soap request unreadable', { peer: poster.peerAddress, head: xml.slice(0, 240) });
      return refuse(parts, poster, message, message.condition, message.error.message);
    case 'response':
      return refuse(parts, poster, message, 'ProtocolError', 'a response was posted where requests are received');
    case 'fault':
      return refuse(
        parts,
        poster,
        { soap: message.soap, addressing: message.addressing },
        'ProtocolError',
        'a fault was posted where requests are received',
      );
  }
}

async function receive(parts: ExchangeParts, poster: Poster, request: SoapRequest): Promise<Conclusion> {
  if (request.service === 'ChargePoint') {
    return refuse(
      parts,
      poster,
      request,
      'NotSupported',
      `${request.action} is an operation of the charge point, not of the central system`,
    );
  }
  const identity = request.addressing.identity ?? poster.route.identity;
  if (identity === undefined) {
    return refuse(
      parts,
      poster,
      request,
      'ProtocolError',
      'no chargeBoxIdentity in the header, nor an identity in the URL',
    );
  }
  if (!isIdentity(identity)) {
    return refuse(parts, poster, request, 'ProtocolError', 'chargeBoxIdentity must be 1 to 48 printable characters');
  }
  if (!parts.chargerRates.take(`${poster.peerAddress} ${identity}`, parts.clock.elapsed())) {
    return tooFast(parts, request, identity);
  }
  const reply = await parts.door.receive(claimOf(poster, request, identity), callOf(request));
  return answerOf(parts, request, reply);
}

function callOf({ action, payload, anomalies, gaps }: SoapRequest): ChargerCall {
  return { action, payload, anomalies, ...(gaps && { gaps }) };
}

function claimOf(poster: Poster, request: SoapRequest, identity: string): Claim {
  const { route, basic, certificateName, peerAddress } = poster;
  const { from, replyTo } = request.addressing;
  return {
    identity,
    peerAddress,
    wire: wires[request.ocpp],
    callbacks: [from, replyTo].filter((address) => address !== undefined),
    pathIdentity: route.identity,
    pathSecret: route.secret,
    basic,
    certificateName,
  };
}

function answerOf(parts: ExchangeParts, request: SoapRequest, reply: ChargerReply): Conclusion {
  const { identity } = reply;
  switch (reply.kind) {
    case 'answered': {
      const profile = parts.door.wireProfile(identity);
      const xml = parts.soap.encodeResponse(request, {
        identity,
        messageId: newMessageId(),
        profile,
        payload: reply.payload,
      });
      const answer = { kind: 'soap', status: 200, soap: request.soap, xml } as const;
      return { answer, about: request, identity, outcome: 'answered', seq: reply.seq };
    }
    case 'refused':
      return fault(parts, request, identity, reply.error.code, reply.error.message);
    case 'silence':
      parts.log.warn('soap request left unanswered', {
        station: identity,
        action: request.action,
        reason: reply.reason,
      });
      return { answer: { kind: 'silence' }, about: request, identity, outcome: 'silence' };
  }
}

/** A refusal of ours, before the door was asked. Reasons may quote the payload: at debug only. */
function refuse(
  parts: ExchangeParts,
  poster: Poster,
  about: Answerable,
  condition: FaultCondition,
  reason: string,
): Conclusion {
  const claimed = about.addressing.identity ?? poster.route.identity;
  const identity = claimed !== undefined && isIdentity(claimed) ? claimed : undefined;
  const action = label(parts, about.action);
  parts.meters.securityReject('message');
  parts.log.info('soap request refused', { peer: poster.peerAddress, station: identity, action, condition });
  parts.log.debug('soap request refused because', { station: identity, reason });
  return fault(parts, about, identity, condition, reason);
}

function fault(
  parts: ExchangeParts,
  about: Answerable,
  identity: string | undefined,
  condition: FaultCondition,
  reason: string,
): Conclusion {
  const profile = parts.door.wireProfile(identity ?? '');
  const named = identity === undefined ? {} : { identity };
  const xml = parts.soap.encodeFault(about, { ...named, messageId: newMessageId(), profile, condition, reason });
  const status = faultHttpStatus(condition, about.soap, profile.faultHttpStatus);
  return { answer: { kind: 'soap', status, soap: about.soap, xml }, about, identity, outcome: condition };
}

/** No fault: a fault would tell the charger to drop the message (OCPP-S 1.6 §4). */
function tooFast(parts: ExchangeParts, request: SoapRequest, identity: string): Conclusion {
  parts.meters.securityReject('chargerRate');
  const text = 'too many requests of this charger\n';
  const answer = { kind: 'plain', status: 429, text, headers: { 'Retry-After': '1' } } as const;
  return { answer, about: request, identity, outcome: 'tooFast' };
}

function known(parts: ExchangeParts, action: string | undefined): string | undefined {
  return action !== undefined && parts.actions.has(action) ? action : undefined;
}

function label(parts: ExchangeParts, action: string | undefined): string {
  return known(parts, action) ?? 'unknown';
}

function versionHint(route: OcppRoute): { readonly ocpp?: OcppVersion } {
  return route.ocpp === undefined ? {} : { ocpp: route.ocpp };
}

function newMessageId(): string {
  return `urn:uuid:${randomUUID()}`;
}
