import type { Calendar } from '../../../optimizer/stack-calendar.ts';
import type { SessionDefaults } from '../../../optimizer/scenario-site.ts';
import type { Site } from '../../../optimizer/site.ts';

/** What an energy manager has said about one site, every default filled in. */
export type SiteSettings = {
  readonly site: Site;
  /** What a session has that says nothing itself. */
  readonly sessionDefaults: SessionDefaults;
  /** What is known of drivers, by idTag in lower case. */
  readonly drivers: ReadonlyMap<string, DriverTarget>;
  /** The median stay of a driver's last sessions stands in for `stayHours` once there are enough of them. */
  readonly learnStays: boolean;
  readonly co2WeightPerKg: number;
  readonly replan: ReplanSettings;
  /** How long a live profile holds if nobody renews it (dead man's switch), seconds. */
  readonly leaseS: number;
  /** Hours in which chargers that hear nobody wait; undefined: no calendar layer. */
  readonly calendar: Calendar | undefined;
  readonly load: SignalRule;
  readonly pv: SignalRule;
  readonly external: SignalRule;
};

export type ReplanSettings = {
  /** Plan when a session, a limit or a price changes, beside each slot. */
  readonly onEvents: boolean;
  /** Least time between two plans, seconds. */
  readonly minIntervalS: number;
  /** Longest time between two plans, seconds. */
  readonly everyS: number;
};

/** How long a signal holds that is not renewed, and what holds then. */
export type SignalRule = {
  readonly maxAgeS: number;
  /**
   * `keepLast`: its last value, for as long as it takes. `release`: as if it had never been (no external limit, no PV,
   * no load). `staticShare`: every connector gets its safe share until the signal is back.
   */
  readonly onLoss: 'keepLast' | 'release' | 'staticShare';
};

/** What a driver wants, where the driver says so. */
export type DriverTarget = {
  readonly energyKwh?: number;
  readonly stayHours?: number;
  /** Local time of day of the departure, minutes since midnight; goes before stayHours. */
  readonly departureMinute?: number;
  readonly maxCurrentA?: number;
  readonly phases?: 1 | 2 | 3;
  readonly priority?: number;
};
