import type { ChargingProfile } from '../../../optimizer/charging-profile.ts';
import type { InstalledProfile, ProfileStore } from '../../../optimizer/profile-store.ts';
import type { Limitation } from '../../../optimizer/limited-by.ts';
import type { PlanResult, PlannedProfile } from '../../../optimizer/plan-result.ts';
import type {
  ExternalLimit,
  Objective,
  PerPhase,
  PriceStep,
  Scenario,
  SiteConnector,
} from '../../../optimizer/site.ts';
import type { Effect } from '../../../optimizer/stack-effect.ts';
import type { ChargerFacts, ProfileAction } from '../../gateway/charging-port.ts';
import type { Delivery, Payload } from '../../gateway/ports.ts';
import type { SiteSettings } from './settings.ts';

/** What comes from outside about a site; steps ascend, the last one holds. Times in seconds since the epoch. */
export type Signal =
  | {
      readonly kind: 'load';
      readonly steps: readonly { readonly fromS: number; readonly currentA: PerPhase<number> }[];
    }
  | { readonly kind: 'pv'; readonly steps: readonly { readonly fromS: number; readonly kw: number }[] }
  | { readonly kind: 'external'; readonly steps: readonly ExternalLimit[] }
  | { readonly kind: 'prices'; readonly steps: readonly PriceStep[] }
  | { readonly kind: 'co2'; readonly steps: readonly { readonly fromS: number; readonly gPerKwh: number }[] };

/** What somebody said of the session on a connector, all of it, until it ends; said before a car is there, of the next one. */
export type SessionTarget = {
  readonly chargePoint: string;
  readonly connector: number;
  readonly departureS?: number;
  readonly energyKwh?: number;
  readonly maxCurrentA?: number;
  readonly phases?: 1 | 2 | 3;
  readonly priority?: number;
};

/** What a message of a charger means for the plan. */
export type News = 'nothing' | 'session' | 'drift';

/** A signal that is too old, a charger that does not obey, a load above the limit: what a person should see. */
export type Alarm = { readonly kind: string; readonly about: string; readonly message: string };

/** What a site knows: sessions, measurements, signals. No timer, no socket; every time is an argument, in seconds. */
export interface SiteInputs {
  /** Other settings from now on. What was known of connectors that stay is kept; of new ones the facts are to be told. */
  configure(settings: SiteSettings): void;
  /** Transactions and connectors of a charger of the site, as they are now, and the profiles that the CSMS has sent to it. */
  facts(charger: ChargerFacts, ceilings: ProfileStore, atS: number): News;
  /**
   * StatusNotification, MeterValues, StartTransaction, StopTransaction, DataTransfer to the gateway, as the charger sent
   * them, in house language. Throws OcppError for a DataTransfer that is no target of a session, and for nothing else.
   */
  heard(chargePoint: string, action: string, payload: Payload, atS: number): News;
  signal(signal: Signal, atS: number): News;
  /** The ChargePointMaxProfiles of the site as a whole, set by the CSMS (OCPP 1.6 §3.12.4). */
  readonly ceiling: ProfileStore;
  /** Other ones hold from now on, beside the limits from outside: the lower of both. */
  limit(ceiling: ProfileStore): void;
  /** Throws OcppError with a sentence that says what is wrong when the connector is not of this site or a value is none. */
  target(target: SessionTarget, atS: number): News;
  /** What the chargers are allowed from now on: what a car takes is measured against it. Until then nothing is learned of cars. */
  planned(plan: PlanResult): void;
  /**
   * All that a plan depends on, at this moment. What flows beyond the plan counts as load, except on connectors for which
   * room is kept anyway.
   */
  scenario(
    atS: number,
    isReserved?: (connector: SiteConnector) => boolean,
  ): { readonly scenario: Scenario; readonly alarms: readonly Alarm[] };
  /** When the oldest signal or a departure makes a new plan due without any news; undefined: never. */
  nextChangeS(atS: number): number | undefined;
  /** Measured current of each phase at a connector, amperes; undefined while nothing (recent) was measured. */
  measuredA(chargePoint: string, connector: number, atS: number): PerPhase<number> | undefined;
  /** What must survive a restart. */
  memory(): SiteMemory;
}

