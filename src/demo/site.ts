import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Changes } from './changes.ts';
import type { Charger } from './charger.ts';

/** What the demo knows of its site, as its electrician does: the gateway has it from its own config. */
export const yard = {
  id: 'yard',
  chargers: ['DEMO-01', 'DEMO-02', 'DEMO-03', 'DEMO-04', 'DEMO-05'],
  /** The main fuse, A per phase. */
  limitA: 40,
} as const;

const nominalV = 230;
const phaseCount = 3;
/** Cars of the demo take this much if nobody stops them, A per phase. */
const wishA = 16;

/** What a spectator sees of the site; currents in A per phase. */
export type SiteView = {
  readonly loadA: number;
  readonly limitA: number;
  readonly maxLoadA: number;
  /** What the cars would take together. */
  readonly wishA: number;
  /** Money per kWh now; undefined while nobody has told a price. */
  readonly pricePerKwh: number | undefined;
};

/**
 * The meter at the main fuse: it adds up what the chargers draw each time one of them changes, and keeps the most it
 * ever saw. It asks the chargers, never the gateway.
 */
export class SiteMeter {
  #chargers: readonly Charger[] = [];
  #maxLoadA = 0;
  readonly #changes = new Changes();
  pricePerKwh: number | undefined;

  /** The chargers of the site among these are measured from now on. */
  watch(chargers: readonly Charger[]): void {
    this.#chargers = chargers.filter(({ identity }) => yard.chargers.some((own) => own === identity));
  }

  /** Something draws, or may draw, another current. */
  changed(): void {
    this.#maxLoadA = Math.max(this.#maxLoadA, this.#loadA());
    this.#changes.happened();
  }

  /** Resolves with true when every connector has been given its share: from then on nobody can be too much. */
  commissioned(deadlineMs: number): Promise<boolean> {
    return this.#changes.until(() => this.#shareA() <= yard.limitA, deadlineMs);
  }

  view(): SiteView {
    const connectors = this.#chargers.flatMap((charger) => charger.display().connectors);
    return {
      loadA: this.#loadA(),
      limitA: yard.limitA,
      maxLoadA: this.#maxLoadA,
      wishA: connectors.filter(({ startKey }) => startKey !== undefined).length * wishA,
      pricePerKwh: this.pricePerKwh,
    };
  }

  /** What all connectors may draw together. */
  #shareA(): number {
    return this.#chargers
      .flatMap((charger) => charger.display().connectors)
      .reduce((sum, { limitA }) => sum + limitA, 0);
  }

  #loadA(): number {
    const powerW = this.#chargers
      .flatMap((charger) => charger.display().connectors)
      .reduce((sum, connector) => sum + connector.powerW, 0);
    // Sums of tenths carry noise in their last digits.
    return Math.round((powerW / nominalV / phaseCount) * 1000) / 1000;
  }
}

/** Prices as a supplier tells them: one for now, another one from `laterMinutes` on. */
export type PriceChange = { readonly nowPerKwh: number; readonly laterPerKwh: number; readonly laterMinutes: number };

/** Tells the gateway through its operator's socket; rejects when it does not take them. */
export async function tellPrices(operatorSocket: string, change: PriceChange): Promise<void> {
  const nowMs = Date.now();
  const steps = [
    { from: new Date(nowMs).toISOString(), perKwh: change.nowPerKwh },
    { from: new Date(nowMs + change.laterMinutes * 60_000).toISOString(), perKwh: change.laterPerKwh },
  ];
  const path = `/api/sites/${yard.id}/signals/prices`;
  const headers = { 'content-type': 'application/json' };
  const asking = request({ socketPath: operatorSocket, path, method: 'PUT', headers });
  asking.end(JSON.stringify(steps));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`the gateway does not take prices: ${answer}`);
}
