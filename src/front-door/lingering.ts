import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long and how much is still read from a peer that was refused, so that it gets to read the answer. */
const lingerMs = 1_000;
const lingerBytes = 8 * 1024 * 1024;

type Timers = { after(ms: number, run: () => void): () => void };

/**
 * Ends a response whose head is written, to a peer that may still be sending. The whole answer is out before end(), which
 * closes: a close with bytes still coming in is a reset on the peer's side, and many stacks then throw away the answer
 * that they already have. A peer that sends more than we care to read is held by flow control for the rest of the time,
 * however fast it sends: closing then would be that same reset. `hasEnd`: the request has a length, and so an end.
 */
export function linger(
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
  { hasEnd, timers }: { readonly hasEnd: boolean; readonly timers: Timers },
): void {
  response.write(text);
  let left = lingerBytes;
  const cancel = timers.after(lingerMs, finish);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  request.socket.once('close', finish);
  if (hasEnd) request.once('end', finish);
  request.resume();

  function finish(): void {
    cancel();
    request.pause();
    if (!response.writableEnded) response.end();
  }
}
