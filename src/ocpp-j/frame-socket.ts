import { type RawData, WebSocket } from 'ws';
import { closeFailure, type Peer, socketFailure } from './failures.ts';

/** What a connection tells; see `SocketEvents` for the moment at which it opens. */
export type FrameEvents = {
  text(text: string): void;
  /** A ping or a pong came. */
  sign(): void;
  /** Once, whether it ever opened or not; `reason` in plain words. */
  ended(reason: string): void;
};

export type FrameLimits = {
  /** Bytes that may wait for a peer that does not read. */
  readonly maxBufferedBytes: number;
  /** Ms until a close handshake that the peer does not answer is cut short. */
  readonly closeDeadlineMs: number;
};

/** Of one message. No OCPP peer fragments; tiny fragments cost far more memory than they carry. */
export const maxFragments = 256;

/** Text frames over one WebSocket of `ws`, whichever side opened it. */
export class FrameSocket {
  readonly #socket: WebSocket;
  readonly #peer: Peer;
  readonly #events: FrameEvents;
  readonly #limits: FrameLimits;
  readonly #unsent: string[] = [];
  /** The first reason is the cause; what follows are its consequences. */
  #reason: string | undefined;

  constructor(socket: WebSocket, peer: Peer, events: FrameEvents, limits: FrameLimits) {
    this.#socket = socket;
    this.#peer = peer;
    this.#events = events;
    this.#limits = limits;
    this.#listen();
  }

  /**
   * Sends a text frame; a peer that lets too much pile up is cut off. Frames leave at the end of the turn, one socket
   * after the other: a write between other work costs twice as much.
   */
  send(text: string): void {
    if (this.#unsent.push(text) === 1) setImmediate(() => this.#flush());
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  /** Ends with a close frame, and is cut off if the peer does not answer it; `ended` will say `cause`. */
  close(code: number, reason: string, cause = reason): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.cut(cause);
      return;
    }
    this.#reason ??= cause;
    this.#flush();
    this.#socket.close(code, reason);
    const deadline = setTimeout(() => this.#socket.terminate(), this.#limits.closeDeadlineMs).unref();
    this.#socket.once('close', () => clearTimeout(deadline));
  }

  /** Cuts the connection; `ended` will say `reason`. */
  cut(reason: string): void {
    this.#reason ??= reason;
    this.#socket.terminate();
  }

  /** Leaves in the network what the peer sends, until `resume`; frames of which a part is here already still come. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #flush(): void {
    for (const text of this.#unsent.splice(0)) {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
    }
    this.#checkBacklog();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => {
      this.#events.sign();
      this.#checkBacklog();
    });
    socket.on('pong', () => this.#events.sign());
    socket.on('error', (error) => {
      this.#reason ??= socketFailure(error, this.#peer);
    });
    socket.on('close', (code, reason) =>
      this.#events.ended(this.#reason ?? closeFailure(code, reason.toString(), this.#peer)),
    );
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (isBinary || !Buffer.isBuffer(data)) this.close(unsupportedDataCode, `${this.#peer} sent a binary message`);
    else this.#events.text(data.toString('utf8'));
  }

  #checkBacklog(): void {
    if (this.#socket.bufferedAmount > this.#limits.maxBufferedBytes)
      this.cut(`${this.#peer} does not read what it is sent`);
  }
}

/** RFC 6455 §7.4.1 */
const unsupportedDataCode = 1003;

/**
 * `ws` keeps zlib's state for the life of the connection, at zlib's own sizes 220 KB a charger. A window of 4 KB
 * halves that, and still holds the message before, which the next one resembles. Undefined: no compression.
 */
export function deflateOptions(threshold: number | undefined) {
  if (threshold === undefined) return false;
  return {
    threshold,
    clientMaxWindowBits: 12,
    serverMaxWindowBits: 12,
    zlibDeflateOptions: { memLevel: 5, chunkSize: 4096 },
    zlibInflateOptions: { chunkSize: 4096 },
    concurrencyLimit: 4,
  };
}
