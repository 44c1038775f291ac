import { limitAt } from '../../../../optimizer/composite.ts';
import { planWith } from '../../../../optimizer/plan.ts';
import type { ProfileStore } from '../../../../optimizer/profile-store.ts';
import {
  clearProfiles,
  emptyStore,
  setProfile,
  startTransaction,
  stopTransaction,
} from '../../../../optimizer/profiles.ts';
import type { Scenario } from '../../../../optimizer/site.ts';
import { enginesWithoutWasm } from '../../../../optimizer/solver.ts';
import { stacksOf } from '../../../../optimizer/stacks.ts';
import { constantLimit, type Station } from '../../../../optimizer/station.ts';
import { type Driving, openDesk, type Remember } from '../../../../src/charging/desk.ts';
import { createDriver } from '../../../../src/charging/driver.ts';
import type { ChargerModel } from '../../../../src/charging/models.ts';
import type { ChargingState, ChargingStore } from '../../../../src/charging/ports.ts';
import type { Planning } from '../../../../src/charging/site/asked-plan.ts';
import { createSiteInputs } from '../../../../src/charging/site/inputs.ts';
import type { SiteControl, SitesDoor, SiteState, SiteStore } from '../../../../src/charging/site/ports.ts';
import type { SiteSettings } from '../../../../src/charging/site/settings.ts';
import { openSites } from '../../../../src/charging/site/sites.ts';
import type {
  ChargerFacts,
  ChargerLine,
  ChargingDoor,
  OpenTransaction,
} from '../../../../src/gateway/charging-port.ts';
import type { Delivery, Log, Payload } from '../../../../src/gateway/ports.ts';
import { settingsOf } from '../../../support/site-settings.ts';
import { atRest, VirtualClock } from '../../../support/virtual-clock.ts';

/**
 * What becomes of a call: done and answered, refused, lost on the way there or on the way back, or answered only when the
 * stage says so.
 */
export type Fate = 'done' | 'rejected' | 'unheard' | 'unanswered' | 'notSupported' | 'late';

export type Call = { readonly identity: string; readonly action: string; readonly payload: Payload };

/** A charger that keeps profiles as OCPP 1.6 says, and what it was told. */
export class ProfileCharger {
  readonly identity: string;
  fate: (action: string, payload: Payload) => Fate = () => 'done';
  store: ProfileStore = emptyStore;
  /** Its configuration. */
  readonly keys = new Map<string, string>();
  boot: Payload = { chargePointVendor: 'Maker', chargePointModel: 'One' };
  transactions: readonly OpenTransaction[] = [];
  readonly #station: Station;
  readonly #late: (() => void)[] = [];

