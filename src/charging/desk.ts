import type { ProfileStore } from '../../optimizer/profile-store.ts';
import type { Station } from '../../optimizer/station.ts';
import { OcppError } from '../ocpp/errors.ts';
import type {
  ChargerFacts,
  ChargerLine,
  ChargingDoor,
  ConnectorRules,
  ProfileAction,
  RulesWindow,
} from '../gateway/charging-port.ts';
import { type Clock, confOf, type Delivery, type Log, type Meters, type Payload } from '../gateway/ports.ts';
import { answerAs } from './answers.ts';
import { Books, type Changed, upToDate } from './books.ts';
import { isSmartChargingKey, withSmartCharging } from './configuration.ts';
import { isIncapable } from './driver-outcome.ts';
import type { ChargingState, ChargingStore } from './ports.ts';
import { LimitsNow } from './limits-now.ts';
import { rulesOf } from './rules.ts';
import { type ChargingSettings, stationOf } from './settings.ts';
import type { Keeper, SiteControl } from './site/ports.ts';

/** What turns a charger's stack into what the charger does, when it has no smart charging of its own. */
export interface Driving {
  /** The stack, the transactions or the boot of a charger changed; false: there is no way to drive it. */
  update(charger: ChargerFacts, station: Station, store: ProfileStore, state: ChargingState): boolean;
  /** Leaves a charger as it is: it keeps its profiles itself from now on. */
  release(identity: string): void;
  /** Resolves when the charger is held to what its limits ask for now, or driven no more; never rejects. */
  settled(identity: string): Promise<void>;
  rest(withinMs: number): Promise<void>;
}

export type DeskParts = {
  readonly store: ChargingStore;
  readonly line: ChargerLine;
  /** Made with the desk's own memory of what was written. */
  readonly driving: (remember: Remember) => Driving;
  readonly sites: SiteControl;
  readonly settings: (identity: string) => ChargingSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Pick<Meters, 'anomaly'>;
};

/** Keeps what was written to a charger. */
export type Remember = (identity: string, written: ChargingState['written']) => Promise<void>;

/*
 * Who is the smart-charging Charge Point of a charger?
 *
 * - The gateway, for a wire without smart charging (OCPP 1.2, 1.5), when the config says so, and once the charger has
 *   answered NotSupported or NotImplemented (its SupportedFeatureProfiles are often wrong, so nobody believes them).
 *   Its profiles are kept and answered here, and the charger is driven by its model's means.
 * - The gateway too, for a charger of a managed site, whether it has smart charging or not: what the CSMS sends is a
 *   ceiling for the site's plan, and never lies in the charger. The site's own profiles do; GetCompositeSchedule answers
 *   with the lesser of both, moment by moment: what the connector may really draw, until a live profile ends by its lease
 *   and the safe share after that.
 * - The charger, otherwise: calls are forwarded, and what it accepted is kept here as a shadow.
 */

/** Opens the desk where all calls about charging profiles arrive. */
export function openDesk(parts: DeskParts): ChargingDoor {
  return new Desk(parts);
}

