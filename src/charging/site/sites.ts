import type { PlanResult } from '../../../optimizer/plan-result.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import type { Scenario } from '../../../optimizer/site.ts';
import type { Effect } from '../../../optimizer/stack-effect.ts';
import type { ChargerFacts, ProfileAction } from '../../gateway/charging-port.ts';
import { OcppError } from '../../ocpp/errors.ts';
import type { Clock, Log, Payload } from '../../gateway/ports.ts';
import type { Planning } from './asked-plan.ts';
import { Conductor } from './conductor.ts';
import { nameOf } from './connectors.ts';
import type {
  Keeper,
  SessionTarget,
  Signal,
  SiteChange,
  SiteControl,
  SiteHands,
  SiteInputs,
  SiteMemory,
  SiteMeters,
  SiteOutlook,
  SiteRule,
  SitesDoor,
  SiteState,
  SiteStatus,
  SiteStore,
  Trial,
} from './ports.ts';
import type { Glance } from './glance.ts';
import { outlookOf } from './outlook.ts';
import { SiteRecord } from './record.ts';
import type { SiteSettings } from './settings.ts';
import { checkSignal } from './signal-check.ts';
import { siteRules } from './site-rules.ts';
import { checkTarget } from './targets.ts';
import { toldNow } from './told-now.ts';
import { trialOf } from './trial.ts';

export type SitesParts = {
  readonly store: SiteStore;
  readonly inputs: (settings: SiteSettings, memory: SiteMemory | undefined) => SiteInputs;
  readonly planning: Planning;
  /** Plans both, beside the planning and without its memory; rejects for a mistake of ours. */
  readonly trial: (scenarios: readonly [Scenario, Scenario]) => Promise<readonly [PlanResult, PlanResult]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: SiteMeters;
  /** Default: Math.random. */
  readonly chance?: () => number;
};

/** Opens the sites: none until they are configured, nothing is sent before the desk serves them. */
export function openSites(parts: SitesParts): SitesDoor & SiteControl {
  return new Sites(parts);
}

/** A site from the moment on that it is configured; its conductor comes when what was remembered has been read. */
type Place = { settings: SiteSettings; conductor: Conductor | undefined; readonly early: ((on: Conductor) => void)[] };

/** A charger of a site, under the name that the site gives it: identities are compared without case (OCPP 1.6 §7). */
type Member = { readonly place: Place; readonly name: string };

class Sites implements SitesDoor, SiteControl {
  readonly #parts: SitesParts;
  readonly #places = new Map<string, Place>();
  #members: ReadonlyMap<string, Member> = new Map();
  #hands: SiteHands | undefined;
  #isStopped = false;
  #isTrying = false;

  constructor(parts: SitesParts) {
    this.#parts = parts;
  }

  // ---------------------------------------------------------------------------------------------- the door

