import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { Changes } from './changes.ts';
import { answerStation } from './csms/answers.ts';
import { StationBook } from './csms/book.ts';
import { type CallOutcome, Connection, type Reply } from './connection.ts';
import type { Payload } from './payload.ts';

/** A CALL of a station, as a test may look at it before it is answered. */
export type StationCall = { readonly station: string; readonly action: string; readonly payload: Payload };

/** What to do with a CALL; waiting before deciding makes the answer late. */
export type Verdict =
  | { readonly kind: 'answer' }
  | { readonly kind: 'answerWith'; readonly payload: Payload }
  /** CALLERROR; the message is not counted as arrived. */
  | { readonly kind: 'refuse'; readonly code: string; readonly description: string }
  /** Counted, and never answered. */
  | { readonly kind: 'silence' }
  /** Counted; the connection is cut instead of an answer. */
  | { readonly kind: 'hangUp' };

export type CsmsSettings = {
  /** Heartbeat interval told to stations, in seconds. */
  readonly heartbeatS: number;
  /** Cards that are refused as Blocked. */
  readonly blockedTags?: readonly string[];
  /** Transaction ids to give; without it they count up from 1001. */
  readonly nextTransactionId?: () => number;
  /** Decides on each CALL of a station; without it all are answered at once. */
  readonly judge?: (call: StationCall) => Verdict | Promise<Verdict>;
};

/** Starts a CSMS on a free loopback port. */
export async function startCsms(settings: CsmsSettings): Promise<Csms> {
  const csms = new Csms(settings);
  await csms.switchOn();
  return csms;
}

/**
 * A small CSMS for OCPP-J 1.6 with its own few lines of RPC. It accepts every station, answers the ten messages, counts
 * what arrives, can call any operation, and can be switched off and on again at the same port.
 */
export class Csms {
  /** Frames that OCPP-J 1.6 does not allow, and stations that came twice at once. */
  readonly violations: string[] = [];
  /** Something arrived, or a station came or went. */
  readonly changes = new Changes();
  readonly #settings: CsmsSettings;
  readonly #blockedTags: ReadonlySet<string>;
  readonly #books = new Map<string, StationBook>();
  readonly #connections = new Map<string, Connection>();
  #listening: { readonly server: Server; readonly sockets: WebSocketServer } | undefined;
  #port = 0;
  #outages = 0;
  #lastTransactionId = 1000;

  constructor(settings: CsmsSettings) {
    this.#settings = settings;
    this.#blockedTags = new Set(settings.blockedTags);
  }

  /** Base URL; a station appends its percent-encoded identity. */
  get url(): string {
    return `ws://127.0.0.1:${this.#port}/ocpp`;
  }

  get isOn(): boolean {
    return this.#listening !== undefined;
  }

  /** Times that the CSMS was switched off. */
  get outages(): number {
    return this.#outages;
  }

  /** Identities of the stations that are connected now. */
  get connected(): readonly string[] {
    return [...this.#connections.keys()];
  }

  /** What was counted of a station; an empty book for one that never came. */
  book(station: string): StationBook {
    const known = this.#books.get(station);
    if (known !== undefined) return known;
    const book = new StationBook();
    this.#books.set(station, book);
    return book;
  }

  /** Calls an operation of a station and waits for the answer. Never rejects. */
  async call(station: string, action: string, payload: Payload, deadlineMs: number): Promise<CallOutcome> {
    const connection = this.#connections.get(station);
    if (connection === undefined) return { kind: 'unreachable', reason: 'the station is not connected' };
    return await connection.call(action, payload, deadlineMs);
  }

  /** Listens, at the port it had before if there was one. */
  async switchOn(): Promise<void> {
    const server = createServer((_request, response) => response.writeHead(426).end());
    const sockets = new WebSocketServer({
      server,
      handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
    });
    sockets.on('connection', (socket, request) => this.#welcome(socket, request));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the CSMS has no TCP address');
    this.#port = address.port;
    this.#listening = { server, sockets };
    this.changes.happened();
  }

  /** An outage: cuts every connection and stops listening. */
  async switchOff(): Promise<void> {
    this.#outages += 1;
    await this.close();
  }

  /** Ends without counting an outage. */
  async close(): Promise<void> {
    if (this.#listening === undefined) return;
    const { server, sockets } = this.#listening;
    this.#listening = undefined;
    for (const socket of sockets.clients) socket.terminate();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    this.changes.happened();
  }

  // A CSMS that finds no common subprotocol completes the handshake and closes (OCPP-J 1.6 §3.1.2).
  #welcome(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', (error) => this.violations.push(`WebSocket: ${error.message}`));
    if (socket.protocol !== protocol) {
      socket.close(1002, 'ocpp1.6 is needed');
      return;
    }
    const station = decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '');
    const connection = new Connection({
      socket,
      onCall: (action, payload) => this.#answer({ station, action, payload }),
      onViolation: (what) => this.violations.push(`${station}: ${what}`),
    });
    this.#register(station, connection, socket);
  }

  #register(station: string, connection: Connection, socket: WebSocket): void {
    const other = this.#connections.get(station);
    if (other !== undefined) {
      this.violations.push(`${station}: a second connection while the first is open`);
      other.hangUp();
    }
    this.#connections.set(station, connection);
    socket.once('close', () => {
      if (this.#connections.get(station) === connection) this.#connections.delete(station);
      this.changes.happened();
    });
    this.changes.happened();
  }

  async #answer(call: StationCall): Promise<Reply> {
    const verdict = (await this.#settings.judge?.(call)) ?? { kind: 'answer' };
    if (verdict.kind === 'refuse') return { ...verdict, kind: 'error' };
    const transaction = this.book(call.station).enter(call.action, call.payload, () => this.#nextTransactionId());
    this.changes.happened();
    switch (verdict.kind) {
      case 'answer': {
        const settings = { heartbeatS: this.#settings.heartbeatS, blockedTags: this.#blockedTags };
        return answerStation(settings, call.action, call.payload, transaction);
      }
      case 'answerWith':
        return { kind: 'result', payload: verdict.payload };
      case 'silence':
      case 'hangUp':
        return verdict;
    }
  }

  #nextTransactionId(): number {
    if (this.#settings.nextTransactionId !== undefined) return this.#settings.nextTransactionId();
    this.#lastTransactionId += 1;
    return this.#lastTransactionId;
  }
}

const protocol = 'ocpp1.6';
