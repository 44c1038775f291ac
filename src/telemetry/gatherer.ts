import type { Clock, Exchange, MessageLog } from '../gateway/ports.ts';
import { append, type Batch, type BatchValue, countOf } from './batch.ts';

export type GathererOptions = {
  readonly clock: Clock;
  /** Hands one batch on; `taken` tells when the next may come. */
  readonly pass: (batch: Batch) => void;
  readonly dropped: (messages: number) => void;
};

/** What one batch holds at most, messages and characters of their texts: more would live long enough to cost memory. */
const most = { messages: 200, characters: 256 * 1024 };
const passEveryMs = 250;
/** Characters that wait for a thread that does not keep up; beyond them the oldest batches are dropped. */
const mostWaiting = 8 * 1024 * 1024;

type Filled = { readonly batch: Batch; readonly characters: number };

/**
 * Gathers what the wires say, on their own thread: it keeps references to texts that are there anyway, and no more. A
 * batch is passed on when it is full or a quarter of a second old, and when the one before has been taken.
 */
export class Gatherer implements MessageLog {
  readonly #options: GathererOptions;
  #values: BatchValue[] = [];
  #characters = 0;
  #waiting: Filled[] = [];
  #waitingCharacters = 0;
  /** Passed on, and not taken yet. */
  #underWay: Batch | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: GathererOptions) {
    this.#options = options;
  }

  said(exchange: Exchange): void {
    append(this.#values, exchange);
    this.#characters += exchange.request.length + (exchange.answer?.length ?? 0);
    if (this.#characters >= most.characters || countOf(this.#values) >= most.messages) this.#fill();
    else this.#cancelTimer ??= this.#options.clock.after(passEveryMs, () => this.#fill());
  }

  /** The batch that was passed on last has been taken. */
  taken(): void {
    this.#underWay = undefined;
    this.#pass();
  }

  /** Passes on what has come so far, as soon as it can be taken. */
  flush(): void {
    if (this.#values.length > 0) this.#fill();
  }

  /** Nobody takes anything any more: what was not taken is dropped. */
  end(): void {
    this.flush();
    const lost = [
      ...(this.#underWay === undefined ? [] : [this.#underWay]),
      ...this.#waiting.map(({ batch }) => batch),
    ];
    this.#underWay = undefined;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    const messages = lost.reduce((sum, batch) => sum + countOf(batch), 0);
    if (messages > 0) this.#options.dropped(messages);
  }

  /** True when everything has been taken. */
  isEmpty(): boolean {
    return this.#underWay === undefined && this.#values.length === 0 && this.#waiting.length === 0;
  }

  #fill(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#waiting.push({ batch: this.#values, characters: this.#characters });
    this.#waitingCharacters += this.#characters;
    this.#values = [];
    this.#characters = 0;
    while (this.#waitingCharacters > mostWaiting) this.#drop();
    this.#pass();
  }

  #drop(): void {
    const oldest = this.#takeOldest();
    if (oldest !== undefined) this.#options.dropped(countOf(oldest));
  }

  #pass(): void {
    if (this.#underWay !== undefined) return;
    this.#underWay = this.#takeOldest();
    if (this.#underWay !== undefined) this.#options.pass(this.#underWay);
  }

  #takeOldest(): Batch | undefined {
    const oldest = this.#waiting.shift();
    this.#waitingCharacters -= oldest?.characters ?? 0;
    return oldest?.batch;
  }
}
