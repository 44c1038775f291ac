import type { Clock, Delivery, Exchange, Payload } from '../gateway/ports.ts';
import { writeCall } from './frames.ts';

/**
 * The calls that we make on one connection: a FIFO of which the first is open, that is, sent and not yet answered
 * (OCPP-J 1.6 §4.1.1 allows one per direction). A call leaves by its answer, by its deadline, which counts from the
 * moment it was handed in and holds while it waits too, or with the connection. When the open call leaves, the next is
 * sent. An answer under the id of a call that has left is never applied to another one: it is late, and dropped.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #waiting: Call[] = [];
  #open: Call | undefined;
  #count = 0;
  #timeoutsInRow = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** Queues one call; `payload` is valid. Never rejects. */
  make(action: string, payload: Payload, deadlineMs: number, seq?: number): Promise<Delivery> {
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.resolve({ kind: 'unreachable', reason: 'too many calls are waiting', sent: false });
    }
    return new Promise((resolve) => {
      const call: Call = { action, payload, seq, resolve, id: undefined, sent: undefined, cancel: () => undefined };
      call.cancel = this.#options.clock.after(deadlineMs, () => this.#expire(call));
      this.#waiting.push(call);
      this.#sendNext();
    });
  }

  /** The action of the open call, when it has this id. */
  openAction(id: string): string | undefined {
    return this.#open?.id === id ? this.#open.action : undefined;
  }

  /** Ends the open call with what the peer said, in the frame `answer`. */
  settle(delivery: Delivery, answer: string): void {
    const call = this.#open;
    if (call === undefined) return;
    this.#timeoutsInRow = 0;
    this.#leave(call, delivery, answer);
    this.#sendNext();
  }

  /** Takes note of an answer to no open call; true when it came late, for an earlier call of this connection. */
  late(id: string): boolean {
    const wasOurs = id.startsWith(this.#options.idPrefix);
    // Slow is not stuck: a new connection would not make the peer faster.
    if (wasOurs) this.#timeoutsInRow = 0;
    return wasOurs;
  }

  /** The connection is gone: the open call may have been seen, the waiting ones were not. */
  end(reason: string): void {
    if (this.#open !== undefined) this.#leave(this.#open, { kind: 'unreachable', reason, sent: true });
    for (const call of this.#waiting.splice(0)) this.#leave(call, { kind: 'unreachable', reason, sent: false });
  }

  #sendNext(): void {
    if (this.#open !== undefined) return;
    const call = this.#waiting.shift();
    if (call === undefined) return;
    this.#count += 1;
    call.id = `${this.#options.idPrefix}${this.#count.toString(36)}`;
    const { clock, send } = this.#options;
    const text = writeCall(call.id, call.action, call.payload);
    call.sent = { text, atMs: clock.now(), elapsedMs: clock.elapsed() };
    this.#open = call;
    send(text);
  }

  #expire(call: Call): void {
    const sent = call === this.#open;
    if (!sent) this.#waiting.splice(this.#waiting.indexOf(call), 1);
    this.#leave(call, { kind: 'unreachable', reason: 'no answer in time', sent });
    if (sent) this.#timedOut();
  }

  #timedOut(): void {
    this.#timeoutsInRow += 1;
    if (this.#timeoutsInRow >= this.#options.maxTimeoutsInRow) this.#options.onStuck(this.#timeoutsInRow);
    else this.#sendNext();
  }

  #leave(call: Call, delivery: Delivery, answer?: string): void {
    if (call === this.#open) this.#open = undefined;
    call.cancel();
    if (call.sent !== undefined) this.#options.onOver(call.action, delivery, this.#traceOf(call, call.sent, answer));
    call.resolve(delivery);
  }

  #traceOf({ seq }: Call, { text, atMs, elapsedMs }: Sent, answer: string | undefined): CallTrace {
    const tookMs = this.#options.clock.elapsed() - elapsedMs;
    return { atMs, latencyMs: answer === undefined ? undefined : tookMs, request: text, answer, seq };
  }
}

export type CallsOptions = {
  readonly clock: Clock;
  /** At most 24 characters, different for every connection: ids stay unique across reconnects (OCPP-J 1.6 §4.1.4). */
  readonly idPrefix: string;
  readonly maxWaiting: number;
  readonly maxTimeoutsInRow: number;
  readonly send: (text: string) => void;
  /** A call that was sent is over, whether it was answered or not. */
  readonly onOver: (action: string, delivery: Delivery, trace: CallTrace) => void;
  /** So many calls in a row were not answered that the connection is of no use. */
  readonly onStuck: (timeouts: number) => void;
};

/** A call as it went over the wire. */
export type CallTrace = Pick<Exchange, 'atMs' | 'latencyMs' | 'request' | 'answer' | 'seq'>;

type Sent = { readonly text: string; readonly atMs: number; readonly elapsedMs: number };

type Call = {
  readonly action: string;
  readonly payload: Payload;
  readonly seq: number | undefined;
  readonly resolve: (delivery: Delivery) => void;
  id: string | undefined;
  sent: Sent | undefined;
  cancel: () => void;
};