/** Plain JSON. */
export type SiteMemory = {
  /** Hours of the last stays of each driver, newest last, by idTag in lower case. */
  readonly stays: Readonly<Record<string, readonly number[]>>;
  /** What was said of sessions through the API, by `chargePoint/connector`. */
  readonly targets: Readonly<Record<string, SessionTarget>>;
  /** What chargers said of them themselves (DataTransfer), likewise. */
  readonly chargerTargets: Readonly<Record<string, SessionTarget>>;
  /** What running sessions have got, likewise. */
  readonly energies: Readonly<Record<string, SessionEnergy>>;
  /** Signals and when they came. */
  readonly signals: readonly { readonly signal: Signal; readonly atS: number }[];
  /** ChargePointMaxProfiles of the whole site; absent: none were ever set. */
  readonly ceiling?: readonly InstalledProfile[];
};

/** A session is told by its beginning, `sinceS`. */
export type SessionEnergy = {
  readonly sinceS: number;
  /** When its car came, and what it got in sessions before this one: a visit may have several. */
  readonly arrivedS: number;
  readonly earlierWh: number;
  /** The register at the beginning; absent while none was seen. */
  readonly startWh?: number;
  readonly servedWh: number;
};

/** The last plan of a site and when it was made. */
export type MadePlan = { readonly result: PlanResult; readonly atS: number };

/** What may lie in a connector under one id of the gateway's own profiles. */
export type Lying = {
  readonly chargePoint: string;
  readonly connectorId: number;
  readonly chargingProfileId: number;
  /** What it may be, told last the last one; null: nothing. One entry once the charger has answered. */
  readonly either: readonly (ChargingProfile | null)[];
  /** It must be told again even if it is the right one: the charger may have lost it. */
  readonly unsure: boolean;
  readonly keeper: Keeper;
};

/** Who keeps a connector to its profiles: the charger itself, or the gateway by the means of its model. */
export type Keeper = 'charger' | 'driver';

/** What is remembered of a site. */
export type SiteState = {
  readonly memory: SiteMemory | undefined;
  readonly plan: MadePlan | undefined;
  /** Written before a message leaves and after its answer: what a crash interrupts is told again. */
  readonly lying: readonly Lying[];
};

/** Where that is kept; on disk when a promise resolves. Rejects with StoreUnavailable. */
export interface SiteStore {
  /** Undefined: nothing was ever saved of it. */
  siteState(site: string): Promise<SiteState | undefined>;
  /** Replaces the parts that are given. */
  saveSiteState(site: string, change: Partial<SiteState>): Promise<void>;
}

/** What is counted of sites (names in `operator/meters.ts`). */
export interface SiteMeters {
  /** `status` is the plan's, or `failed`. */
  planned(engine: string, status: string, seconds: number): void;
  profileSent(outcome: 'accepted' | 'refused' | 'unreachable' | 'notSupported'): void;
  disobeyed(): void;
}

export type SiteStatus = {
  readonly id: string;
  readonly plan: MadePlan | undefined;
  readonly alarms: readonly Alarm[];
  /** Measured current of each phase, all connectors added. */
  readonly measuredA: PerPhase<number>;
  /** What a kWh costs now, in the site's currency; absent while no price is known. */
  readonly pricePerKwh?: number | undefined;
  /** The gateway's own profiles that lie in the chargers for certain. */
  readonly installed: readonly PlannedProfile[];
};

/** What a kWh costs, and what the roots allow on L1, L2, L3 together; steps ascend, the last one holds. */
export type SiteOutlook = {
  readonly prices: readonly PriceStep[];
  readonly limits: readonly { readonly fromS: number; readonly currentA: PerPhase<number> }[];
};

/** What might be otherwise; what is absent stays as it is. */
export type SiteChange = {
  /** Of each root of the tree, A per phase. */
  readonly limitA?: number;
  /** Of a connector without a car: of one that comes now. */
  readonly sessions?: readonly SessionTarget[];
  readonly prices?: readonly PriceStep[];
  readonly co2WeightPerKg?: number;
} & Partial<Pick<Objective, 'unmetPerKwh' | 'urgencyPerKwhHour' | 'peakPolicy' | 'fairness'>>;

export type Trial =
  | { readonly kind: 'planned'; readonly present: PlanResult; readonly changed: PlanResult }
  /** Another one is under way. */
  | { readonly kind: 'busy' }
  /** The site was not planned since the gateway started. */
  | { readonly kind: 'unplanned' };

