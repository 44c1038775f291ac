import { vi } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { type Edge, type EdgeOptions, startTestEdge } from './edge.ts';
import { RawCharger } from './raw-charger.ts';
import { RpcCsms } from './rpc-csms.ts';

const confirmations: Readonly<Record<string, Payload>> = {
  Authorize: { idTagInfo: { status: 'Accepted' } },
  BootNotification: { status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 3600 },
  DataTransfer: { status: 'Accepted' },
  Heartbeat: { currentTime: '2026-03-01T12:00:00Z' },
};

/** The gateway between raw chargers and a strict CSMS that obliges. */
export class QuirkStage {
  readonly csms = new RpcCsms();
  readonly #chargers: RawCharger[] = [];
  readonly #options: Omit<EdgeOptions, 'csmsUrl'>;
  #edge: Edge | undefined;
  #transactions = 0;

  constructor(options: Omit<EdgeOptions, 'csmsUrl'> = {}) {
    this.#options = options;
  }

  get edge(): Edge {
    if (this.#edge === undefined) throw new Error('the stage is not set');
    return this.#edge;
  }

  async set(): Promise<void> {
    await this.csms.start();
    this.oblige();
    this.#edge = await startTestEdge({ csmsUrl: this.csms.url, ...this.#options });
  }

  async strike(): Promise<void> {
    await Promise.all(this.#chargers.map((charger) => charger.stop()));
    await this.#edge?.remove();
    await this.csms.stop();
  }

  /** The CSMS says yes to everything, and has an id for each transaction. */
  oblige(): void {
    this.csms.answer = (action) => this.confirm(action);
  }

  confirm(action: string): Payload {
    if (action !== 'StartTransaction') return confirmations[action] ?? {};
    this.#transactions += 1;
    return { transactionId: this.#transactions, idTagInfo: { status: 'Accepted' } };
  }

  /** A charger that listens and has not spoken yet. */
  async charger(identity: string): Promise<RawCharger> {
    const charger = await new RawCharger(identity, this.edge.soapUrl).start();
    this.#chargers.push(charger);
    return charger;
  }

  /** A charger that has booted, with an address to call. */
  async booted(identity: string): Promise<RawCharger> {
    const charger = await this.charger(identity);
    await charger.boot();
    return charger;
  }

  /** What the CSMS heard of a station under an action, once it was that many. */
  async heard(station: string, action: string, count = 1): Promise<readonly Payload[]> {
    return vi.waitUntil(
      () => {
        const payloads = this.csms.of(station, action);
        return payloads.length >= count ? payloads : undefined;
      },
      { interval: 1, timeout: 30_000 },
    );
  }
}
