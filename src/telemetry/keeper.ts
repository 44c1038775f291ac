import type { Clock, Exchange, Log } from '../gateway/ports.ts';
import { maskText } from '../masking/mask-text.ts';
import { type Batch, countOf, exchangesOf } from './batch.ts';
import type { Questions } from './crossing.ts';
import type { Tables, TelemetryFile } from './file.ts';
import type { MaskedMessage } from './message-table.ts';
import type { MessageHead, Retention, SitePoint } from './ports.ts';
import { storyOf } from './story.ts';

export type KeeperOptions = Retention & {
  readonly file: TelemetryFile;
  readonly clock: Clock;
  readonly log: Log;
  readonly lost: (messages: number) => void;
};

/** Messages that are compressed together: what came in this time, or so many bytes of texts. */
const chunkMs = 2_000;
const chunkBytes = 256 * 1024;
const mostRecent = 200;
/** Between two pieces of what a lower limit made too much: others wait for this thread. */
const pauseMs = 250;
const lookEveryMs = 60_000;
const dayMs = 86_400_000;
/** What sites did is kept so long, whatever holds for messages. */
const siteDays = 7;

/**
 * The work of the telemetry's thread: masks what comes, writes it in chunks, forgets what is too old or too much, and
 * answers questions. What cannot be written is lost and counted; that is logged once until something can be again.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  #pending: MaskedMessage[] = [];
  #pendingBytes = 0;
  #lastId: number | undefined;
  #cancelWrite: (() => void) | undefined;
  #cancelLook: () => void = () => undefined;
  #fails = false;
  #recent: readonly MessageHead[] = [];

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#lookLater(0);
  }

  take(batch: Batch): void {
    const ready = this.#attempt(countOf(batch), (tables) => {
      this.#lastId ??= tables.messages.lastId();
    });
    if (!ready) return;
    const masked = exchangesOf(batch).map((exchange) => this.#masked(exchange));
    this.#pending.push(...masked);
    this.#pendingBytes += masked.reduce((sum, { head }) => sum + head.bytes, 0);
    this.#recent = [...this.#recent, ...masked.map(({ head }) => head)].slice(-mostRecent);
    if (this.#pendingBytes >= chunkBytes) this.#write();
    else this.#cancelWrite ??= this.#options.clock.after(chunkMs, () => this.#write());
  }

  keep(site: string, point: SitePoint): void {
    this.#attempt(0, ({ sites }) => sites.write(site, point));
  }

  /** Answers questions, with all that has come; throws what SQLite throws. */
  questions(): {
    readonly [Q in keyof Questions]: (...input: Parameters<Questions[Q]>) => Awaited<ReturnType<Questions[Q]>>;
  } {
    const { file } = this.#options;
    return {
      messages: (filter) => this.#upToDate(() => file.use(({ messages }) => messages.page(filter))),
      recent: (afterId) => this.#after(afterId),
      texts: (filter) => this.#upToDate(() => file.use(({ messages }) => messages.texts(filter))),
      story: (id) => this.#upToDate(() => file.use(({ messages }) => storyOf(messages, id))),
      history: (site, fromMs, toMs) => file.use(({ sites }) => sites.read(site, fromMs, toMs)),
    };
  }

  close(): void {
    this.#write();
    this.#cancelLook();
    this.#options.file.close();
  }

  #after(afterId: number | undefined): readonly MessageHead[] {
    return afterId === undefined ? this.#recent.slice(-1) : this.#recent.filter(({ id }) => id > afterId);
  }

  #upToDate<T>(read: () => T): T {
    this.#write();
    return read();
  }

  #masked({ station, latencyMs, request, answer, seq, ...rest }: Exchange): MaskedMessage {
    this.#lastId = (this.#lastId ?? 0) + 1;
    const shown = {
      request: Buffer.from(maskText(request)),
      answer: answer === undefined ? undefined : Buffer.from(maskText(answer)),
    };
    const bytes = shown.request.length + (shown.answer?.length ?? 0);
    const facts = { id: this.#lastId, charger: station, ...rest, bytes };
    const head = {
      ...facts,
      ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs * 10) / 10 }),
      ...(seq === undefined ? {} : { seq }),
    };
    return { head, ...shown };
  }

  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (pending.length === 0) return;
    if (!this.#options.file.hasRoom()) this.#failed(pending.length, new Error('the disk is nearly full'));
    else if (this.#attempt(pending.length, ({ messages }) => messages.write(pending))) this.#forget();
  }

  /** False: it could not be done, and `messages` are lost. */
  #attempt(messages: number, work: (tables: Tables) => void): boolean {
    try {
      this.#options.file.use(work);
      if (this.#fails) this.#options.log.info('telemetry written again');
      this.#fails = false;
      return true;
    } catch (thrown) {
      this.#failed(messages, thrown);
      return false;
    }
  }

  #failed(messages: number, cause: unknown): void {
    const { log, lost } = this.#options;
    if (messages > 0) lost(messages);
    if (!this.#fails) log.error('telemetry not written', {}, cause);
    this.#fails = true;
  }

  /** True: there may be more to forget. */
  #forget(): boolean {
    const { file, keepBytes, keepDays, clock } = this.#options;
    let hasMore = false;
    this.#attempt(0, () => {
      hasMore = file.forget(clock.now() - keepDays * dayMs, keepBytes);
    });
    return hasMore;
  }

  #lookLater(ms: number): void {
    this.#cancelLook = this.#options.clock.after(ms, () => {
      const { clock } = this.#options;
      this.#attempt(0, ({ sites }) => sites.forget(clock.now() - siteDays * dayMs));
      this.#lookLater(this.#forget() ? pauseMs : lookEveryMs);
    });
  }
}
