import { WebSocket } from 'ws';
import type { LinkSettings } from '../gateway/ports.ts';
import { httpFailure } from './failures.ts';
import { deflateOptions, type FrameEvents, type FrameLimits, FrameSocket, maxFragments } from './frame-socket.ts';
import { linkUrl, subprotocol, trustOptions } from './handshake.ts';

/** One WebSocket as the state machine of a link sees it. */
export type LinkSocket = Pick<FrameSocket, 'send' | 'ping' | 'close' | 'cut'>;

export type SocketEvents = FrameEvents & {
  opened(): void;
};

/** Starts a connection; events come later than the return. Throws when the settings make no URL. */
export type Connect = (settings: LinkSettings, events: SocketEvents) => LinkSocket;

export type SocketOptions = FrameLimits & {
  /** Bytes of one message, after inflation; more closes with 1009. */
  readonly maxPayloadBytes: number;
  /** Bytes from which messages are compressed (RFC 7692); absent: no compression is offered. */
  readonly compressFromBytes: number | undefined;
};

/** Connects with `ws`. */
export function webSockets(options: SocketOptions): Connect {
  return (settings, events) => connectToCsms(settings, events, options);
}

/**
 * `ws` drops a connection with the wrong subprotocol without a word. OCPP-J 1.6 §3.2 wants it opened and then closed,
 * and the CSMS's engineer wants to see why: the answer is mended here, and the socket closed with 1002 once open.
 */
function connectToCsms(settings: LinkSettings, events: SocketEvents, options: SocketOptions): LinkSocket {
  const socket = new WebSocket(linkUrl(settings), [subprotocol], {
    ...trustOptions(settings),
    maxPayload: options.maxPayloadBytes,
    maxFragments,
    perMessageDeflate: deflateOptions(options.compressFromBytes),
  });
  let mistake: string | undefined;
  const text = (received: string): void => {
    if (mistake === undefined) events.text(received);
  };
  const frames = new FrameSocket(socket, 'the CSMS', { ...events, text }, options);
  socket.on('upgrade', ({ headers }) => {
    mistake = subprotocolMistake(headers['sec-websocket-protocol']);
    headers['sec-websocket-protocol'] = subprotocol;
  });
  socket.on('unexpected-response', (_request, response) => frames.cut(httpFailure(response.statusCode ?? 0)));
  socket.on('open', () => {
    if (mistake === undefined) events.opened();
    else frames.close(protocolErrorCode, `only ${subprotocol} is spoken here`, mistake);
  });
  return frames;
}

function subprotocolMistake(offered: string | undefined): string | undefined {
  if (offered === subprotocol) return undefined;
  const said = offered === undefined ? 'no subprotocol' : `the subprotocol ${offered.slice(0, 40)}`;
  return `the CSMS answered with ${said} instead of ${subprotocol}`;
}

/** RFC 6455 §7.4.1 */
const protocolErrorCode = 1002;
