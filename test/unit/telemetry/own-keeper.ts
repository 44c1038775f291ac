import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Exchange, Log } from '../../../src/gateway/ports.ts';
import { append, type BatchValue } from '../../../src/telemetry/batch.ts';
import { TelemetryFile } from '../../../src/telemetry/file.ts';
import { Keeper, type KeeperOptions } from '../../../src/telemetry/keeper.ts';
import type { SitePoint, TelemetryDoor } from '../../../src/telemetry/ports.ts';

/** The work of the telemetry's thread in this one, on a folder of its own. */
export class OwnKeeper {
  readonly folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  readonly logged: string[] = [];
  lost = 0;
  readonly #clock: Clock;
  #keeper: Keeper | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly log: Log = {
    debug: (event) => this.logged.push(event),
    info: (event) => this.logged.push(event),
    warn: (event) => this.logged.push(event),
    error: (event) => this.logged.push(event),
  };

  /** Begins, or begins again. */
  open(change: Partial<KeeperOptions> = {}): Keeper {
    this.close();
    this.#keeper = new Keeper({
      keepDays: 7,
      keepBytes: 64 * 1024 * 1024,
      file: new TelemetryFile(this.folder, this.log),
      clock: this.#clock,
      log: this.log,
      lost: (messages) => {
        this.lost += messages;
      },
      ...change,
    });
    return this.#keeper;
  }

  say(...exchanges: readonly Exchange[]): void {
    const values: BatchValue[] = [];
    for (const one of exchanges) append(values, one);
    this.#open.take(values);
  }

  keep(site: string, point: SitePoint): void {
    this.#open.keep(site, point);
  }

  get ask() {
    return this.#open.questions();
  }

  /** As the thread answers. */
  get door(): TelemetryDoor {
    return {
      messages: async (filter) => this.ask.messages(filter),
      recent: async (afterId) => this.ask.recent(afterId),
      story: async (id) => this.ask.story(id),
      texts: async (filter) => this.ask.texts(filter),
      history: async (...of) => this.ask.history(...of),
    };
  }

  close(): void {
    this.#keeper?.close();
    this.#keeper = undefined;
  }

  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #open(): Keeper {
    if (this.#keeper === undefined) throw new Error('the keeper is closed');
    return this.#keeper;
  }
}
