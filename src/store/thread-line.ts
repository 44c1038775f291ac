import type { Worker } from 'node:worker_threads';
import type { Log } from '../gateway/ports.ts';
import { StoreUnavailable } from '../gateway/store-port.ts';
import type { LogLine } from '../threads/log-line.ts';
import { type Answer, type Call, errorOf, type Said } from './crossing.ts';
import type { Verb } from './verbs.ts';

type Waiter = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

/** Calls that wait for a disk that does not answer; more are refused. */
const waitingAtMost = 50_000;

/** How long a call waits for company that nobody waits for. */
const patienceMs = 5;

const nothingTransferred: readonly [] = [];

/**
 * The line to the thread of the store. Calls are passed on when the thread has said that the store is open, those of one
 * turn of the event loop in one message at its end. While the thread works on a message, calls gather for the next one:
 * a slow disk makes fewer and larger commits. Calls that can wait do so for a moment, to go with others: on a quiet line
 * each message costs more than all that is in it, and a sync. When the thread ends, the line is `gone`: whatever waits or
 * comes is refused with StoreUnavailable, since nothing tells how far it came.
 *
 * `idle` → `gathering` (only what can wait has come) → `sending` (at the end of the turn) → `working` → as before.
 */
export class ThreadLine {
  /** Resolves when the store is open; rejects with what `openStore` rejects with. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #log: Log;
  readonly #waiting = new Map<number, Waiter>();
  #unsent: Call[] = [];
  #phase: 'idle' | 'gathering' | 'sending' | 'working' = 'idle';
  #hurried = false;
  #patience: NodeJS.Timeout | undefined;
  #lastId = 0;
  #gone: string | undefined;

  constructor(worker: Worker, log: Log) {
    this.#worker = worker;
    this.#log = log;
    this.opened = new Promise((resolve, reject) => {
      worker.on('message', (said: Said) => this.#hear(said, resolve, reject));
      worker.once('error', (cause) => {
        log.error('store thread failed', {}, cause);
        reject(cause);
      });
      worker.once('exit', () => {
        this.#lose('the thread of the store ended');
        reject(new StoreUnavailable('the thread of the store ended'));
      });
    });
  }

  /** Whether the thread can still be asked. */
  holds(): boolean {
    return this.#gone === undefined;
  }

  /** Passes one call on at the end of this turn; one that `canWait` goes with the next that cannot, or a little later. */
  ask(verb: Verb, input: readonly unknown[], canWait = false): Promise<unknown> {
    if (this.#gone !== undefined) return Promise.reject(new StoreUnavailable(this.#gone));
    if (this.#waiting.size >= waitingAtMost) return Promise.reject(new StoreUnavailable('the disk does not keep up'));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#unsent.push({ id, verb, input });
      this.#hurried ||= !canWait;
      if (this.#phase === 'idle' || this.#phase === 'gathering') this.#proceed();
    });
  }

  /** Ends the thread; what was not answered by then is refused. */
  async end(): Promise<void> {
    clearTimeout(this.#patience);
    this.#lose('the store is closed');
    await this.#worker.terminate();
  }

  #proceed(): void {
    if (this.#unsent.length === 0) this.#phase = 'idle';
    else if (this.#hurried) this.#sendLater();
    else if (this.#phase !== 'gathering') this.#gather();
  }

  #gather(): void {
    this.#phase = 'gathering';
    this.#patience = setTimeout(() => this.#send(), patienceMs);
  }

  #sendLater(): void {
    clearTimeout(this.#patience);
    this.#phase = 'sending';
    setImmediate(() => this.#send());
  }

  #send(): void {
    const calls = this.#unsent;
    this.#unsent = [];
    this.#hurried = false;
    this.#phase = 'working';
    this.#worker.postMessage(calls, nothingTransferred);
  }

  #hear(said: Said, opened: () => void, refused: (error: Error) => void): void {
    switch (said.kind) {
      case 'opened':
        return opened();
      case 'refused':
        return refused(errorOf(said.fault));
      case 'answers':
        return this.#settleAll(said.answers);
      case 'logged':
        return this.#write(said.line);
    }
  }

  #settleAll(answers: readonly Answer[]): void {
    for (const answer of answers) this.#settle(answer);
    if (this.#phase === 'working') this.#proceed();
  }

  #settle(answer: Answer): void {
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('fault' in answer) waiter?.reject(errorOf(answer.fault));
    else waiter?.resolve(answer.result);
  }

  #write({ level, event, fields, cause }: LogLine): void {
    this.#log[level](event, fields, cause);
  }

  #lose(reason: string): void {
    this.#gone ??= reason;
    for (const { reject } of this.#waiting.values()) reject(new StoreUnavailable(this.#gone));
    this.#waiting.clear();
  }
}
