import type { ServerResponse } from 'node:http';
import type { Clock, Log } from '../gateway/ports.ts';
import type { Found, Look, Topic, TopicName } from './topics.ts';
import { within } from './within.ts';

export type BroadcastOptions = {
  readonly topics: ReadonlyMap<TopicName, Topic>;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
};

type Listener = {
  readonly response: ServerResponse;
  readonly names: ReadonlySet<TopicName>;
  /** Topics of which it was told nothing yet. */
  readonly unaware: Set<TopicName>;
};

/** Looks at one topic, one after the other, for as long as somebody listens to it. */
type Watch = {
  look: Look;
  found: Found | undefined;
  /** The last look failed: that is logged once. */
  failed: boolean;
  cancel: () => void;
};

export const mostListeners = 64;
/** A listener that has this much still to read is too slow. */
const mostUnsentBytes = 1024 * 1024;
const heartbeatMs = 15_000;
const lookDeadlineMs = 10_000;

/**
 * Server-Sent Events. Each topic is looked at once for all who listen to it, put into bytes once, and the same bytes are
 * written to all; who comes later is told what was found last. No timer runs while nobody listens.
 */
export class Broadcast {
  readonly #topics: ReadonlyMap<TopicName, Topic>;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();
  readonly #watches = new Map<TopicName, Watch>();
  #cancelHeartbeat: (() => void) | undefined;
  #closed = false;

  constructor({ topics, clock, log }: BroadcastOptions) {
    this.#topics = topics;
    this.#clock = clock;
    this.#log = log;
  }

  /** Nobody else may listen: there are too many, or the gateway is shutting down. */
  get isFull(): boolean {
    return this.#closed || this.#listeners.size >= mostListeners;
  }

  /** Writes the topics to a response whose head is written, until either side ends it. */
  begin(response: ServerResponse, names: readonly TopicName[]): void {
    if (response.destroyed) return;
    if (this.isFull) {
      response.end();
      return;
    }
    const listener = { response, names: new Set(names), unaware: new Set(names) };
    this.#listeners.add(listener);
    response.once('close', () => this.#leave(listener));
    response.write(': the topics follow\n\n');
    this.#cancelHeartbeat ??= this.#clock.after(heartbeatMs, () => this.#beat());
    for (const name of names) this.#greet(listener, name);
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) {
      listener.response.end();
      this.#leave(listener);
    }
  }

  #greet(listener: Listener, name: TopicName): void {
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    const found = this.#watches.get(name)?.found;
    if (found !== undefined) this.#tell(name, found, [listener]);
    if (!this.#watches.has(name)) this.#watch(name, topic);
  }

  #watch(name: TopicName, { first, everyMs }: Topic): void {
    const watch: Watch = { look: first, found: undefined, failed: false, cancel: () => undefined };
    this.#watches.set(name, watch);
    const again = (): void => {
      void this.#look(name, watch).then(() => {
        if (this.#watches.get(name) === watch) watch.cancel = this.#clock.after(everyMs, again);
      });
    };
    again();
  }

  /** Never rejects: what cannot be read now may be readable at the next look. */
  async #look(name: TopicName, watch: Watch): Promise<void> {
    try {
      const found = await within(lookDeadlineMs, `the topic ${name}`, watch.look());
      watch.look = found.next;
      watch.found = found;
      watch.failed = false;
    } catch (thrown) {
      if (!watch.failed) this.#log.warn('topic unread', { topic: name, error: thrown });
      watch.failed = true;
      return;
    }
    if (this.#watches.get(name) !== watch) return;
    this.#tell(
      name,
      watch.found,
      [...this.#listeners].filter(({ names }) => names.has(name)),
    );
  }

  #tell(name: TopicName, { news, all }: Found, listeners: readonly Listener[]): void {
    const unaware = listeners.filter((listener) => listener.unaware.delete(name));
    const aware = listeners.filter((listener) => !unaware.includes(listener));
    this.#write(aware, frame(name, aware.length === 0 ? undefined : news));
    this.#write(unaware, frame(name, unaware.length === 0 ? undefined : all()));
  }

  #write(listeners: readonly Listener[], bytes: Buffer | undefined): void {
    if (bytes === undefined) return;
    for (const listener of listeners) {
      if (listener.response.writableLength <= mostUnsentBytes) listener.response.write(bytes);
      else this.#cut(listener);
    }
  }

  #cut(listener: Listener): void {
    this.#log.info('stream ended: its listener reads too slowly', { unsentBytes: listener.response.writableLength });
    listener.response.destroy();
    this.#leave(listener);
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#clock.after(heartbeatMs, () => this.#beat());
    this.#write([...this.#listeners], Buffer.from(': alive\n\n'));
  }

  #leave(listener: Listener): void {
    if (!this.#listeners.delete(listener)) return;
    for (const [name, watch] of this.#watches) {
      if ([...this.#listeners].some(({ names }) => names.has(name))) continue;
      watch.cancel();
      this.#watches.delete(name);
    }
    if (this.#listeners.size > 0) return;
    this.#cancelHeartbeat?.();
    this.#cancelHeartbeat = undefined;
  }
}

function frame(name: TopicName, line: string | undefined): Buffer | undefined {
  return line === undefined ? undefined : Buffer.from(`event: ${name}\ndata: ${line}\n\n`);
}
