import type { Payload } from '../payload.ts';
import { slept } from '../waiting.ts';
import type { Spoken } from './soap-client.ts';

export type StatusLaneSettings = {
  readonly call: (action: string, payload: Payload) => Promise<Spoken>;
  readonly pauseMs: (attempt: number) => number;
};

/** Tells the central system how the connectors are. Only the last status of a connector counts, so old ones are dropped. */
export class StatusLane {
  readonly #settings: StatusLaneSettings;
  readonly #waiting = new Map<number, Payload>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(settings: StatusLaneSettings) {
    this.#settings = settings;
  }

  tell(connector: number, notification: Payload): void {
    this.#waiting.delete(connector);
    this.#waiting.set(connector, notification);
    this.#wake();
  }

  /** Resolves when all was told, or the lane was stopped. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.drained();
  }

  #wake(): void {
    if (this.#running !== undefined || this.#waiting.size === 0 || this.#stop.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#wake();
    });
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#stop.signal.aborted; ) {
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
    await slept(this.#settings.pauseMs(attempt), this.#stop.signal);
  }
}
