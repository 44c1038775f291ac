import type { ProfileStore } from '../../../optimizer/profile-store.ts';
import type { PlanResult, PlannedProfile } from '../../../optimizer/plan-result.ts';
import type { ExternalLimit, PerPhase, PriceStep, Scenario } from '../../../optimizer/site.ts';
import type { ChargerFacts } from '../../gateway/charging-port.ts';
import type { Payload } from '../../gateway/ports.ts';
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
  /** Throws OcppError with a sentence that says what is wrong when the connector is not of this site or a value is none. */
  target(target: SessionTarget, atS: number): News;
  /** What the chargers are allowed from now on: what a car takes is measured against it. Until then nothing is learned of cars. */
  planned(plan: PlanResult): void;
  /** All that a plan depends on, at this moment. */
  scenario(atS: number): { readonly scenario: Scenario; readonly alarms: readonly Alarm[] };
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

/** What is remembered of a site; saved as a whole. */
export type SiteState = {
  readonly memory: SiteMemory;
  /** The last plan and when it was made. */
  readonly plan: { readonly result: PlanResult; readonly atS: number } | undefined;
  /** The gateway's own profiles that lie in the chargers, as far as they were accepted. */
  readonly installed: readonly PlannedProfile[];
};

/** Where that is kept; on disk when a promise resolves. Rejects with StoreUnavailable. */
export interface SiteStore {
  siteState(site: string): Promise<SiteState | undefined>;
  saveSiteState(site: string, state: SiteState): Promise<void>;
}

export type SiteStatus = {
  readonly id: string;
  readonly plan: { readonly result: PlanResult; readonly atS: number } | undefined;
  readonly alarms: readonly Alarm[];
  /** Measured current of each phase, all connectors added. */
  readonly measuredA: PerPhase<number>;
  readonly installed: readonly PlannedProfile[];
};

/** The door of the site optimizer: for signals, tariffs, the operator, and files that changed. */
export interface SitesDoor {
  /** Sites by their ids, in the order of the config. */
  sites(): readonly string[];
  status(site: string): SiteStatus | undefined;
  /** Throws OcppError for a site that is not there, or a signal that is none. */
  signal(site: string, signal: Signal): void;
  target(site: string, target: SessionTarget): void;
  /** Takes other settings from now on; sites that are gone are planned no more, new ones are. Plans anew where something changed. */
  configure(settings: readonly SiteSettings[]): void;
}
