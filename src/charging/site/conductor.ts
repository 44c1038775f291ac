import { profileLimits } from '../../../optimizer/external-limits.ts';
import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import type { PlannedProfile, PlanResult } from '../../../optimizer/plan-result.ts';
import type { Scenario, Site, SiteConnector } from '../../../optimizer/site.ts';
import type { Effect } from '../../../optimizer/stack-effect.ts';
import { isStillSafe } from '../../../optimizer/still-safe.ts';
import type { ChargerFacts, ProfileAction } from '../../gateway/charging-port.ts';
import type { Clock, Log, Payload } from '../../gateway/ports.ts';
import { OcppError } from '../../ocpp/errors.ts';
import { planAround } from './around.ts';
import { askedPlan, type Planning } from './asked-plan.ts';
import { connectorAt } from './connectors.ts';
import { Crew } from './crew.ts';
import { Dispatch } from './dispatch.ts';
import type {
  Alarm,
  Keeper,
  News,
  SessionTarget,
  Signal,
  SiteHands,
  SiteInputs,
  SiteMeters,
  SiteStatus,
} from './ports.ts';
import type { Glance, Situation } from './glance.ts';
import { measuredNow } from './measured-now.ts';
import { priceNow } from './outlook.ts';
import type { SiteRecord } from './record.ts';
import type { SiteSettings } from './settings.ts';
import { SafeReserve, withShares } from './shares.ts';
import { answerCeiling, compositeOfSite, longestCompositeS } from './whole-site.ts';

/*
 * One site: when it is planned, and what becomes of the plan.
 *
 * resting: the next plan is due at the border of the next slot, after `everyS`, at half a lease, when a signal ages or a
 *   car leaves (`nextChangeS`), and when a charger that was left alone may be asked again. News makes it due at once, but
 *   never sooner than `minIntervalS` after the last one began. The first one leaves a moment for the chargers'
 *   transactions to be told. Other settings are not kept waiting.
 * working: the planner is asked (in its own thread), then the chargers are told (dispatch.ts). News in the meantime make
 *   the next plan due when this one is through; there are never two at once. A charger that did not take its part is news:
 *   the site is planned around it.
 * working, and the best plan is late: if the plan that stands exceeds a limit, or a car waits for its first one, the
 *   chargers are told the planner's early plan. A better one that comes then rests until `minIntervalS` after that, and is
 *   told if nothing has happened. Else it is void, and the next best plan is waited for, unless a limit is exceeded: so
 *   cars that keep coming do not leave a site with early plans alone.
 * stopped: nothing is planned any more; what lies in the chargers ends by its lease.
 *
 * A planner that fails leaves everything as it is; it is asked again when the next plan is due.
 */

/** A plan, and the site without the connectors that it goes around. */
type Made = { readonly result: PlanResult; readonly site: Site };

export type ConductorParts = {
  readonly settings: SiteSettings;
  readonly inputs: SiteInputs;
  readonly record: SiteRecord;
  readonly planning: Planning;
  readonly hands: () => SiteHands;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: SiteMeters;
  /** In [0, 1): what retries leave to chance. */
  readonly chance: () => number;
};

/** How long the chargers' transactions may take to be told after the start. */
const gatherMs = 1_000;
/** Timers know no wall clock: when that is set, a plan is at most this late. */
const longestSleepMs = 600_000;

