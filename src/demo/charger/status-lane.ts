import type { Payload } from '../payload.ts';
import { slept } from '../waiting.ts';
import { Errand } from './errand.ts';
import type { Spoken } from './line.ts';

export type StatusLaneSettings = {
  readonly call: (action: string, payload: Payload) => Promise<Spoken>;
  readonly pauseMs: (attempt: number) => number;
};

/** Tells the central system how the connectors are. Only the last status of a connector counts, so old ones are dropped. */
export class StatusLane {
  readonly #settings: StatusLaneSettings;
  readonly #waiting = new Map<number, Payload>();
  readonly #last = new Map<number, Payload>();
  readonly #errand: Errand;

  constructor(settings: StatusLaneSettings) {
    this.#settings = settings;
    this.#errand = new Errand(
      () => this.#waiting.size > 0,
      () => this.#run(),
    );
  }

  tell(connector: number, notification: Payload): void {
    this.#waiting.delete(connector);
    this.#waiting.set(connector, notification);
    this.#last.set(connector, notification);
    this.#errand.wake();
  }

  /** The newest of a connector, whether it was told yet or not. */
  last(connector: number): Payload | undefined {
    return this.#last.get(connector);
  }

  /** Resolves when all was told, or the lane was stopped. */
  async drained(): Promise<void> {
    await this.#errand.drained();
  }

  async stop(): Promise<void> {
    await this.#errand.stop();
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#errand.signal.aborted; ) {
      const next = this.#waiting.entries().next();
      if (next.done === true) return;
      const [connector, notification] = next.value;
      const spoken = await this.#settings.call('StatusNotification', notification);
      if (spoken.kind === 'unreachable') {
        await this.#pause(attempt);
        attempt += 1;
      } else {
        attempt = 1;
        if (this.#waiting.get(connector) === notification) this.#waiting.delete(connector);
      }
    }
  }

  async #pause(attempt: number): Promise<void> {
    await slept(this.#settings.pauseMs(attempt), this.#errand.signal);
  }
}