class Desk implements ChargingDoor {
  readonly #parts: DeskParts;
  readonly #books: Books;
  readonly #driving: Driving;
  readonly #limits = new LimitsNow();

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#books = new Books(parts.store);
    this.#driving = parts.driving((identity, written) =>
      this.#books.work(identity, async (state) => ({ state: { ...state, written }, result: undefined })),
    );
    parts.sites.serve({
      call: (identity, action, payload) => parts.line.call(identity, action, payload),
      learned: (identity, smartCharging) => this.#withFacts(identity, (charger) => this.#learn(charger, smartCharging)),
      look: (identity) => this.#withFacts(identity, (charger) => this.#change(charger, keptAsItIs)),
      held: (identity) => this.#held(identity),
    });
  }

  async answer(charger: ChargerFacts, action: ProfileAction, payload: Payload): Promise<Payload> {
    if (await this.#keepsProfiles(charger)) return this.#answerHere(charger, action, payload);
    if (action === 'GetCompositeSchedule') return this.#composite(charger, payload);
    const delivery = await this.#forward(charger, action, payload);
    if (isIncapable(delivery) && this.#mayStandIn(charger)) return this.#takeOver(charger, action, payload, delivery);
    const conf = confOf(delivery);
    if (conf['status'] === 'Accepted') await this.#shadow(charger, action, payload);
    return conf;
  }

  async remoteStart(charger: ChargerFacts, payload: Payload): Promise<Payload> {
    const connector = typeof payload['connectorId'] === 'number' ? payload['connectorId'] : 0;
    const { chargingProfile, ...without } = payload;
    const idTag = String(payload['idTag']);
    await this.#change(charger, async (state) => {
      const { [connector]: before, ...others } = state.awaited;
      if (before === undefined && chargingProfile === undefined) return { state, result: undefined };
      const awaited = chargingProfile === undefined ? others : { ...others, [connector]: { idTag, chargingProfile } };
      return { state: { ...state, awaited }, result: undefined };
    });
    return (await this.#keepsProfiles(charger)) ? without : payload;
  }

  async configuration(charger: ChargerFacts, requested: readonly string[], conf: Payload): Promise<Payload> {
    return (await this.#keepsProfiles(charger)) ? withSmartCharging(requested, conf) : conf;
  }

  async ownsKey(charger: ChargerFacts, key: string): Promise<boolean> {
    return isSmartChargingKey(key) && (await this.#keepsProfiles(charger));
  }

  changed(charger: ChargerFacts): void {
    this.#noted(charger.identity, this.#change(charger, keptAsItIs));
  }

  heard(identity: string, action: string, payload: Payload): void {
    try {
      this.#parts.sites.heard(identity, action, payload);
    } catch (cause) {
      this.#parts.log.error('message not heard by its site', { station: identity, action }, cause);
    }
  }

  transfer(identity: string, payload: Payload): Payload {
    return this.#parts.sites.transfer(identity, payload);
  }

  limits(identity: string, connectors: number): ReadonlyMap<number, number> {
    const state = this.#books.known(identity);
    if (state === undefined) return new Map();
    const basis = { settings: this.#settings(identity), connectors, store: state.store };
    const allowed = this.#limits.of(identity, basis, this.#nowS());
    const told = this.#parts.sites.toldNow(identity);
    return new Map(
      [...allowed].map(([connector, limitA]) => [connector, Math.min(limitA, told.get(connector) ?? limitA)]),
    );
  }

  rules(charger: ChargerFacts, window: RulesWindow): Promise<readonly ConnectorRules[]> {
    const { identity } = charger;
    return this.#books.work(identity, async (before) => {
      const station = this.#station(charger, true);
      const state = upToDate(before, charger, station);
      const siteRules = this.#parts.sites.rules(identity);
      const subject = { identity, settings: this.#settings(identity), station, state, siteRules };
      return { state: before, result: rulesOf(subject, window) };
    });
  }

  rest(withinMs: number): Promise<void> {
    this.#parts.sites.stop();
    return this.#driving.rest(withinMs);
  }

  // ---------------------------------------------------------------------------------------------- for the sites

  #withFacts(identity: string, change: (charger: ChargerFacts) => Promise<void>): void {
    const noted = this.#parts.line.facts(identity).then((charger) => charger && change(charger));
    this.#noted(identity, noted);
  }

  #held(identity: string): Promise<void> {
    return new Promise((resolve) => {
      this.#withFacts(identity, async (charger) => {
        await this.#change(charger, keptAsItIs);
        await this.#driving.settled(identity);
        resolve();
      });
    });
  }

  /** What one answer says of a charger does not undo what another one proved. */
  async #learn(charger: ChargerFacts, smartCharging: 'yes' | 'no'): Promise<void> {
    const forwarded = await this.#change(charger, async (state, now) => {
      const isMoot = smartCharging === 'no' && (state.capability.smartCharging === 'yes' || !this.#mayStandIn(now));
      return { state: isMoot ? state : this.#learned(state, now, smartCharging), result: state.forwarded ?? [] };
    });
    // the site's own profile lies in the charger now: nothing is unlimited in between
    if (smartCharging === 'yes') for (const id of forwarded) await this.#withdraw(charger, id);
  }

  /**
   * What the CSMS had set before the charger belonged to a site is a ceiling from now on. In the charger it could rule over
   * the site's profiles by its level. What cannot be taken away is tried again after the next start of the gateway.
   */
  async #withdraw(charger: ChargerFacts, id: number): Promise<void> {
    const delivery = await this.#forward(charger, 'ClearChargingProfile', { id });
    const status = delivery.kind === 'answered' ? delivery.payload['status'] : delivery.kind;
    const fields = { station: charger.identity, chargingProfileId: id };
    if (status !== 'Accepted' && status !== 'Unknown') {
      return this.#parts.log.warn('profile of the CSMS left in the charger', { ...fields, reason: status });
    }
    this.#parts.log.info('profile of the CSMS taken out of the charger', fields);
    await this.#change(charger, async (state) => {
      const forwarded = (state.forwarded ?? []).filter((other) => other !== id);
      return { state: { ...state, forwarded }, result: undefined };
    });
  }

  #noted(identity: string, noted: Promise<unknown>): void {
    noted.catch((cause: unknown) => {
      this.#parts.log.error('charging state not kept', { station: identity }, cause);
    });
  }

  // ---------------------------------------------------------------------------------------------- by us

  #answerHere(charger: ChargerFacts, action: ProfileAction, payload: Payload): Promise<Payload> {
    return this.#change(charger, async (state, now) => this.#answered(state, now, action, payload));
  }

  /**
   * What the charger cannot do is done here from now on, unless it has done it before. One change: between learning and
   * answering, the charger would be driven by a stack that lacks this profile.
   */
  #takeOver(charger: ChargerFacts, action: ProfileAction, payload: Payload, refusal: Delivery): Promise<Payload> {
    return this.#change(charger, async (state, now) => {
      if (state.capability.smartCharging === 'yes') return { state, result: confOf(refusal) };
      return this.#answered(this.#learned(state, now, 'no'), now, action, payload);
    });
  }

  #answered(state: ChargingState, charger: ChargerFacts, action: ProfileAction, payload: Payload): Changed<Payload> {
    const { store, conf } = answerAs(this.#station(charger, true), state.store, action, payload, this.#nowS());
    return { state: store === state.store ? state : { ...state, store }, result: conf };
  }

  /** Keeps what the charger has accepted. What only our own rules object to is the charger's business. */
  #shadow(charger: ChargerFacts, action: ProfileAction, payload: Payload): Promise<void> {
    return this.#change(charger, async (before, now) => {
      // Only SetChargingProfile proves it: who has no profiles may well accept to clear them.
      const state = action === 'SetChargingProfile' ? this.#learned(before, now, 'yes') : before;
      try {
        const { store } = answerAs(this.#station(now, false), state.store, action, payload, this.#nowS());
        const forwarded = store.profiles.map(({ profile }) => profile.chargingProfileId);
        return { state: { ...state, store, forwarded }, result: undefined };
      } catch (thrown) {
        if (!(thrown instanceof OcppError)) throw thrown;
        this.#parts.log.warn('profile of charger not understood', {
          station: charger.identity,
          reason: thrown.message,
        });
        return { state, result: undefined };
      }
    });
  }

  // ---------------------------------------------------------------------------------------------- by the charger

  /** OCPP 1.6 §5.7, by the charger if it can; ours where it refuses, is silent, or is not asked. */
  async #composite(charger: ChargerFacts, payload: Payload): Promise<Payload> {
    const ours = await this.#answerHere(charger, 'GetCompositeSchedule', payload);
    if (this.#settings(charger.identity).compositeSource === 'gateway') return ours;
    const delivery = await this.#forward(charger, 'GetCompositeSchedule', payload);
    if (isIncapable(delivery) && this.#mayStandIn(charger)) {
      return this.#takeOver(charger, 'GetCompositeSchedule', payload, { kind: 'answered', payload: ours });
    }
    if (delivery.kind !== 'answered' || delivery.payload['status'] !== 'Accepted') return ours;
    if (!isSameSchedule(delivery.payload, ours)) {
      this.#parts.meters.anomaly('compositeDiffers');
      this.#parts.log.warn('composite schedules differed', { station: charger.identity });
    }
    return delivery.payload;
  }

  #forward(charger: ChargerFacts, action: ProfileAction, payload: Payload): Promise<Delivery> {
    return this.#parts.line.call(charger.identity, action, payload);
  }

  #learned(state: ChargingState, { identity }: ChargerFacts, smartCharging: 'yes' | 'no'): ChargingState {
    if (state.capability.smartCharging === smartCharging) return state;
    this.#parts.log.info('smart charging learned', { station: identity, smartCharging });
    return { ...state, capability: { ...state.capability, smartCharging } };
  }

  #mayStandIn(charger: ChargerFacts): boolean {
    return this.#settings(charger.identity).smartCharging === 'auto';
  }

  // ---------------------------------------------------------------------------------------------- both

  #keepsProfiles(charger: ChargerFacts): Promise<boolean> {
    return this.#change(charger, async (state, now) => ({
      state,
      result: this.#parts.sites.manages(now.identity) || this.#standsInFor(now, state),
    }));
  }

  #standsInFor(charger: ChargerFacts, { capability }: ChargingState): boolean {
    switch (this.#settings(charger.identity).smartCharging) {
      case 'gateway':
        return true;
      case 'charger':
        return false;
      case 'auto':
        return capability.smartCharging === 'no' || isOldWire(charger);
    }
  }

  /**
   * One change of what is remembered, on top of what has become of the transactions meanwhile: `charger` may be of before
   * a call that took its time, so it is looked at again once it is this change's turn.
   */
  async #change<T>(charger: ChargerFacts, change: Change<T>): Promise<T> {
    return this.#books.work(charger.identity, async (before) => {
      const now = (await this.#parts.line.facts(charger.identity)) ?? charger;
      const station = this.#station(now, true);
      const { state, result } = await change(upToDate(before, now, station), now);
      this.#parts.sites.facts(now, state.store, this.#keeperOf(now, state, station));
      return { state, result };
    });
  }

  /** Who holds the charger to its profiles; a driver is told of them. Undefined: nobody can. */
  #keeperOf(charger: ChargerFacts, state: ChargingState, station: Station): Keeper | undefined {
    if (this.#standsInFor(charger, state)) {
      return this.#driving.update(charger, station, state.store, state) ? 'driver' : undefined;
    }
    this.#driving.release(charger.identity);
    return 'charger';
  }

  #station(charger: ChargerFacts, bounded: boolean): Station {
    return stationOf(
      this.#settings(charger.identity),
      charger.connectors,
      bounded,
      this.#parts.sites.limits(charger.identity),
    );
  }

  #settings(identity: string): ChargingSettings {
    return this.#parts.settings(identity);
  }

  #nowS(): number {
    return Math.floor(this.#parts.clock.now() / 1000);
  }
}

type Change<T> = (state: ChargingState, charger: ChargerFacts) => Promise<Changed<T>>;

const keptAsItIs: Change<void> = async (state) => ({ state, result: undefined });

const isOldWire = ({ wire }: ChargerFacts) => wire === 'ocpp1.2-soap' || wire === 'ocpp1.5-soap';

/** The same limits at the same times; who writes startSchedule and numberPhases where is not a difference. */
function isSameSchedule(theirs: Payload, ours: Payload): boolean {
  return JSON.stringify(limitsOf(theirs)) === JSON.stringify(limitsOf(ours));
}

function limitsOf(conf: Payload): unknown {
  const schedule = conf['chargingSchedule'] as Payload | undefined;
  const periods = (schedule?.['chargingSchedulePeriod'] ?? []) as readonly Payload[];
  return [schedule?.['chargingRateUnit'], periods.map((period) => [period['startPeriod'], period['limit']])];
}