export class Conductor {
  readonly #parts: ConductorParts;
  readonly #crew: Crew;
  readonly #dispatch: Dispatch;
  readonly #reserve = new SafeReserve();
  #settings: SiteSettings;
  #phase: 'resting' | 'working' | 'stopped' = 'resting';
  #hasNews = true;
  #isUrgent = false;
  #alarms: readonly Alarm[] = [];
  #notBeforeMs: number;
  #regularS = 0;
  /** Better than the early plan that is in the chargers, and not told so soon after it. */
  #better: (Made & { readonly dueMs: number }) | undefined;
  /** News have voided one: the next plan is to be the best one. */
  #isOwed = false;
  #situation: Situation | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(parts: ConductorParts) {
    const { settings, record, clock, log, meters, hands, chance, inputs } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#crew = new Crew(record.ledger);
    this.#dispatch = new Dispatch({
      ledger: record.ledger,
      hands,
      clock,
      log,
      meters,
      chance,
      save: () => record.save(inputs.memory()),
      keeperOf: (chargePoint) => this.#crew.keeperOf(chargePoint),
      leastPauseMs: () => this.#settings.replan.minIntervalS * 1500,
      changed: () => this.#plan(),
    });
    this.#notBeforeMs = clock.elapsed() + gatherMs;
    this.#rest();
  }

  configure(settings: SiteSettings): void {
    this.#settings = settings;
    this.#parts.inputs.configure(settings);
    this.#isUrgent = true;
    this.#plan();
  }

  // ---------------------------------------------------------------------------------------------- what happens

  facts(charger: ChargerFacts, ceilings: ProfileStore, keeper: Keeper | undefined): void {
    const changes = this.#crew.facts(this.#settings.site, charger, keeper);
    if (changes.includes('handedOver')) {
      this.#dispatch.forgive(charger.identity);
      this.#plan();
    }
    // its driver still has the limit of the session that is over
    if (changes.includes('ended') && keeper === 'driver') this.#parts.hands().look(charger.identity);
    this.#hear(this.#parts.inputs.facts(charger, ceilings, this.#nowS()));
  }

  heard(chargePoint: string, action: string, payload: Payload): void {
    const { inputs, record } = this.#parts;
    const atS = this.#nowS();
    if (this.#dispatch.heard(chargePoint)) this.#plan();
    if (action === 'BootNotification') {
      record.ledger.booted(chargePoint);
      this.#dispatch.forgive(chargePoint);
      this.#plan();
      return;
    }
    this.#hear(inputs.heard(chargePoint, action, payload, atS));
    if (action === 'MeterValues') this.#measured(chargePoint, payload, atS);
  }

  signal(signal: Signal): void {
    this.#hear(this.#parts.inputs.signal(signal, this.#nowS()));
    this.#save();
  }

  target(target: SessionTarget): void {
    this.#hear(this.#parts.inputs.target(target, this.#nowS()));
    this.#save();
  }

  /** Answers for the site as one charge point. Throws OcppError. */
  async answer(action: ProfileAction, payload: Payload): Promise<Payload> {
    const { inputs, record } = this.#parts;
    const before = inputs.ceiling;
    if (action === 'GetCompositeSchedule') return this.#composite(payload);
    const { store, conf } = answerCeiling(this.#settings.site, before, action, payload, this.#nowS());
    if (store === before) return conf;
    inputs.limit(store);
    if (!(await record.save(inputs.memory()))) {
      inputs.limit(before);
      throw new OcppError('InternalError', 'it could not be kept');
    }
    this.#hear('session');
    return conf;
  }

  #composite(payload: Payload): Payload {
    const { site } = this.#settings;
    const atS = this.#nowS();
    const effects = site.connectors.map(({ chargePoint, connector }) => this.limits(chargePoint).get(connector) ?? []);
    const ceiling = profileLimits(
      this.#parts.inputs.ceiling.profiles,
      site.nominalVoltageV,
      atS,
      atS + longestCompositeS,
    );
    return compositeOfSite({ site, effects, ceiling }, payload, atS);
  }

  #hear(news: News): void {
    if (news !== 'nothing' && this.#settings.replan.onEvents) this.#plan();
  }

  #measured(chargePoint: string, payload: Payload, atS: number): void {
    const connector = payload['connectorId'];
    const { site } = this.#settings;
    if (typeof connector !== 'number') return;
    if (!this.#crew.measured(site, this.#parts.inputs, chargePoint, connector, atS)) return;
    const own = connectorAt(site, chargePoint, connector);
    const disobeys = own !== undefined && this.#crew.disobeys(own);
    if (disobeys) this.#parts.meters.disobeyed();
    this.#parts.log.warn(disobeys ? 'profile disobeyed' : 'profile obeyed again', { station: chargePoint, connector });
    this.#plan();
  }

  // ---------------------------------------------------------------------------------------------- what is so

  status(): SiteStatus {
    const { inputs, record } = this.#parts;
    const nowS = this.#nowS();
    return {
      id: this.#settings.site.id,
      plan: record.plan,
      alarms: this.#alarms,
      measuredA: measuredNow(this.#settings.site, inputs, nowS),
      pricePerKwh: priceNow(this.glance(), nowS),
      installed: record.ledger.certain(),
    };
  }

  limits(chargePoint: string): ReadonlyMap<number, Effect> {
    return this.#crew.limits(this.#settings.site, chargePoint, this.#nowS());
  }

  glance(): Glance {
    const { plan, ledger } = this.#parts.record;
    return { settings: this.#settings, plan, ledger, situation: this.#situation };
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#cancelTimer();
    this.#dispatch.stop();
    this.#parts.record.close();
  }

  // ---------------------------------------------------------------------------------------------- when to plan

  /** As soon as may be. */
  #plan(): void {
    this.#hasNews = true;
    this.#rest();
  }

  #rest(): void {
    if (this.#phase !== 'resting') return;
    this.#cancelTimer();
    const waitMs = Math.min(this.#waitMs(), longestSleepMs);
    this.#cancelTimer = this.#parts.clock.after(waitMs, () => this.#wake());
  }

  #wake(): void {
    if (this.#phase !== 'resting') return;
    if (this.#waitMs() > 0) return this.#rest();
    this.#phase = 'working';
    this.#notBeforeMs = this.#intervalEndMs();
    const better = this.#better;
    this.#better = undefined;
    const isStill = better !== undefined && !this.#hasNews && this.#regularWaitMs() > 0;
    const work = isStill ? this.#tellBest(better) : this.#replan(better !== undefined);
    work.catch((cause: unknown) => this.#notPlanned(cause)).finally(() => this.#through());
  }

  #replan(isBetterVoid: boolean): Promise<void> {
    this.#hasNews = false;
    this.#isUrgent = false;
    this.#isOwed ||= isBetterVoid;
    this.#regularS = this.#regularDueS();
    return this.#work();
  }

  #notPlanned(cause: unknown): void {
    this.#parts.log.error('site not planned', { site: this.#settings.site.id }, cause);
  }

  #intervalEndMs(): number {
    return this.#parts.clock.elapsed() + this.#settings.replan.minIntervalS * 1000;
  }

  #through(): void {
    if (this.#phase === 'stopped') return;
    this.#phase = 'resting';
    this.#rest();
  }

  #waitMs(): number {
    const nowMs = this.#parts.clock.elapsed();
    const intervalMs = this.#isUrgent ? 0 : this.#notBeforeMs - nowMs;
    if (this.#hasNews) return Math.max(0, intervalMs);
    const betterMs = (this.#better?.dueMs ?? Number.POSITIVE_INFINITY) - nowMs;
    return Math.max(0, intervalMs, Math.min(betterMs, this.#regularWaitMs()));
  }

  #regularWaitMs(): number {
    const { clock, inputs } = this.#parts;
    const dueS = Math.min(this.#regularS, inputs.nextChangeS(this.#nowS()) ?? Number.POSITIVE_INFINITY);
    return Math.min(dueS * 1000 - clock.now(), this.#dispatch.waitMs() ?? Number.POSITIVE_INFINITY);
  }

  #regularDueS(): number {
    const { site, replan } = this.#settings;
    const { leaseS = Number.POSITIVE_INFINITY } = site.output;
    const slotS = site.slotMinutes * 60;
    const nowS = this.#nowS();
    return Math.min((Math.floor(nowS / slotS) + 1) * slotS, nowS + replan.everyS, nowS + Math.floor(leaseS / 2));
  }

  // ---------------------------------------------------------------------------------------------- one plan

  async #work(): Promise<void> {
    const { inputs } = this.#parts;
    const atS = this.#nowS();
    const reserved = this.#crew.reserved(this.#settings.site, inputs, this.#dispatch, atS);
    const isReserved = (own: SiteConnector) => reserved.some(({ connector }) => connector === own);
    const { scenario, alarms } = inputs.scenario(atS, isReserved);
    const { signals } = inputs.memory();
    const reserveA = this.#reserve.of(signals, atS);
    this.#raise([...alarms, ...this.#crew.alarms(reserved, this.#dispatch)]);
    const shared = withShares(scenario, reserveA, (connector) => this.#crew.isDriven(connector));
    const connectors = scenario.site.connectors.filter((own) => !isReserved(own));
    this.#situation = { scenario: shared, reserved, signals };
    await this.#planned(planAround(shared, reserved), { ...scenario.site, connectors });
  }

  async #planned(scenario: Scenario, site: Site): Promise<void> {
    if (!this.#needsEarly(scenario)) return this.#tellBest({ site, result: await this.#ask(scenario) });
    let early: (Made & { readonly dueMs: number; readonly told: Promise<void> }) | undefined;
    const hear = (result: PlanResult) => {
      this.#parts.log.info('site planned early', { site: site.id, engine: result.engine });
      const told = this.#tell({ site, result }).catch((cause: unknown) => this.#notPlanned(cause));
      early = { site, result, dueMs: this.#intervalEndMs(), told };
    };
    try {
      const result = await this.#ask(scenario, hear);
      if (early === undefined) await this.#tellBest({ site, result });
      else if (early.result === result) this.#isOwed = false;
      else this.#better = { site, result, dueMs: early.dueMs };
    } finally {
      await early?.told;
    }
  }

  /** Whether chargers should not wait for the best plan: a car has none at all, or the one that stands exceeds a limit. */
  #needsEarly(scenario: Scenario): boolean {
    const { plan } = this.#parts.record;
    const waits = !this.#isOwed && this.#crew.waits(scenario.sessions);
    return waits || (plan !== undefined && !isStillSafe(scenario, plan.result));
  }

  async #tellBest(made: Made): Promise<void> {
    await this.#tell(made);
    this.#isOwed = false;
  }

  async #tell({ site, result }: Made): Promise<void> {
    const { inputs, record } = this.#parts;
    record.plan = { result, atS: this.#nowS() };
    inputs.planned(result);
    const wanted = result.profiles.filter((profile) => this.#isPossible(profile));
    if (!(await this.#dispatch.round(site, wanted, this.#nowS()))) this.#hasNews = true;
    this.#save();
  }

  /** A TxProfile names its transaction (OCPP 1.6 §5.16): there must be one, and the charger must have been told its id. */
  #isPossible({ chargePoint, connectorId, csChargingProfiles }: PlannedProfile): boolean {
    const { chargingProfilePurpose, transactionId } = csChargingProfiles;
    if (chargingProfilePurpose !== 'TxProfile') return true;
    return transactionId !== undefined && this.#crew.isRunning(chargePoint, connectorId);
  }

  #ask(scenario: Scenario, hear?: (early: PlanResult) => void): Promise<PlanResult> {
    return askedPlan(this.#parts, scenario, hear);
  }

  /** Each alarm is said once while it lasts. */
  #raise(alarms: readonly Alarm[]): void {
    const isKnown = ({ kind, about }: Alarm) => this.#alarms.some((one) => one.kind === kind && one.about === about);
    for (const alarm of alarms.filter((one) => !isKnown(one))) {
      this.#parts.log.warn('site alarm raised', { site: this.#settings.site.id, ...alarm });
    }
    this.#alarms = alarms;
  }

  #save(): void {
    // what could not be kept is logged there, and kept with the next change
    void this.#parts.record.save(this.#parts.inputs.memory());
  }

  #nowS(): number {
    return Math.floor(this.#parts.clock.now() / 1000);
  }
}
