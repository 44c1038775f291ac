import type { RunningGateway } from '../../../src/main.ts';
import { randomFrom } from '../optimizer-sites.ts';

/** Plans since the start, and how long they took from asking to having. */
export type Planning = { readonly plans: number; readonly seconds: number };

/** The last plan of a site. */
export type LastPlan = {
  readonly cars: number;
  readonly slots: number;
  readonly engine: string;
  readonly status: string;
};

const everyMs = 1_000;
const quietMs = 3_000;
const seed = 11;
const dayS = 86_400;
const leastKwh = 25;
const mostKwh = 60;

/** What makes a site plan again and again: the load beside the chargers, which jumps as on a bad day. */
export class SiteDriver {
  readonly #gateway: RunningGateway;
  readonly #random = randomFrom(seed);
  #timer: NodeJS.Timeout | undefined;

  constructor(gateway: RunningGateway) {
    this.#gateway = gateway;
  }

  /** Each car wants another energy, and stays for a day. */
  wish({ site, chargePoints }: { readonly site: string; readonly chargePoints: readonly string[] }): void {
    const departureS = Math.floor(Date.now() / 1000) + dayS;
    for (const chargePoint of chargePoints) {
      const energyKwh = Math.round(leastKwh + (mostKwh - leastKwh) * this.#random());
      this.#gateway.sites.target(site, { chargePoint, connector: 1, departureS, energyKwh });
    }
  }

  /** Lets the load of the site jump each second, between nothing and `mostA`, until `calm`. */
  unsettle({ site, mostA }: { readonly site: string; readonly mostA: number }): void {
    const jump = (): void => {
      const loadA = Math.round(mostA * this.#random());
      const fromS = Math.floor(Date.now() / 1000);
      this.#gateway.sites.signal(site, { kind: 'load', steps: [{ fromS, currentA: [loadA, loadA, loadA] }] });
    };
    jump();
    this.#timer = setInterval(jump, everyMs);
  }

  /** Resolves when the last plan has been made, and its chargers were told. */
  async calm(): Promise<void> {
    clearInterval(this.#timer);
    let before = -1;
    for (let now = (await this.planning()).plans; now !== before; now = (await this.planning()).plans) {
      before = now;
      // oxlint-disable-next-line no-await-in-loop -- a look every now and then
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
  }

  lastPlan({ site }: { readonly site: string }): LastPlan {
    const result = this.#gateway.sites.status(site)?.plan?.result;
    if (result === undefined) throw new Error(`the site ${site} has no plan`);
    const { connectors, slots, engine, status } = result;
    return { cars: connectors.length, slots: slots.length, engine, status };
  }

  /** From the gateway's own metrics. */
  async planning(): Promise<Planning> {
    const response = await fetch(`${this.#gateway.operatorUrl}/metrics`);
    const text = await response.text();
    const valueOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    const name = 'ocppgw_optimizer_solve_seconds';
    return { plans: valueOf(`${name}_count`), seconds: valueOf(`${name}_sum`) };
  }
}
