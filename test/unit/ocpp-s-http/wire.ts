import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** An HTTP answer as it came over the socket. */
export type WireAnswer = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
};

/** A socket that ends with the test. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Writes bytes and reads one answer; undefined when the connection ends without one. */
export async function exchangeBytes(socket: Socket, bytes: string | Buffer): Promise<WireAnswer | undefined> {
  const answer = readAnswer(socket);
  socket.write(bytes);
  return answer;
}

export function readAnswer(socket: Socket): Promise<WireAnswer | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const settle = (answer: WireAnswer | undefined): void => {
      socket.off('data', onData).off('close', onEnd).off('error', onEnd);
      resolve(answer);
    };
    const onEnd = (): void => settle(undefined);
    function onData(chunk: Buffer): void {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received);
      if (answer !== undefined) settle(answer);
    }
    socket.on('data', onData).once('close', onEnd).on('error', onEnd);
  });
}

/** Resolves when the other side has ended the connection. */
export function closed(socket: Socket): Promise<void> {
  if (socket.readableEnded || socket.destroyed) return Promise.resolve();
  socket.resume();
  return new Promise((resolve) => socket.once('end', () => resolve()).once('close', () => resolve()));
}

/** A POST with Content-Length. */
export function post(path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Buffer {
  const all = { Host: 'gateway', 'Content-Type': 'application/soap+xml; charset=utf-8', ...headers };
  const lines = Object.entries({ 'Content-Length': `${Buffer.byteLength(body)}`, ...all }).map((entry) =>
    entry.join(': '),
  );
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

/** Skips `100 Continue`; undefined while the answer is incomplete. */
function parse(bytes: Buffer): WireAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [start, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(start?.split(' ')[1]);
  if (status === 100) return parse(bytes.subarray(end + 4));
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers.get('content-length') ?? 0);
  const body = bytes.subarray(end + 4);
  return body.length < length ? undefined : { status, headers, body: body.subarray(0, length) };
}
