import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock } from '../../gateway/ports.ts';

export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers?: OutgoingHttpHeaders;
};

/** How long and how much is still read from a peer that was refused, so that it gets to read the answer. */
const lingerMs = 1_000;
const lingerBytes = 8 * 1024 * 1024;

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
  if (unread && request.method !== 'HEAD') linger(request, response, `${text}\n`, clock);
  else response.end(request.method === 'HEAD' ? undefined : `${text}\n`);
}

/** The answer is out before end(), which closes: a close with bytes still coming in is a reset, which eats the answer. */
function linger(request: IncomingMessage, response: ServerResponse, text: string, clock: Clock): void {
  response.write(text);
  let left = lingerBytes;
  const cancel = clock.after(lingerMs, finish);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  request.socket.once('close', finish);
  // What came without a length is not read as a body: only time tells that it is over.
  if (!request.complete) request.once('end', finish);
  request.resume();

  function finish(): void {
    cancel();
    request.pause();
    if (!response.writableEnded) response.end();
  }
}
