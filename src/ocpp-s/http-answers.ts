import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { linger } from '../front-door/lingering.ts';
import type { Clock } from '../gateway/ports.ts';
import { type Coding, codingHeader, codingOf, deflate } from './http-coding.ts';
import type { SoapVersion } from './message.ts';

/** What leaves for one request. */
export type HttpAnswer = SoapAnswer | PlainAnswer | { readonly kind: 'silence' };

export type SoapAnswer = {
  readonly kind: 'soap';
  readonly status: number;
  readonly soap: SoapVersion;
  readonly xml: string;
};

/** Words for a person at the other end, or a WSDL. */
export type PlainAnswer = {
  readonly kind: 'plain';
  readonly status: number;
  readonly text: string;
  readonly headers?: OutgoingHttpHeaders;
};

// Without `action=`: some chargers accept only `…Response` there, all accept none (RFC 3902 makes it optional).
const contentTypes: Readonly<Record<SoapVersion, string>> = {
  '1.2': 'application/soap+xml; charset=utf-8',
  '1.1': 'text/xml; charset=utf-8',
};

/** Answers a request whose body was read, in one write with Content-Length: some chargers read nothing else. */
export function sendSoap(response: ServerResponse, answer: SoapAnswer, coding: Coding, close: boolean): void {
  const body = coding === 'identity' ? answer.xml : deflate(Buffer.from(answer.xml), coding);
  const encoding = codingHeader(coding);
  const headers: OutgoingHttpHeaders = {
    'Content-Type': contentTypes[answer.soap],
    'Content-Length': Buffer.byteLength(body),
  };
  if (encoding !== undefined) headers['Content-Encoding'] = encoding;
  if (close) headers['Connection'] = 'close';
  response.writeHead(answer.status, headers);
  response.end(body);
}

/** The coding of an answer: the request's own, unless the peer says that it does not read it (OCPP-S 1.6 §6.1). */
export function answerCoding(request: IncomingMessage, requestCoding: Coding): Coding {
  const accepted = request.headers['accept-encoding'];
  if (typeof accepted !== 'string' || requestCoding === 'identity') return requestCoding;
  const willing = accepted.split(',').some((entry) => {
    const [name, ...parameters] = entry.split(';').map((part) => part.trim());
    const matches = name === '*' || codingOf(name) === codingOf(codingHeader(requestCoding));
    return matches && !parameters.some((parameter) => /^q=0(\.0*)?$/i.test(parameter));
  });
  return willing ? requestCoding : 'identity';
}

/** Answers in plain text; a request with a body that was not read loses its connection. */
export function sendPlain(request: IncomingMessage, response: ServerResponse, answer: PlainAnswer, clock: Clock): void {
  const unread = hasBody(request) && !request.readableEnded;
  response.writeHead(answer.status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(answer.text),
    ...answer.headers,
    ...(unread ? { Connection: 'close' } : {}),
  });
  if (unread) linger(request, response, answer.text, { hasEnd: true, timers: clock });
  else response.end(answer.text);
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}
