import { detached } from './detached.ts';
import type { Payload } from './ports.ts';

/** MeterValues and when they came, by the wall clock. */
export type Metered = { payload: Payload; readonly atMs: number };

/** As many connectors as any charger has. */
const connectorsAtMost = 64;

/** So many keep the message that they were cut out of in memory; a fleet of no more connectors costs no copy. */
const uncutAtMost = 1_000;

const shortList = 4;

/** The last MeterValues of each connector, kept as they came: they are read when somebody looks. */
export class Measurements {
  /** The one that came longest ago first. */
  readonly #uncut = new Set<Metered>();

  /** Takes the place of what `metered` holds of the connector. Of a long list only the newest is kept. */
  note(metered: Map<number, Metered>, connector: number, message: Payload, atMs: number): void {
    const { meterValue } = message;
    if (!Array.isArray(meterValue) || meterValue.length === 0) return;
    this.#forget(metered, connector);
    const isShort = meterValue.length <= shortList;
    const now = { payload: isShort ? message : { ...message, meterValue: meterValue.slice(-1) }, atMs };
    metered.set(connector, now);
    this.#uncut.add(now);
    const [oldest] = metered.keys();
    if (metered.size > connectorsAtMost && oldest !== undefined) this.#forget(metered, oldest);
    this.#cutLoose();
  }

  #forget(metered: Map<number, Metered>, connector: number): void {
    const before = metered.get(connector);
    if (before !== undefined) this.#uncut.delete(before);
    metered.delete(connector);
  }

  #cutLoose(): void {
    const [oldest] = this.#uncut;
    if (this.#uncut.size <= uncutAtMost || oldest === undefined) return;
    this.#uncut.delete(oldest);
    oldest.payload = detached(oldest.payload);
  }
}
