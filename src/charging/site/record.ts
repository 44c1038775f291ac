import type { Log } from '../../gateway/ports.ts';
import { Ledger } from './ledger.ts';
import type { Lying, MadePlan, SiteMemory, SiteState, SiteStore } from './ports.ts';

type Saved = { readonly lying: readonly Lying[]; readonly plan: MadePlan | undefined; readonly memory: string };

/** What is remembered of one site, in memory and on disk; only what has changed is written. */
export class SiteRecord {
  readonly ledger: Ledger;
  plan: MadePlan | undefined;
  readonly #site: string;
  readonly #store: SiteStore;
  readonly #log: Log;
  #saved: Saved;
  #last: Promise<boolean> = Promise.resolve(true);
  #closed = false;

  constructor(site: string, store: SiteStore, log: Log, state: SiteState | undefined) {
    this.#site = site;
    this.#store = store;
    this.#log = log;
    this.ledger = new Ledger(state?.lying ?? []);
    this.plan = state?.plan;
    this.#saved = { lying: this.ledger.all, plan: this.plan, memory: JSON.stringify(state?.memory) };
  }

  /** Resolves when all of it is on disk; false: it could not be, and is tried again with the next save. */
  save(memory: SiteMemory): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    const next: Saved = { lying: this.ledger.all, plan: this.plan, memory: JSON.stringify(memory) };
    const { lying, plan } = next;
    const change: Partial<SiteState> = {
      ...(lying === this.#saved.lying ? {} : { lying }),
      ...(plan === this.#saved.plan ? {} : { plan }),
      ...(next.memory === this.#saved.memory ? {} : { memory }),
    };
    if (Object.keys(change).length > 0) this.#last = this.#write(next, change);
    return this.#last;
  }

  /** Writes nothing more: the store is about to close. */
  close(): void {
    this.#closed = true;
  }

  async #write(next: Saved, change: Partial<SiteState>): Promise<boolean> {
    const before = this.#saved;
    this.#saved = next;
    try {
      await this.#store.saveSiteState(this.#site, change);
      return true;
    } catch (cause) {
      this.#saved = before;
      this.#log.error('site state not kept', { site: this.#site }, cause);
      return false;
    }
  }
}
