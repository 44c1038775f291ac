import { WebSocket } from 'ws';
import { type CallOutcome, Connection, type Reply } from '../connection.ts';
import type { Payload } from '../payload.ts';
import { slept } from '../waiting.ts';
import { ocpp16 } from './generations/ocpp-1.6.ts';
import type { CommandHandler, Line, LineSettings, Spoken } from './line.ts';
import { type Speech, speechOf } from './speech.ts';

export type JsonSide = {
  /** URL of the endpoint for chargers; the charger appends its percent-encoded identity. */
  readonly url: string;
  /** Pause before it connects again. */
  readonly pauseMs: (attempt: number) => number;
};

/** A charger that speaks OCPP-J 1.6. */
export function jsonSpeech(side: JsonSide): Speech {
  return speechOf('1.6-J', ocpp16, async (settings) => {
    const line = new JsonLine(side, settings);
    await line.open();
    return line;
  });
}

/** A WebSocket that the charger opens, and opens again whenever it is lost; calls go both ways on it. */
class JsonLine implements Line {
  readonly #side: JsonSide;
  readonly #settings: LineSettings;
  readonly #stop = new AbortController();
  #connection: Connection | undefined;
  #staying: Promise<void> = Promise.resolve();

  constructor(side: JsonSide, settings: LineSettings) {
    this.#side = side;
    this.#settings = settings;
  }

  /** Resolves when the first attempt to connect is over, whether it succeeded or not. */
  async open(): Promise<void> {
    const socket = await this.#connect();
    this.#staying = this.#stay(socket);
  }

  async call(action: string, payload: Payload): Promise<Spoken> {
    if (this.#connection === undefined) return { kind: 'unreachable', reason: 'there is no connection' };
    return spokenOf(await this.#connection.call(action, payload, this.#settings.deadlineMs));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#connection?.hangUp();
    await this.#staying;
  }

  async #stay(first: WebSocket | undefined): Promise<void> {
    let socket = first;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt = socket === undefined ? attempt + 1 : 1) {
      if (socket !== undefined) await closeOf(socket);
      this.#connection = undefined;
      if (!(await slept(this.#side.pauseMs(attempt), this.#stop.signal))) return;
      socket = await this.#connect();
    }
  }

  /** Undefined when there is nobody, or somebody who does not speak OCPP-J 1.6. */
  async #connect(): Promise<WebSocket | undefined> {
    const { identity, deadlineMs, onCommand, onViolation } = this.#settings;
    const socket = new WebSocket(`${this.#side.url}/${encodeURIComponent(identity)}`, 'ocpp1.6', {
      handshakeTimeout: deadlineMs,
    });
    const onCall = (action: string, payload: Payload) => replyOf(onCommand, action, payload);
    const connection = new Connection({ socket, onCall, onViolation });
    const isOpen = await new Promise<boolean>((resolve) => {
      // stays: a connection that breaks tells an error before it closes
      socket.on('error', () => resolve(false));
      socket.once('open', () => resolve(true));
    });
    if (!isOpen) return undefined;
    this.#connection = connection;
    if (this.#stop.signal.aborted) connection.hangUp();
    return socket;
  }
}

async function closeOf(socket: WebSocket): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

async function replyOf(onCommand: CommandHandler, action: string, payload: Payload): Promise<Reply> {
  return { kind: 'result', payload: await onCommand(action, payload) };
}

function spokenOf(outcome: CallOutcome): Spoken {
  return outcome.kind === 'error' ? { kind: 'fault', reason: `${outcome.code}: ${outcome.description}` } : outcome;
}
