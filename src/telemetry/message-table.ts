import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import type { MessageFilter, MessageFull, MessageHead, MessagePage } from './ports.ts';

/** A message that is to be written; its head carries the id already. */
export type MaskedMessage = {
  readonly head: MessageHead;
  readonly request: Buffer;
  readonly answer: Buffer | undefined;
};

type Row = {
  readonly id: number;
  readonly at_ms: number;
  readonly charger: string;
  readonly side: MessageHead['side'];
  readonly direction: MessageHead['direction'];
  readonly action: string;
  readonly outcome: string;
  readonly latency_ms: number | null;
  readonly seq: number | null;
  readonly chunk: number;
  readonly request_at: number;
  readonly request_bytes: number;
  readonly answer_bytes: number | null;
};

/** Brotli at its fastest makes half of what deflate does, in a third of its time. */
const compression = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};

/** Texts that one question is answered with. */
const mostTextBytes = 16 * 1024 * 1024;

type OldestChunk = { readonly id: number; readonly lastMessage: number; readonly newestMs: number };

/** The messages in the file. Everything throws what SQLite throws. */
export class MessageTable {
  readonly #db: Database;
  readonly #insertChunk: Statement;
  readonly #insert: Statement;
  readonly #chunkTexts: Statement;
  readonly #oldest: Statement;
  readonly #forgetMessages: Statement;
  readonly #forgetChunk: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#insertChunk = db.prepare('insert into chunks (last_message, newest_ms, texts) values (?, ?, ?)');
    this.#insert = db.prepare(
      `insert into messages (id, at_ms, charger, side, direction, action, outcome, latency_ms, seq, chunk, request_at,
        request_bytes, answer_bytes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#chunkTexts = db.prepare('select texts from chunks where id = ?').pluck();
    this.#oldest = db.prepare(
      'select id, last_message as lastMessage, newest_ms as newestMs from chunks order by id limit 1',
    );
    this.#forgetMessages = db.prepare('delete from messages where id <= ?');
    this.#forgetChunk = db.prepare('delete from chunks where id = ?');
  }

  lastId(): number {
    return Number(this.#db.prepare('select max(id) from messages').pluck().get() ?? 0);
  }

  /** Writes messages as one chunk, all or none. */
  write(messages: readonly MaskedMessage[]): void {
    const texts = messages.flatMap(({ request, answer }) => (answer === undefined ? [request] : [request, answer]));
    const blob = brotliCompressSync(Buffer.concat(texts), compression);
    const lastMessage = messages.at(-1)?.head.id;
    const newestMs = messages.reduce((newest, { head }) => Math.max(newest, head.atMs), 0);
    this.#db.transaction(() => {
      const { lastInsertRowid } = this.#insertChunk.run(lastMessage, newestMs, blob);
      let at = 0;
      for (const message of messages) at = this.#insertMessage(message, lastInsertRowid, at);
    })();
  }

  /** Returns where the next one lies. */
  #insertMessage({ head, request, answer }: MaskedMessage, chunk: number | bigint, at: number): number {
    const { id, atMs, charger, side, direction, action, outcome, latencyMs, seq } = head;
    const facts = [id, atMs, charger, side, direction, action, outcome, latencyMs ?? null, seq ?? null];
    this.#insert.run(...facts, chunk, at, request.length, answer?.length ?? null);
    return at + request.length + (answer?.length ?? 0);
  }

  page(filter: MessageFilter): MessagePage {
    const rows = newestFirst(filter, this.#rows(filter));
    const last = rows.at(-1);
    const mayGoOn = filter.after === undefined && rows.length === filter.limit && last !== undefined;
    return { messages: rows.map(headOf), ...(mayGoOn ? { before: last.id } : {}) };
  }

  /** Newest first; ends early when the texts are large. */
  texts(filter: MessageFilter): readonly MessageFull[] {
    const full: MessageFull[] = [];
    let bytes = 0;
    const inflated = new LastChunk((chunk) => this.#inflate(chunk));
    for (const row of this.#rows(filter)) {
      bytes += bytesOf(row);
      if (bytes > mostTextBytes && full.length > 0) break;
      full.push(fullOf(row, inflated.of(row.chunk)));
    }
    return newestFirst(filter, full);
  }

  find(id: number): MessageFull | undefined {
    const row = this.#select('id = ?', [id], 'order by id', 1)[0];
    return row === undefined ? undefined : fullOf(row, this.#inflate(row.chunk));
  }

  /** Of one charger, as `where` says; ascending. */
  related(where: string, values: readonly (string | number)[], limit: number): readonly MessageFull[] {
    const inflated = new LastChunk((chunk) => this.#inflate(chunk));
    return this.#select(where, values, 'order by id', limit).map((row) => fullOf(row, inflated.of(row.chunk)));
  }

  /** Forgets the oldest chunk if it is older than `beforeMs`, or in any case when `always`; false: there was none to. */
  forgetOldest(beforeMs: number, always: boolean): boolean {
    const oldest = this.#oldest.get() as OldestChunk | undefined;
    if (oldest === undefined || (!always && oldest.newestMs >= beforeMs)) return false;
    this.#db.transaction(() => {
      this.#forgetMessages.run(oldest.lastMessage);
      this.#forgetChunk.run(oldest.id);
    })();
    return true;
  }

  /** Those that are wanted most come first. */
  #rows(filter: MessageFilter): readonly Row[] {
    const { charger, action, side, outcome, fromMs, toMs, before, after, limit } = filter;
    const conditions: readonly (readonly [string, string | number | undefined])[] = [
      ['charger = ?', charger],
      ['action = ?', action],
      ['side = ?', side],
      [outcome === 'failed' ? 'outcome <> ?' : 'outcome = ?', outcome === 'failed' ? 'answered' : outcome],
      ['at_ms >= ?', fromMs],
      ['at_ms < ?', toMs],
      ['id < ?', before],
      ['id > ?', after],
    ];
    const held = conditions.filter(([, value]) => value !== undefined);
    const where = held.length === 0 ? 'true' : held.map(([condition]) => condition).join(' and ');
    const values = held.flatMap(([, value]) => (value === undefined ? [] : [value]));
    return this.#select(where, values, after === undefined ? 'order by id desc' : 'order by id', limit);
  }

  #select(where: string, values: readonly (string | number)[], order: string, limit: number): readonly Row[] {
    return this.#db
      .prepare(`select * from messages where ${where} ${order} limit ?`)
      .all(...values, limit) as readonly Row[];
  }

  #inflate(chunk: number): Buffer {
    const blob: unknown = this.#chunkTexts.get(chunk);
    return Buffer.isBuffer(blob) ? brotliDecompressSync(blob) : Buffer.alloc(0);
  }
}

/** Behind a message that is known, the lowest ids come first. */
function newestFirst<T>({ after }: MessageFilter, found: readonly T[]): readonly T[] {
  return after === undefined ? found : found.toReversed();
}

/** Messages that follow each other mostly lie in the same chunk. */
class LastChunk {
  readonly #inflate: (chunk: number) => Buffer;
  #last: { readonly chunk: number; readonly texts: Buffer } | undefined;

  constructor(inflate: (chunk: number) => Buffer) {
    this.#inflate = inflate;
  }

  of(chunk: number): Buffer {
    if (this.#last?.chunk !== chunk) this.#last = { chunk, texts: this.#inflate(chunk) };
    return this.#last.texts;
  }
}

function headOf(row: Row): MessageHead {
  const { id, at_ms: atMs, charger, side, direction, action, outcome, latency_ms: latencyMs, seq } = row;
  const facts = { id, atMs, charger, side, direction, action, outcome, bytes: bytesOf(row) };
  return {
    ...facts,
    ...(latencyMs === null ? {} : { latencyMs }),
    ...(seq === null ? {} : { seq }),
  };
}

function fullOf(row: Row, texts: Buffer): MessageFull {
  const { request_at: at, request_bytes: requestBytes, answer_bytes: answerBytes } = row;
  const end = at + requestBytes;
  const answer = answerBytes === null ? {} : { answer: texts.toString('utf8', end, end + answerBytes) };
  return { ...headOf(row), request: texts.toString('utf8', at, end), ...answer };
}

const bytesOf = ({ request_bytes: request, answer_bytes: answer }: Row): number => request + (answer ?? 0);