  sites(): readonly string[] {
    return [...this.#places.keys()];
  }

  status(site: string): SiteStatus | undefined {
    const place = this.#places.get(site);
    if (place === undefined) return undefined;
    const unread: SiteStatus = { id: site, plan: undefined, alarms: [], measuredA: [0, 0, 0], installed: [] };
    return place.conductor?.status() ?? unread;
  }

  siteOf(identity: string): string | undefined {
    return this.#member(identity)?.place.settings.site.id;
  }

  signal(site: string, signal: Signal): void {
    const place = this.#place(site);
    checkSignal(signal);
    this.#on(place, (conductor) => conductor.signal(signal));
  }

  outlook(site: string): SiteOutlook | undefined {
    const glance = this.#places.get(site)?.conductor?.glance();
    return glance && outlookOf(glance, this.#nowS());
  }

  async tryOut(site: string, change: SiteChange): Promise<Trial> {
    const { settings, conductor } = this.#place(site);
    this.#check(settings, change);
    const situation = conductor?.glance().situation;
    if (situation === undefined) return { kind: 'unplanned' };
    if (this.#isTrying) return { kind: 'busy' };
    this.#isTrying = true;
    try {
      const { present, changed } = trialOf(settings, situation, change, this.#nowS());
      const results = await this.#parts.trial([present, changed]);
      return { kind: 'planned', present: results[0], changed: results[1] };
    } finally {
      this.#isTrying = false;
    }
  }

  target(site: string, target: SessionTarget): void {
    const place = this.#place(site);
    requireConnector(place.settings, target);
    checkTarget(target, this.#nowS());
    this.#on(place, (conductor) => conductor.target(target));
  }

  async answer(site: string, action: ProfileAction, payload: Payload): Promise<Payload> {
    const place = this.#place(site);
    return new Promise((resolve) => this.#on(place, (conductor) => resolve(conductor.answer(action, payload))));
  }

  configure(settings: readonly SiteSettings[]): void {
    const former = this.#members;
    for (const [id, { conductor }] of this.#places) {
      if (settings.some(({ site }) => site.id === id)) continue;
      conductor?.stop();
      this.#places.delete(id);
      this.#parts.log.info('site no longer planned', { site: id });
    }
    for (const one of settings) this.#configure(one);
    this.#members = this.#membersNow();
    for (const identity of new Set([...former.keys(), ...this.#members.keys()])) this.#hands?.look(identity);
  }

  #configure(settings: SiteSettings): void {
    const known = this.#places.get(settings.site.id);
    if (known === undefined) return this.#open(settings);
    if (isSame(known.settings, settings)) return;
    known.settings = settings;
    this.#on(known, (conductor) => conductor.configure(settings));
  }

  #open(settings: SiteSettings): void {
    const { id } = settings.site;
    const place: Place = { settings, conductor: undefined, early: [] };
    this.#places.set(id, place);
    this.#parts.store.siteState(id).then(
      (state) => this.#begin(place, state),
      (cause: unknown) => {
        this.#parts.log.error('site state not read', { site: id }, cause);
        // nothing is known of what lies in the chargers: all of it is told again
        this.#begin(place, undefined);
      },
    );
  }

  #begin(place: Place, state: SiteState | undefined): void {
    const { store, inputs, planning, clock, log, meters, chance = Math.random } = this.#parts;
    const { settings } = place;
    if (this.#isStopped || this.#places.get(settings.site.id) !== place) return;
    place.conductor = new Conductor({
      settings,
      inputs: inputs(settings, state?.memory),
      record: new SiteRecord(settings.site.id, store, log, state),
      planning,
      hands: () => this.#serving(),
      clock,
      log,
      meters,
      chance,
    });
    log.info('site planned from now on', { site: settings.site.id, connectors: settings.site.connectors.length });
    for (const happen of place.early.splice(0)) this.#now(place.conductor, happen);
  }

  /** Each charger belongs to the first site that names it. */
  #membersNow(): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    for (const place of this.#places.values()) {
      for (const { chargePoint } of place.settings.site.connectors) {
        const identity = chargePoint.toLowerCase();
        if (!members.has(identity)) members.set(identity, { place, name: chargePoint });
      }
    }
    return members;
  }

  // ---------------------------------------------------------------------------------------------- the desk

  serve(hands: SiteHands): void {
    this.#hands = hands;
  }

  manages(identity: string): boolean {
    return this.#members.has(identity.toLowerCase());
  }

  facts(charger: ChargerFacts, ceilings: ProfileStore, keeper: Keeper | undefined): void {
    const member = this.#member(charger.identity);
    if (member === undefined) return;
    const named = { ...charger, identity: member.name };
    this.#on(member.place, (conductor) => conductor.facts(named, ceilings, keeper));
  }

  heard(identity: string, action: string, payload: Payload): void {
    const member = this.#member(identity);
    if (member === undefined) return;
    this.#on(member.place, (conductor) => conductor.heard(member.name, action, payload));
  }

  transfer(identity: string, payload: Payload): Payload {
    const member = this.#member(identity);
    if (member === undefined) return { status: 'Rejected' };
    try {
      member.place.conductor?.heard(member.name, 'DataTransfer', payload);
    } catch (thrown) {
      if (!(thrown instanceof OcppError)) throw thrown;
      return { status: 'Rejected', data: thrown.message };
    }
    return { status: member.place.conductor === undefined ? 'Rejected' : 'Accepted' };
  }

  limits(identity: string): ReadonlyMap<number, Effect> {
    const member = this.#member(identity);
    return member?.place.conductor?.limits(member.name) ?? new Map();
  }

  toldNow(identity: string): ReadonlyMap<number, number> {
    return this.#glanceAt(identity, toldNow) ?? new Map();
  }

  rules(identity: string): ReadonlyMap<number, SiteRule> {
    return this.#glanceAt(identity, siteRules) ?? new Map();
  }

  stop(): void {
    this.#isStopped = true;
    for (const { conductor } of this.#places.values()) conductor?.stop();
  }

  // ---------------------------------------------------------------------------------------------- inside

  /** Now, or when the site has been opened: what happens meanwhile is not lost. */
  #on(place: Place, happen: (conductor: Conductor) => void): void {
    if (place.conductor === undefined) place.early.push(happen);
    else happen(place.conductor);
  }

  #now(conductor: Conductor, happen: (on: Conductor) => void): void {
    try {
      happen(conductor);
    } catch (cause) {
      this.#parts.log.error('news of a site lost', {}, cause);
    }
  }

  /** Throws OcppError. */
  #check(settings: SiteSettings, { sessions = [], prices }: SiteChange): void {
    for (const target of sessions) {
      requireConnector(settings, target);
      checkTarget(target, this.#nowS());
    }
    if (prices !== undefined) checkSignal({ kind: 'prices', steps: prices });
  }

  #place(site: string): Place {
    const place = this.#places.get(site);
    if (place !== undefined) return place;
    const known = this.sites().join(', ');
    throw new OcppError('PropertyConstraintViolation', `site: expected one of ${known || 'none'}, found "${site}"`);
  }

  /** Undefined for a charger of no site, or of one that is still being opened. */
  #glanceAt<T>(identity: string, look: (glance: Glance, chargePoint: string, atS: number) => T): T | undefined {
    const member = this.#member(identity);
    const glance = member?.place.conductor?.glance();
    return member && glance && look(glance, member.name, this.#nowS());
  }

  #member(identity: string): Member | undefined {
    return this.#members.get(identity.toLowerCase());
  }

  #nowS(): number {
    return Math.floor(this.#parts.clock.now() / 1000);
  }

  #serving(): SiteHands {
    if (this.#hands === undefined) throw new Error('no desk serves the sites');
    return this.#hands;
  }
}

function requireConnector({ site }: SiteSettings, { chargePoint, connector }: SessionTarget): void {
  if (site.connectors.some((own) => own.chargePoint === chargePoint && own.connector === connector)) return;
  const known = site.connectors.map((own) => nameOf(own.chargePoint, own.connector)).join(', ');
  const found = nameOf(chargePoint, connector);
  throw new OcppError('PropertyConstraintViolation', `connector: expected one of ${known}, found "${found}"`);
}

function isSame(one: SiteSettings, other: SiteSettings): boolean {
  const plain = (settings: SiteSettings) => JSON.stringify({ ...settings, drivers: [...settings.drivers] });
  return plain(one) === plain(other);
}
