import { vi } from 'vitest';
import { openListener } from './edge.ts';
import { QuirkStage } from './quirk-stage.ts';
import { type ChargerWishes, RpcCharger } from './rpc-charger.ts';
import type { EdgeOptions } from './edge.ts';

/** The gateway between chargers with OCPP-J and a strict CSMS that obliges. */
export class JsonStage extends QuirkStage {
  readonly #connected: RpcCharger[] = [];

  constructor({ config, ...options }: Omit<EdgeOptions, 'csmsUrl'> = {}) {
    super({ ...options, config: { json: openListener, ...config } });
  }

  get jsonUrl(): string {
    return this.edge.jsonUrl ?? '';
  }

  /** A charger that is connected and has not spoken yet. */
  connected(identity: string, wishes: ChargerWishes = {}, url = this.jsonUrl): Promise<RpcCharger> {
    const charger = new RpcCharger(identity, url, wishes);
    this.#connected.push(charger);
    return charger.connect();
  }

  /** A charger that has booted, and that the CSMS can call. */
  async ready(identity: string, wishes: ChargerWishes = {}): Promise<RpcCharger> {
    const charger = await this.connected(identity, wishes);
    await charger.boot();
    await this.heard(identity, 'BootNotification');
    return charger;
  }

  /** Disconnects all chargers. */
  async leave(): Promise<void> {
    await Promise.all(this.#connected.splice(0).map((charger) => charger.close()));
  }

  override async strike(): Promise<void> {
    await this.leave();
    await super.strike();
  }

  /** Resolves when the log has so many lines of this event. */
  async logged(event: string, count = 1): Promise<void> {
    const lines = () => this.edge.logged.filter((line) => line.event === event).length;
    await vi.waitUntil(() => lines() >= count, { interval: 2, timeout: 30_000 });
  }
}