/** The door of the site optimizer: for signals, tariffs, the operator, and files that changed. */
export interface SitesDoor {
  /** Sites by their ids, in the order of the config. */
  sites(): readonly string[];
  status(site: string): SiteStatus | undefined;
  /** The site that a charger belongs to; identities match without case. */
  siteOf(identity: string): string | undefined;
  /** Throws OcppError for a site that is not there, or a signal that is none. */
  signal(site: string, signal: Signal): void;
  /** From now to the horizon; undefined for a site that is not there, or not open yet. */
  outlook(site: string): SiteOutlook | undefined;
  /** Plans a site as it is and as it would be, and applies nothing. Rejects with OcppError for a change that is none. */
  tryOut(site: string, change: SiteChange): Promise<Trial>;
  target(site: string, target: SessionTarget): void;
  /**
   * Answers for a site as one charge point, as its Local Controller does; what was accepted is on disk. Throws OcppError.
   */
  answer(site: string, action: ProfileAction, payload: Payload): Promise<Payload>;
  /** Takes other settings from now on; sites that are gone are planned no more, new ones are. Plans anew where something changed. */
  configure(settings: readonly SiteSettings[]): void;
}

/** What the sites ask of the desk, which knows the chargers. */
export interface SiteHands {
  /** One call to a charger, in line with those of the CSMS. Never rejects. */
  call(identity: string, action: string, payload: Payload): Promise<Delivery>;
  /** A charger has answered a profile of the gateway. */
  learned(identity: string, smartCharging: 'yes' | 'no'): void;
  /** Asks for `facts` of a charger again, and for its driver to look at `limits`. */
  look(identity: string): void;
  /** As `look`; resolves when its driver holds it to them. Never rejects; of a charger that does not follow, never. */
  held(identity: string): Promise<void>;
}

/** What a site knows of why a connector may draw what it may, at one moment; A per phase. */
export type SiteRule = {
  readonly site: string;
  /** From outside, for the whole site. */
  readonly external: ExternalLimit | undefined;
  /** What the connector shares with others, from the root down. */
  readonly nodes: readonly NodeRule[];
  /** In the present slot of the last plan; undefined where that has no such car, or does not reach so far. */
  readonly plannedA: number | undefined;
  /** Why its car does not get all its energy, by that plan. */
  readonly limitedBy: readonly Limitation[];
  /** The gateway's own profiles that it was told last, and what they come to now; undefined: none. */
  readonly told: readonly PlannedProfile[];
  readonly toldA: number | undefined;
  /** The most that its car takes; undefined without one. */
  readonly carA: number | undefined;
};

/** A limit that several connectors share, on the phase of this one where least is left. */
export type NodeRule = {
  readonly id: string;
  readonly isRoot: boolean;
  readonly limitA: number;
  /** By the plan, load that nobody controls included; undefined without one. */
  readonly usedA: number | undefined;
  readonly isFull: boolean;
  /** The limit is lower than its own: somebody outside commands it. */
  readonly isCommanded: boolean;
};

/** What the desk asks of the sites. Nothing here waits or throws. */
export interface SiteControl {
  serve(hands: SiteHands): void;
  /** True if a connector of this charger belongs to a site: its CSMS's profiles are ceilings, kept by the gateway. */
  manages(identity: string): boolean;
  /** `keeper` undefined: nobody can hold this charger to anything. */
  facts(charger: ChargerFacts, ceilings: ProfileStore, keeper: Keeper | undefined): void;
  heard(identity: string, action: string, payload: Payload): void;
  /** DataTransfer.conf for a session target of the charger itself. */
  transfer(identity: string, payload: Payload): Payload;
  /** What the gateway's own profiles allow each connector of the site, from now on. */
  limits(identity: string): ReadonlyMap<number, Effect>;
  /** The same at this moment, A; connectors without any profile are left out. Cheap: asked for whole lists of chargers. */
  toldNow(identity: string): ReadonlyMap<number, number>;
  /** Why each connector of the site may draw what it may now. */
  rules(identity: string): ReadonlyMap<number, SiteRule>;
  /** Plans no more; what lies in the chargers is left to its lease. */
  stop(): void;
}
