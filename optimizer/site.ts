import type { ChargingRateUnit } from './charging-profile.ts';
import type { InstalledProfile } from './profile-store.ts';
import type { Calendar } from './stack-calendar.ts';

/** Site phases by index 0, 1, 2. */
export const phaseNames = ['L1', 'L2', 'L3'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** One value for each site phase. */
export type PerPhase<T> = readonly [T, T, T];

export const engineKinds = ['auto', 'highs', 'javascript-lp-solver', 'greedy', 'share'] as const;
export const peakPolicies = ['neverShort', 'soft', 'hard'] as const;
export const fairnessKinds = ['none', 'maxmin', 'equal-share'] as const;

export type EngineKind = (typeof engineKinds)[number];
/** `neverShort`: no car is left short to save a peak; `soft`: it may be; `hard`: contractKw is a limit as well. */
export type PeakPolicy = (typeof peakPolicies)[number];
export type Fairness = (typeof fairnessKinds)[number];

/** A fuse, cable or contract that limits everything below it, phase by phase. */
export type TreeNode = {
  readonly id: string;
  /** Absent: a root. */
  readonly parent?: string;
  readonly maxCurrentA: PerPhase<number>;
  /** Part of the current that is kept free, in percent. */
  readonly headroomPct: number;
  /** Power of all phases together that is contracted. */
  readonly contractKw?: number;
};

/** A connector and how it is wired: `phases[0]` is the site phase on its first pin. */
export type SiteConnector = {
  readonly chargePoint: string;
  readonly connector: number;
  readonly parent: string;
  readonly phases: readonly PhaseName[];
  /** Below this a car does not charge at all (IEC 61851: 6 A). */
  readonly minCurrentA: number;
  readonly maxCurrentA: number;
  readonly priority: number;
  /** What the charger takes: unit and most periods of a schedule (OCPP 1.6 §9.4). */
  readonly unit?: ChargingRateUnit;
  readonly maxPeriods?: number;
};

/** Part of a day in local time, `from` before `to` or over midnight; minutes since midnight. */
export type TariffPeriod = { readonly fromMinute: number; readonly toMinute: number; readonly perKwh: number };

/** Where import prices come from that nobody sent. */
export type ImportTariff =
  | { readonly kind: 'none' }
  | { readonly kind: 'fixed'; readonly perKwh: number }
  /** The first period that covers a minute holds. */
  | { readonly kind: 'tou'; readonly periods: readonly TariffPeriod[]; readonly otherwisePerKwh: number };

/** A price per kWh from `fromS` (seconds since the epoch) on, until the next one. */
export type PriceStep = { readonly fromS: number; readonly perKwh: number };

export type DemandCharge = {
  /** Money for each kW of the highest quarter-hour mean, in this billing period. */
  readonly perKwMonth: number;
  /** The peak that is paid already. */
  readonly billedPeakKw: number;
};

export type Objective = {
  /** Money that a kWh is worth which a car still lacks at departure. */
  readonly unmetPerKwh: number;
  readonly peakPolicy: PeakPolicy;
  /** Money per kWh for each hour that it comes later; 0: cheapest. */
  readonly urgencyPerKwhHour: number;
  readonly fairness: Fairness;
  /** One step of priority multiplies unmetPerKwh by this. */
  readonly priorityFactor: number;
  /** Money for each start of a car. */
  readonly startCost: number;
  /** Part of the cost that a plan with fewer starts may be dearer, in percent. */
  readonly smoothingPct: number;
  /** Most that a phase of the site may draw above another one, uncontrolled load included; absent: any. */
  readonly maxPhaseUnbalanceA?: number;
};

export type EngineSettings = {
  readonly kind: EngineKind;
  readonly timeLimitMs: number;
  /** Relative gap to the program's optimum at which the search for committed currents may end. */
  readonly mipGap: number;
  /** First slots in which every current is 0 or at least the minimum of its connector. */
  readonly commitSlots: number;
};

export type OutputSettings = {
  readonly unit: ChargingRateUnit;
  /** Most periods of one schedule (ChargingScheduleMaxPeriods). */
  readonly maxPeriods: number;
  /** Level of the live TxProfile. */
  readonly stackLevel: number;
  readonly offlineSafeProfile: boolean;
  /** How long a live profile holds if nobody renews it (dead man's switch), seconds; absent: to the end of the plan. */
  readonly leaseS?: number;
};

/** What an energy manager says about a site, every default filled in. */
export type Site = {
  readonly id: string;
  readonly timezone: string;
  /** Phase to neutral. */
  readonly nominalVoltageV: number;
  readonly horizonHours: number;
  readonly slotMinutes: number;
  readonly tree: readonly TreeNode[];
  readonly connectors: readonly SiteConnector[];
  readonly importTariff: ImportTariff;
  /** Money per kWh that is fed into the grid. */
  readonly feedInPerKwh: number;
  readonly demandCharge: DemandCharge;
  readonly currency: string;
  readonly pvSurplusOnly: boolean;
  readonly objective: Objective;
  readonly engine: EngineSettings;
  readonly output: OutputSettings;
  /** Absent: no calendar layer in the chargers. */
  readonly calendar?: Calendar;
};

/** A car that is or will be there; times in seconds since the epoch. */
export type Session = {
  readonly chargePoint: string;
  readonly connector: number;
  /** When it was plugged in: the start of charging for relative profiles. */
  readonly sinceS: number;
  /** When a car that is not there yet comes; sinceS for one that is there. */
  readonly arrivalS: number;
  readonly departureS: number;
  /** Of the whole session. */
  readonly energyKwh: number;
  readonly energyServedKwh: number;
  readonly maxCurrentA: number;
  readonly phases: 1 | 2 | 3;
  readonly priority: number;
  /** It draws current now: going on is no start. */
  readonly isCharging?: boolean;
  /** The id that its charge point knows the running transaction by. */
  readonly transactionId?: number;
};

/**
 * A limit that a DSO or an energy management system sets on the roots of the tree, until the next one: a current on
 * each phase, a power of all phases, both, or none any more.
 */
export type ExternalLimit = { readonly fromS: number; readonly currentA?: PerPhase<number>; readonly kw?: number };

/** A profile that the CSMS sent to a charge point. */
export type CeilingProfile = InstalledProfile & { readonly chargePoint: string };

/** All that a plan depends on. */
export type Scenario = {
  readonly site: Site;
  /** Tenths of an ampere that each connector is left with when nobody speaks; absent: as the tree allows them. */
  readonly shares?: readonly number[];
  readonly nowS: number;
  readonly sessions: readonly Session[];
  readonly profiles: readonly CeilingProfile[];
  /** Ascending; the last one holds. */
  readonly prices: readonly PriceStep[];
  /** Uncontrolled load at the roots of the tree. */
  readonly load: readonly { readonly fromS: number; readonly currentA: PerPhase<number> }[];
  readonly pv: readonly { readonly fromS: number; readonly kw: number }[];
  readonly external: readonly ExternalLimit[];
  /** Grams of CO2 per kWh, times the weight: added to the price when planning, never to the money. */
  readonly co2: readonly { readonly fromS: number; readonly moneyPerKwh: number }[];
};
