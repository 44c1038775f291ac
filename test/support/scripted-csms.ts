import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A CSMS that does what a test tells it: refuses handshakes, answers, stays silent, sends nonsense. */
export type ScriptedCsms = {
  /** Base URL; identities are appended. */
  readonly url: string;
  /** Handshakes as they came, refused ones too. */
  readonly handshakes: IncomingMessage[];
  /** Open connections by the last segment of their path, still percent-encoded. */
  readonly connections: Map<string, WebSocket>;
  /** The most connections that one identity ever had open at once. */
  mostAtOnce(): number;
  /** Text frames as they came, of all connections. */
  readonly frames: string[];
  /** Close codes as they came. */
  readonly closeCodes: number[];
  /** Connections ever opened. */
  opened(): number;
  stop(): Promise<void>;
};

export type CsmsScript = {
  /** HTTP status to refuse this handshake with; undefined lets it pass. */
  readonly refuse?: (request: IncomingMessage, nth: number) => number | undefined;
  /** What the handshake answers as subprotocol; false: none. */
  readonly subprotocol?: string | false;
  /** What to send for a frame, if anything; `[2,…]` frames come parsed. */
  readonly answer?: (frame: readonly unknown[], socket: WebSocket) => string | undefined;
  readonly onOpen?: (socket: WebSocket, nth: number) => void;
  readonly tls?: TlsOptions;
  readonly compression?: boolean;
  readonly autoPong?: boolean;
  readonly port?: number;
};

/** Answers `{}` to every call: valid for those whose response has no required field. */
export const answerEmpty = (frame: readonly unknown[]): string | undefined =>
  frame[0] === 2 ? JSON.stringify([3, frame[1], {}]) : undefined;

/** Listens on a free loopback port. */
export async function startScriptedCsms(script: CsmsScript = {}): Promise<ScriptedCsms> {
  const server = script.tls === undefined ? createServer() : createTlsServer(script.tls);
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: () => script.subprotocol ?? 'ocpp1.6',
    perMessageDeflate: script.compression ?? false,
    autoPong: script.autoPong ?? true,
  });
  const state = {
    handshakes: [] as IncomingMessage[],
    frames: [] as string[],
    closeCodes: [] as number[],
    opened: 0,
    most: 0,
  };
  const connections = new Map<string, WebSocket>();
  const openNow = new Map<string, number>();

  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    socket.on('error', () => undefined);
    state.handshakes.push(request);
    const status = script.refuse?.(request, state.handshakes.length);
    if (status === undefined) {
      sockets.handleUpgrade(request, socket, head, (opened) => accept(opened, lastSegment(request)));
      return;
    }
    socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });

  function accept(socket: WebSocket, identity: string): void {
    state.opened += 1;
    connections.set(identity, socket);
    openNow.set(identity, (openNow.get(identity) ?? 0) + 1);
    state.most = Math.max(state.most, openNow.get(identity) ?? 0);
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      state.closeCodes.push(code);
      openNow.set(identity, (openNow.get(identity) ?? 1) - 1);
      if (connections.get(identity) === socket) connections.delete(identity);
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      state.frames.push(text);
      const answer = script.answer?.(JSON.parse(text) as readonly unknown[], socket);
      if (answer !== undefined) socket.send(answer);
    });
    script.onOpen?.(socket, state.opened);
  }

  await listen(server, script.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `${script.tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}/ocpp`,
    handshakes: state.handshakes,
    connections,
    mostAtOnce: () => state.most,
    frames: state.frames,
    closeCodes: state.closeCodes,
    opened: () => state.opened,
    stop: () => stop(server, sockets),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function stop(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function lastSegment(request: IncomingMessage): string {
  const path = (request.url ?? '').split('?')[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}
