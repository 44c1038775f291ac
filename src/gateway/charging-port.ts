import type { ChargerWire, Delivery, Payload } from './ports.ts';

/** What smart charging must know of a charger to answer for it. Transaction ids are the charger's own. */
export type ChargerFacts = {
  readonly identity: string;
  readonly wire: ChargerWire;
  /** Largest connectorId seen; at least 1. */
  readonly connectors: number;
  /** Its last BootNotification: vendor, model, firmware. */
  readonly boot: Payload | undefined;
  readonly transactions: readonly OpenTransaction[];
  /** Last status of each connector since the gateway started. */
  readonly statuses: Readonly<Record<number, string>>;
};

export type OpenTransaction = {
  readonly connectorId: number;
  /** Undefined while the charger has not been told one. */
  readonly transactionId: number | undefined;
  readonly idTag: string;
  readonly startedAtMs: number;
};

/** The door of smart charging: the gateway hands over what concerns profiles, `src/charging` decides. */
export interface ChargingDoor {
  /**
   * Answers SetChargingProfile, ClearChargingProfile and GetCompositeSchedule of the CSMS, for the charger or by it.
   * Throws OcppError.
   */
  answer(charger: ChargerFacts, action: ProfileAction, payload: Payload): Promise<Payload>;
  /** What to send the charger of a RemoteStartTransaction; a profile that it would not understand is kept here. */
  remoteStart(charger: ChargerFacts, payload: Payload): Promise<Payload>;
  /** The charger's GetConfiguration.conf with the keys that the gateway answers in its place (OCPP 1.6 §9.4). */
  configuration(charger: ChargerFacts, requested: readonly string[], conf: Payload): Promise<Payload>;
  /** True if the gateway answers this key in the charger's place; such keys are readonly. */
  ownsKey(charger: ChargerFacts, key: string): Promise<boolean>;
  /** It booted, or a transaction began, got its id, or ended. */
  changed(charger: ChargerFacts): void;
  /** A message of the charger that tells of sessions and currents; at once, and never throws. */
  heard(identity: string, action: string, payload: Payload): void;
  /** DataTransfer.conf for what the charger tells the gateway itself, under `ownVendorId`. */
  transfer(identity: string, payload: Payload): Payload;
  /** What each connector may draw now, A per phase; nothing of a charger of which nothing is known. At once, never throws. */
  limits(identity: string, connectors: number): ReadonlyMap<number, number>;
  /** What rules each connector in a window of time, and why; changes nothing. */
  rules(charger: ChargerFacts, window: RulesWindow): Promise<readonly ConnectorRules[]>;
  /** Leaves every charger that is driven at its rest value; resolves when that is done, or `withinMs` are over. */
  rest(withinMs: number): Promise<void>;
}

/** Seconds since the epoch. */
export type RulesWindow = { readonly fromS: number; readonly toS: number };

/** What rules a connector from `fromMs` until `toMs`: currents are A per phase, times ms since the epoch. */
export type ConnectorRules = {
  readonly connector: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** From the grid limit to this connector; one of them is binding. */
  readonly why: readonly LimitStep[];
  /** The highest stack level first. */
  readonly profiles: readonly StackedProfile[];
  /** What they come to (OCPP 1.6 §5.7). */
  readonly composite: readonly RulePeriod[];
};

/** A link of the chain from the grid to a connector; `binding`: the one that holds now. */
export type LimitStep = {
  readonly kind: 'site' | 'node' | 'external' | 'share' | 'plan' | 'profile' | 'connector' | 'car' | 'driver';
  readonly about: string;
  /** Undefined: it does not limit. */
  readonly limitA: number | undefined;
  readonly binding: boolean;
  /** One sentence for people. */
  readonly words: string;
};

export type StackedProfile = {
  readonly id: number;
  readonly purpose: 'ChargePointMaxProfile' | 'TxDefaultProfile' | 'TxProfile';
  readonly stackLevel: number;
  readonly from: 'csms' | 'gateway';
  readonly kind: 'Absolute' | 'Recurring' | 'Relative';
  readonly periods: readonly RulePeriod[];
  readonly profile: unknown;
};

/** It holds until the next one, or until `untilMs` where there is a gap. */
export type RulePeriod = { readonly atMs: number; readonly limitA: number; readonly untilMs?: number };

/** DataTransfer messages under this vendorId are for the gateway: targets of sessions. */
export const ownVendorId = 'org.ocpp-edge';

export type ProfileAction = 'SetChargingProfile' | 'ClearChargingProfile' | 'GetCompositeSchedule';

/** What smart charging asks of the gateway. */
export interface ChargerLine {
  /** One call to a charger, in line with those of the CSMS. Never rejects. */
  call(identity: string, action: string, payload: Payload): Promise<Delivery>;
  facts(identity: string): Promise<ChargerFacts | undefined>;
  /** Every charger that is accepted. */
  chargers(): Promise<readonly ChargerFacts[]>;
}
