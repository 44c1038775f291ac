import { Agent, type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import type { Clock } from '../gateway/ports.ts';
import { type Body, readBody } from './body.ts';
import type { HttpAddress } from './http-address.ts';
import { type CallerTls, callerOptions } from './http-tls.ts';

export type Post = {
  readonly address: HttpAddress;
  /** Names and values in turn, without Host and Content-Length. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly deadlineMs: number;
  readonly maxAnswerBytes: number;
  /**
   * The request may reach the charger twice without harm. Only then does it go out on a kept socket, where the charger
   * may hang up just as we write (RFC 9112 §9.3.1), and is it sent once more if so.
   */
  readonly repeatable: boolean;
};

export type Posted =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Exclude<Body, { kind: 'gone' }> }
  /** `sent` is false only when the charger surely saw nothing. */
  | { readonly kind: 'failed'; readonly reason: string; readonly sent: boolean };

/** Idle sockets are ours to close: most chargers keep theirs far longer than half a minute. */
const idleSocketMs = 30_000;

/** POSTs over HTTP/1.1 with Content-Length: no chunks, no Expect, no redirects. */
export class HttpPoster {
  readonly #clock: Clock;
  readonly #tlsOptions: ReturnType<typeof callerOptions>;
  readonly #agent: Agent;
  readonly #tlsAgent: TlsAgent;

  constructor(clock: Clock, tls: CallerTls) {
    // One idle socket for each charger: calls to one charger go one after the other.
    const kept = { keepAlive: true, maxFreeSockets: 1, timeout: idleSocketMs };
    this.#clock = clock;
    this.#tlsOptions = callerOptions(tls);
    this.#agent = new Agent(kept);
    this.#tlsAgent = new TlsAgent({ ...kept, ...this.#tlsOptions });
  }

  /** Never rejects. */
  async post(post: Post): Promise<Posted> {
    const startedMs = this.#clock.elapsed();
    const first = await this.#attempt(post, post.deadlineMs);
    if (first.kind !== 'stale') return first;
    const leftMs = post.deadlineMs - (this.#clock.elapsed() - startedMs);
    const second = await this.#attempt({ ...post, repeatable: false }, leftMs);
    return second.kind === 'stale' ? { kind: 'failed', reason: second.reason, sent: true } : second;
  }

  /** Closes idle sockets. */
  close(): void {
    this.#agent.destroy();
    this.#tlsAgent.destroy();
  }

  #attempt(post: Post, deadlineMs: number): Promise<Posted | Stale> {
    return new Promise((resolve) => {
      const request = this.#request(post);
      const watch = watchSending(request, post.address.secure);
      let late = false;
      const cancel = this.#clock.after(deadlineMs, () => {
        late = true;
        request.destroy(new Error('deadline'));
      });
      const settle = (outcome: Posted | Stale): void => {
        cancel();
        resolve(outcome);
      };
      request.once('response', (response) => {
        readAnswer(response, post.maxAnswerBytes).then((outcome) => settle(late ? tooLate(deadlineMs) : outcome), fail);
      });
      request.on('error', fail);
      request.end(post.body);

      function fail(error: NodeJS.ErrnoException): void {
        if (late) settle({ ...tooLate(deadlineMs), sent: watch.sent });
        else if (watch.stale() && hungUp(error)) settle({ kind: 'stale', reason: reasonOf(error) });
        else settle({ kind: 'failed', reason: reasonOf(error), sent: watch.sent });
      }
    });
  }

  #request({ address, headers, body, repeatable }: Post): ClientRequest {
    const { secure, hostname, port, path, host } = address;
    const length = String(Buffer.byteLength(body));
    const options = {
      method: 'POST',
      hostname,
      port,
      path,
      headers: ['Host', host, ...headers, 'Content-Length', length],
      agent: repeatable && (secure ? this.#tlsAgent : this.#agent),
    };
    return secure ? requestTls({ ...options, ...this.#tlsOptions }) : requestPlain(options);
  }
}

/** A kept socket was closed under our request. */
type Stale = { readonly kind: 'stale'; readonly reason: string };

type Watch = {
  /** Bytes may have left. */
  sent: boolean;
  /** The socket was used before, and nothing came on it since. */
  stale(): boolean;
};

function watchSending(request: ClientRequest, secure: boolean): Watch {
  const watch: Watch = { sent: false, stale: () => false };
  request.once('socket', (socket) => {
    const readBefore = socket.bytesRead;
    if (request.reusedSocket) {
      // The requests of one turn leave together at its end: a write between other work costs twice as much.
      socket.cork();
      setImmediate(() => socket.uncork());
      watch.sent = true;
      watch.stale = () => socket.bytesRead === readBefore;
      return;
    }
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      watch.sent = true;
    });
  });
  return watch;
}

async function readAnswer(response: IncomingMessage, maxAnswerBytes: number): Promise<Posted> {
  const body = await readBody(response, maxAnswerBytes);
  if (body.kind === 'gone')
    return { kind: 'failed', reason: 'the connection broke in the middle of the answer', sent: true };
  if (body.kind === 'refused') response.destroy();
  return { kind: 'answer', status: response.statusCode ?? 0, body };
}

function tooLate(deadlineMs: number): Extract<Posted, { kind: 'failed' }> {
  return { kind: 'failed', reason: `no answer within ${Math.round(deadlineMs / 100) / 10} s`, sent: true };
}

function hungUp(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

/** What the operator reads; addresses are in Node's own words. */
function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name has no address';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was reset';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'its address cannot be reached';
    case undefined:
      return error.message;
  }
  return error.code.startsWith('HPE_') ? 'its answer is not HTTP' : error.message;
}
