import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
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

/** How long and how much we still read from a peer that we have refused, so that it gets to read our answer. */
const lingerMs = 1_000;
const lingerBytes = 8 * 1024 * 1024;

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
  if (unread) linger(request, response, answer.text, clock);
  else response.end(answer.text);
}

/**
 * The whole answer is out before end(), which closes: a close with bytes still coming in is a reset on the peer's side,
 * and many stacks then throw away the answer that they already have. A peer that sends more than we care to read is
 * held by flow control for the rest of the time, however fast it sends: closing then would be that same reset.
 */
function linger(request: IncomingMessage, response: ServerResponse, text: string, clock: Clock): void {
  response.write(text);
  let left = lingerBytes;
  const cancel = clock.after(lingerMs, finish);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  request.once('end', finish);
  request.once('close', finish);
  request.resume();

  function finish(): void {
    cancel();
    request.pause();
    if (!response.writableEnded) response.end();
  }
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}
