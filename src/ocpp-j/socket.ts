import { type RawData, WebSocket } from 'ws';
import type { LinkSettings } from '../gateway/ports.ts';
import { closeFailure, httpFailure, socketFailure } from './failures.ts';
import { linkUrl, subprotocol, trustOptions } from './handshake.ts';

/** One WebSocket as the state machine of a link sees it. */
export interface LinkSocket {
  /** Sends a text frame; a peer that lets too much pile up is cut off. */
  send(text: string): void;
  ping(): void;
  /** Ends with a close frame; cut off if the peer does not answer it. */
  close(code: number, reason: string): void;
  /** Cuts the connection; `reason` is what `ended` will say. */
  cut(reason: string): void;
}

export type SocketEvents = {
  opened(): void;
  text(text: string): void;
  /** A pong came. */
  pong(): void;
  /** Once, whether it ever opened or not; `reason` in plain words. */
  ended(reason: string): void;
};

/** Starts a connection; events come later than the return. Throws when the settings make no URL. */
export type Connect = (settings: LinkSettings, events: SocketEvents) => LinkSocket;

export type SocketOptions = {
  /** Bytes of one message, after inflation; more closes with 1009. */
  readonly maxPayloadBytes: number;
  /** Bytes that may wait for a peer that does not read. */
  readonly maxBufferedBytes: number;
  /** Bytes from which messages are compressed (RFC 7692); absent: no compression is offered. */
  readonly compressFromBytes: number | undefined;
  /** Ms until a close handshake that the peer does not answer is cut short. */
  readonly closeDeadlineMs: number;
};

/** Connects with `ws`. */
export function webSockets(options: SocketOptions): Connect {
  return (settings, events) => new CsmsSocket(settings, events, options);
}

class CsmsSocket implements LinkSocket {
  readonly #socket: WebSocket;
  readonly #events: SocketEvents;
  readonly #options: SocketOptions;
  readonly #unsent: string[] = [];
  /** The first reason is the cause; what follows are its consequences. */
  #reason: string | undefined;
  #wrongSubprotocol: string | undefined;

  constructor(settings: LinkSettings, events: SocketEvents, options: SocketOptions) {
    this.#events = events;
    this.#options = options;
    this.#socket = new WebSocket(linkUrl(settings), [subprotocol], {
      ...trustOptions(settings),
      maxPayload: options.maxPayloadBytes,
      maxFragments: maxFragments,
      perMessageDeflate: deflateOptions(options.compressFromBytes),
    });
    this.#listen();
  }

  /** Frames leave at the end of the turn, one socket after the other: a write between other work costs twice as much. */
  send(text: string): void {
    if (this.#unsent.push(text) === 1) setImmediate(() => this.#flush());
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.cut(reason);
      return;
    }
    this.#reason ??= reason;
    this.#flush();
    this.#socket.close(code, reason);
    const deadline = setTimeout(() => this.#socket.terminate(), this.#options.closeDeadlineMs).unref();
    this.#socket.once('close', () => clearTimeout(deadline));
  }

  cut(reason: string): void {
    this.#reason ??= reason;
    this.#socket.terminate();
  }

  #flush(): void {
    for (const text of this.#unsent.splice(0)) {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
    }
    this.#checkBacklog();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('upgrade', (response) => this.#checkSubprotocol(response.headers));
    socket.on('unexpected-response', (_request, response) => this.cut(httpFailure(response.statusCode ?? 0)));
    socket.on('open', () => this.#open());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#checkBacklog());
    socket.on('pong', () => this.#events.pong());
    socket.on('error', (error) => {
      this.#reason ??= socketFailure(error);
    });
    socket.on('close', (code, reason) => this.#events.ended(this.#reason ?? closeFailure(code, reason.toString())));
  }

  /**
   * `ws` drops a connection with the wrong subprotocol without a word. OCPP-J 1.6 §3.2 wants it opened and then closed,
   * and the CSMS's engineer wants to see why: the answer is mended here, and the socket closed with 1002 once open.
   */
  #checkSubprotocol(headers: Record<string, string | string[] | undefined>): void {
    const offered = headers['sec-websocket-protocol'];
    if (offered === subprotocol) return;
    const said = offered === undefined ? 'no subprotocol' : `the subprotocol ${String(offered).slice(0, 40)}`;
    this.#wrongSubprotocol = `the CSMS answered with ${said} instead of ${subprotocol}`;
    headers['sec-websocket-protocol'] = subprotocol;
  }

  #open(): void {
    if (this.#wrongSubprotocol === undefined) {
      this.#events.opened();
      return;
    }
    this.#reason = this.#wrongSubprotocol;
    this.close(protocolErrorCode, `only ${subprotocol} is spoken here`);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#wrongSubprotocol !== undefined) return;
    if (isBinary || !Buffer.isBuffer(data)) this.close(unsupportedDataCode, 'the CSMS sent a binary message');
    else this.#events.text(data.toString('utf8'));
  }

  #checkBacklog(): void {
    if (this.#socket.bufferedAmount > this.#options.maxBufferedBytes)
      this.cut('the CSMS does not read what it is sent');
  }
}

/** RFC 6455 §7.4.1 */
const protocolErrorCode = 1002;
const unsupportedDataCode = 1003;

/** Of one message. No OCPP peer fragments; tiny fragments cost far more memory than they carry. */
const maxFragments = 256;

/**
 * `ws` keeps zlib's state for the life of the connection, at zlib's own sizes 220 KB a charger. A window of 4 KB
 * halves that, and still holds the message before, which the next one resembles.
 */
function deflateOptions(threshold: number | undefined) {
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
