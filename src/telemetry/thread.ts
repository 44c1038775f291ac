import type { Worker } from 'node:worker_threads';
import type { Clock, Exchange, Log } from '../gateway/ports.ts';
import { startThread } from '../threads/own-thread.ts';
import type { Question, Said, ThreadOptions, Told } from './crossing.ts';
import { Gatherer } from './gatherer.ts';
import { type SitePoint, type Telemetry, TelemetryUnavailable } from './ports.ts';

export type TelemetryOptions = ThreadOptions & {
  readonly clock: Clock;
  readonly log: Log;
  /** Messages that will never be read: the thread, the disk or the file did not keep up. */
  readonly dropped: (messages: number) => void;
};

type Waiter = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

const closeDeadlineMs = 2_000;
/** Texts come and go: without a bound, their garbage is left lying for tens of megabytes. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 160 };
const nothingTransferred: readonly [] = [];

/** The telemetry of a data folder, in a thread of its own that begins with the first message, point or question. */
export function openTelemetry(options: TelemetryOptions): Telemetry {
  return new TelemetryThread(options);
}

/**
 * The line to the thread. When the thread ends by itself, whatever it is asked is refused, and messages are dropped: the
 * gateway goes on without.
 */
class TelemetryThread implements Telemetry {
  readonly #options: TelemetryOptions;
  readonly #gatherer: Gatherer;
  readonly #waiting = new Map<number, Waiter>();
  #worker: Worker | undefined;
  #lastId = 0;
  #gone: string | undefined;
  #isClosing = false;
  #onClosed: () => void = () => undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    const { clock, dropped } = options;
    this.#gatherer = new Gatherer({
      clock,
      dropped,
      pass: (batch) => this.#tell({ kind: 'batch', batch }),
    });
  }

  said(exchange: Exchange): void {
    if (this.#gone === undefined) this.#gatherer.said(exchange);
    else this.#options.dropped(1);
  }

  keep(site: string, point: SitePoint): void {
    this.#tell({ kind: 'point', site, point });
  }

  messages: Telemetry['messages'] = (filter) => this.#ask('messages', [filter]);
  recent: Telemetry['recent'] = (afterId) => this.#ask('recent', [afterId]);
  texts: Telemetry['texts'] = (filter) => this.#ask('texts', [filter]);
  story: Telemetry['story'] = (id) => this.#ask('story', [id]);
  history: Telemetry['history'] = (site, fromMs, toMs) => this.#ask('history', [site, fromMs, toMs]);

  async close(): Promise<void> {
    this.#gatherer.flush();
    const worker = this.#worker;
    if (worker !== undefined && this.#gone === undefined) {
      worker.ref();
      await this.#finish();
    }
    this.#lose('the telemetry is closed');
    await worker?.terminate();
  }

  async #finish(): Promise<void> {
    let cancel: () => void = () => undefined;
    const deadline = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(closeDeadlineMs, resolve);
    });
    const closed = new Promise<void>((resolve) => {
      this.#onClosed = resolve;
    });
    this.#isClosing = true;
    this.#closeWhenEmpty();
    await Promise.race([closed, deadline]);
    cancel();
  }

  #closeWhenEmpty(): void {
    if (this.#isClosing && this.#gatherer.isEmpty()) this.#tell({ kind: 'close' });
  }

  #ask<T>(question: Question, input: readonly unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      // The thread answers each question with what `Questions` says.
      this.#waiting.set(id, { resolve: (result) => resolve(result as T), reject });
      if (this.#tell({ kind: 'ask', id, question, input })) return;
      this.#waiting.delete(id);
      reject(new TelemetryUnavailable(this.#gone));
    });
  }

  /** False: the thread is gone. */
  #tell(told: Told): boolean {
    if (this.#gone !== undefined) return false;
    this.#worker ??= this.#start();
    this.#worker.postMessage(told, nothingTransferred);
    return true;
  }

  #start(): Worker {
    const { log, folder, keepDays, keepBytes } = this.#options;
    const workerData: ThreadOptions = { folder, keepDays, keepBytes };
    const worker = startThread(new URL('./worker.ts', import.meta.url), { workerData, resourceLimits });
    worker.on('message', (said: Said) => this.#hear(said));
    worker.once('error', (cause) => log.error('telemetry thread failed', {}, cause));
    worker.once('exit', () => this.#lose('the thread of the telemetry ended'));
    // Nothing waits for it but `close`.
    worker.unref();
    return worker;
  }

  #hear(said: Said): void {
    switch (said.kind) {
      case 'taken':
        this.#gatherer.taken();
        this.#closeWhenEmpty();
        return;
      case 'answer':
        return this.#waiter(said.id)?.resolve(said.result);
      case 'failure':
        return this.#waiter(said.id)?.reject(new TelemetryUnavailable(said.reason));
      case 'lost':
        return this.#options.dropped(said.messages);
      case 'logged': {
        const { level, event, fields, cause } = said.line;
        return this.#options.log[level](event, fields, cause);
      }
      case 'closed':
        return this.#onClosed();
    }
  }

  #waiter(id: number): Waiter | undefined {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiter;
  }

  #lose(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#gatherer.end();
    this.#onClosed();
    for (const { reject } of this.#waiting.values()) reject(new TelemetryUnavailable(this.#gone));
    this.#waiting.clear();
  }
}