  constructor(identity: string, maxCurrentA = 32) {
    this.identity = identity;
    this.#station = {
      localLimits: [constantLimit('A', maxCurrentA)],
      nominalVoltageV: 230,
      hasSmartCharging: true,
      allowedUnits: ['A', 'W'],
    };
  }

  get facts(): ChargerFacts {
    const { identity, boot, transactions } = this;
    return { identity, wire: 'ocpp1.6-soap', connectors: 1, boot, transactions, statuses: {} };
  }

  /** What its connector may draw, amperes. */
  allowsA(atS: number): number {
    return limitAt(stacksOf(this.#station, this.store), 1, atS, 'A').limit;
  }

  begin(transactionId: number, startedAtMs: number): void {
    this.transactions = [{ connectorId: 1, transactionId, idTag: 'TAG', startedAtMs }];
    const running = { connectorId: 1, transactionId, startedAtS: Math.floor(startedAtMs / 1000) };
    this.store = startTransaction(this.#station, this.store, running);
  }

  end(): void {
    this.transactions = [];
    this.store = stopTransaction(this.store, 1);
  }

  async take(action: string, payload: Payload, atS: number): Promise<Delivery> {
    switch (this.fate(action, payload)) {
      case 'done':
        return { kind: 'answered', payload: this.#do(action, payload, atS) };
      case 'rejected':
        return { kind: 'answered', payload: { status: 'Rejected' } };
      case 'notSupported':
        return { kind: 'refused', code: 'NotSupported', description: 'no', details: {} };
      case 'unheard':
        return { kind: 'unreachable', reason: 'no route', sent: false };
      case 'unanswered':
        this.#do(action, payload, atS);
        return { kind: 'unreachable', reason: 'no answer in time', sent: true };
      case 'late':
        await new Promise<void>((resolve) => this.#late.push(resolve));
        return { kind: 'answered', payload: this.#do(action, payload, atS) };
    }
  }

  /** As some chargers do when they boot. */
  forgetLive(): void {
    const profiles = this.store.profiles.filter(({ profile }) => profile.chargingProfilePurpose !== 'TxProfile');
    this.store = { ...this.store, profiles };
  }

  /** What it kept waiting is done now. */
  catchUp(): void {
    for (const resolve of this.#late.splice(0)) resolve();
  }

  #do(action: string, payload: Payload, atS: number): Payload {
    if (action === 'ChangeConfiguration') {
      this.keys.set(String(payload['key']), String(payload['value']));
      return { status: 'Accepted' };
    }
    if (action === 'GetConfiguration') {
      return { configurationKey: [...this.keys].map(([key, value]) => ({ key, readonly: false, value })) };
    }
    if (action === 'ClearChargingProfile') {
      const outcome = clearProfiles(this.#station, this.store, payload);
      if (outcome.kind === 'cleared') this.store = outcome.store;
      return { status: outcome.kind === 'cleared' ? 'Accepted' : 'Unknown' };
    }
    const outcome = setProfile(this.#station, this.store, payload, atS);
    if (outcome.kind === 'accepted') this.store = outcome.store;
    return { status: outcome.kind === 'accepted' ? 'Accepted' : 'Rejected' };
  }
}

export class KeptSites implements SiteStore, ChargingStore {
  readonly saves: string[] = [];
  isFull = false;
  readonly #sites = new Map<string, SiteState>();
  readonly #chargers = new Map<string, string>();

  async siteState(site: string): Promise<SiteState | undefined> {
    return this.#sites.get(site);
  }

  async saveSiteState(site: string, change: Partial<SiteState>): Promise<void> {
    if (this.isFull) throw new Error('the disk is full');
    const before = this.#sites.get(site) ?? { memory: undefined, plan: undefined, lying: [] };
    // plain JSON, as on disk
    this.#sites.set(site, { ...before, ...(JSON.parse(JSON.stringify(change)) as Partial<SiteState>) });
    this.saves.push(Object.keys(change).join());
  }

  async chargingState(station: string): Promise<ChargingState | undefined> {
    const kept = this.#chargers.get(station);
    return kept === undefined ? undefined : (JSON.parse(kept) as ChargingState);
  }

  async saveChargingState(station: string, state: ChargingState): Promise<void> {
    this.#chargers.set(station, JSON.stringify(state));
  }
}

type Options = {
  readonly site?: Readonly<Record<string, unknown>>;
  readonly chargers?: readonly ProfileCharger[];
  readonly clock?: VirtualClock;
  readonly kept?: KeptSites;
  /** How chargers without smart charging are driven; default: not at all. */
  readonly models?: readonly ChargerModel[];
  readonly replan?: Partial<SiteSettings['replan']>;
  readonly smartCharging?: 'auto' | 'charger' | 'gateway';
  readonly plan?: Planning['plan'];
  /** Called when a charger has done what it was told, or not. */
  readonly told?: () => void;
};

/** A managed site with its desk, chargers that keep profiles, and time that moves when told. */
export class Stage {
  readonly clock: VirtualClock;
  readonly kept: KeptSites;
  readonly chargers: readonly ProfileCharger[];
  readonly calls: Call[] = [];
  readonly logged: { readonly event: string; readonly fields: Payload }[] = [];
  readonly counted: string[] = [];
  /** Every scenario that was planned. */
  readonly asked: Scenario[] = [];
  readonly sites: SitesDoor & SiteControl;
  readonly desk: ChargingDoor;
  readonly settings: SiteSettings;

  constructor(options: Options = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.kept = options.kept ?? new KeptSites();
    this.chargers = options.chargers ?? [new ProfileCharger('CP-A'), new ProfileCharger('CP-B')];
    this.settings = settingsOf({ ...this.#site(), ...options.site }, options.replan);
    const log = this.#log();
    const plan = options.plan ?? (async (scenario: Scenario) => planWith(enginesWithoutWasm, scenario));
    this.sites = openSites({
      store: this.kept,
      inputs: createSiteInputs,
      planning: {
        plan: (scenario, hear) => {
          this.asked.push(scenario);
          return plan(scenario, hear);
        },
      },
      trial: async ([one, other]) => [await plan(one), await plan(other)],
      clock: this.clock,
      log,
      meters: {
        planned: (engine, status) => this.counted.push(`planned ${engine} ${status}`),
        profileSent: (outcome) => this.counted.push(`sent ${outcome}`),
        disobeyed: () => this.counted.push('disobeyed'),
      },
      chance: () => 1,
    });
    const line = this.#line(options.told ?? (() => undefined));
    this.desk = openDesk({
      store: this.kept,
      sites: this.sites,
      line,
      driving: (remember) => this.#driving(options.models ?? [], line, remember, log),
      settings: () => ({
        smartCharging: options.smartCharging ?? 'auto',
        compositeSource: 'charger',
        maxCurrentA: 32,
        phases: 3,
        voltageV: 230,
      }),
      clock: this.clock,
      log,
      meters: { anomaly: (kind) => this.counted.push(`anomaly ${kind}`) },
    });
  }

  get nowS(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** The sites are configured and every charger is told of, as after a start of the gateway. */
  async start(): Promise<this> {
    this.sites.configure([this.settings]);
    await atRest();
    for (const charger of this.chargers) this.desk.changed(charger.facts);
    await this.clock.advance(1_000);
    return this;
  }

  charger(identity: string): ProfileCharger {
    const found = this.chargers.find((one) => one.identity === identity);
    if (found === undefined) throw new Error(`no charger ${identity}`);
    return found;
  }

  /** A car plugs in and charges; the gateway is told. */
  begin(identity: string, transactionId: number): void {
    this.charger(identity).begin(transactionId, this.clock.now());
    this.desk.changed(this.charger(identity).facts);
    this.desk.heard(identity, 'StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
  }

  hasCar(identity: string): boolean {
    return this.charger(identity).transactions.length > 0;
  }

  end(identity: string): void {
    this.charger(identity).end();
    this.desk.changed(this.charger(identity).facts);
  }

  /** MeterValues with a current on each phase. */
  meters(identity: string, currentA: number): void {
    const sampledValue = ['L1', 'L2', 'L3'].map((phase) => ({
      value: String(currentA),
      measurand: 'Current.Import',
      unit: 'A',
      phase,
    }));
    const timestamp = new Date(this.clock.now()).toISOString();
    const [running] = this.charger(identity).transactions;
    const transactionId = running?.transactionId;
    this.desk.heard(identity, 'MeterValues', {
      connectorId: 1,
      transactionId,
      meterValue: [{ timestamp, sampledValue }],
    });
  }

  /** What the charger's connector may draw now, amperes. */
  allowsA(identity: string): number {
    return this.charger(identity).allowsA(this.nowS);
  }

  /** Of all connectors on which a car is. */
  get loadA(): number {
    return this.chargers
      .filter(({ transactions }) => transactions.length > 0)
      .reduce((sum, { identity }) => sum + this.allowsA(identity), 0);
  }

  /** Who was told what since the last look. */
  taken(): readonly string[] {
    return this.calls.splice(0).map(({ identity, action, payload }) => {
      const profile = payload['csChargingProfiles'] as Payload | undefined;
      return `${identity} ${action.replace('ChargingProfile', '')} ${String(profile?.['chargingProfilePurpose'] ?? payload['id'])}`;
    });
  }

  /** Chargers that the site's fuse keeps below what they could draw. */
  #site(): Readonly<Record<string, unknown>> {
    return {
      id: 'yard',
      horizonHours: 4,
      tree: [{ id: 'main', maxCurrentA: 30 }],
      connectors: this.chargers.map(({ identity }) => ({ chargePoint: identity, maxCurrentA: 32 })),
      defaults: { session: { energyKwh: 60, maxCurrentA: 32 } },
      engine: { kind: 'share' },
      objective: { startCost: 0, smoothingPct: 0 },
      output: { leaseS: 1800 },
    };
  }

  #driving(models: readonly ChargerModel[], line: ChargerLine, remember: Remember, log: Log): Driving {
    return createDriver({
      models: () => models,
      settings: () => ({ driveBy: 'model', model: undefined, restCurrentA: undefined }),
      line,
      clock: this.clock,
      log,
      meters: { anomaly: (kind) => this.counted.push(`anomaly ${kind}`) },
      remember,
      chance: () => 1,
    });
  }

  #line(told: () => void): ChargerLine {
    return {
      call: async (identity, action, payload) => {
        this.calls.push({ identity, action, payload });
        const delivery = await this.charger(identity).take(action, payload, this.nowS);
        told();
        return delivery;
      },
      facts: async (identity) => this.chargers.find((one) => one.identity === identity)?.facts,
      chargers: async () => this.chargers.map(({ facts }) => facts),
    };
  }

  #log(): Log {
    const note = (event: string, fields: Payload = {}) => {
      this.logged.push({ event, fields });
    };
    return { debug: note, info: note, warn: note, error: (event, fields, cause) => note(event, { ...fields, cause }) };
  }
}
