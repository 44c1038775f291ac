import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { linger } from '../../front-door/lingering.ts';
import type { Clock } from '../../gateway/ports.ts';

export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers?: OutgoingHttpHeaders;
};

/** Answers in plain text; a request whose body was not read to its end loses its connection afterwards. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text, headers }: Answer,
  clock: Clock,
) {
  // A body without any length (HTTP/1.0) reads as none at all: what follows on this connection is not a request.
  const unread = !request.complete || status === 411;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text) + 1,
    ...headers,
    ...(unread ? { Connection: 'close' } : {}),
  });
  if (!unread || request.method === 'HEAD') {
    response.end(request.method === 'HEAD' ? undefined : `${text}\n`);
    return;
  }
  // What came without a length is not read as a body: only time tells that it is over.
  linger(request, response, `${text}\n`, { hasEnd: !request.complete, timers: clock });
}
