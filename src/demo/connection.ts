import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { isRecord, type Payload } from './payload.ts';

/** What is said to a CALL of the other side. */
export type Reply =
  | { readonly kind: 'result'; readonly payload: Payload }
  | { readonly kind: 'error'; readonly code: string; readonly description: string }
  /** Says nothing, for ever. */
  | { readonly kind: 'silence' }
  /** Cuts the connection instead of answering. */
  | { readonly kind: 'hangUp' };

/** What became of a CALL. */
export type CallOutcome =
  | { readonly kind: 'answered'; readonly payload: Payload }
  | { readonly kind: 'error'; readonly code: string; readonly description: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

export type ConnectionSettings = {
  readonly socket: WebSocket;
  readonly onCall: (action: string, payload: Payload) => Promise<Reply>;
  /** A frame that OCPP-J 1.6 does not allow. */
  readonly onViolation: (what: string) => void;
};

/** One side of a WebSocket between a station and a CSMS: OCPP-J 1.6 frames, one CALL of its own at a time. */
export class Connection {
  readonly #settings: ConnectionSettings;
  readonly #open = new Map<string, (outcome: CallOutcome) => void>();
  #previous: Promise<unknown> = Promise.resolve();
  #answering = 0;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    settings.socket.on('message', (data) => this.#received(data));
    settings.socket.once('close', () => {
      for (const id of this.#open.keys()) this.#settle(id, { kind: 'unreachable', reason: 'the other side hung up' });
    });
  }

  /** Sends a CALL after those before it and waits for its answer. Never rejects. */
  async call(action: string, payload: Payload, deadlineMs: number): Promise<CallOutcome> {
    const turn = this.#previous.then(() => this.#exchange(action, payload, deadlineMs));
    this.#previous = turn;
    return await turn;
  }

  /** Cuts the connection. */
  hangUp(): void {
    this.#settings.socket.terminate();
  }

  async #exchange(action: string, payload: Payload, deadlineMs: number): Promise<CallOutcome> {
    const { socket } = this.#settings;
    if (socket.readyState !== socket.OPEN) return { kind: 'unreachable', reason: 'there is no connection' };
    const id = randomUUID();
    return await new Promise((resolve) => {
      const late = { kind: 'unreachable', reason: `no answer within ${deadlineMs} ms` } as const;
      const timer = setTimeout(() => this.#settle(id, late), deadlineMs);
      this.#open.set(id, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
      socket.send(JSON.stringify([2, id, action, payload]));
    });
  }

  #settle(id: string, outcome: CallOutcome): void {
    this.#open.get(id)?.(outcome);
    this.#open.delete(id);
  }

  #received(data: RawData): void {
    const frame = parsed(data);
    const [type, id, third, fourth] = frame;
    if (typeof id !== 'string') this.#settings.onViolation('a frame without a message id');
    else if (type === 2 && typeof third === 'string' && isRecord(fourth)) void this.#answer(id, third, fourth);
    else if (type === 3 && isRecord(third)) this.#settle(id, { kind: 'answered', payload: third });
    else if (type === 4) this.#settle(id, { kind: 'error', code: String(third), description: String(fourth) });
    else this.#settings.onViolation('a frame of no known form');
  }

  // OCPP-J 1.6 §4.1.1: neither side sends a CALL before its last one was answered.
  async #answer(id: string, action: string, payload: Payload): Promise<void> {
    if (this.#answering > 0) this.#settings.onViolation(`${action} before the last CALL was answered`);
    this.#answering += 1;
    const reply = await this.#settings.onCall(action, payload).catch(internalError);
    this.#answering -= 1;
    this.#say(id, reply);
  }

  #say(id: string, reply: Reply): void {
    const { socket } = this.#settings;
    if (socket.readyState !== socket.OPEN) return;
    switch (reply.kind) {
      case 'result':
        return socket.send(JSON.stringify([3, id, reply.payload]));
      case 'error':
        return socket.send(JSON.stringify([4, id, reply.code, reply.description, {}]));
      case 'hangUp':
        return socket.terminate();
      case 'silence':
    }
  }
}

function parsed(data: RawData): readonly unknown[] {
  try {
    const frame: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    return Array.isArray(frame) ? frame : [];
  } catch {
    return [];
  }
}

function internalError(error: unknown): Reply {
  return { kind: 'error', code: 'InternalError', description: String(error) };
}
