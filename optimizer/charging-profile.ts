/** The values of the enumerations of OCPP 1.6 §7.9–§7.12 and §7.34, as on the wire. */
export const chargingProfilePurposes = ['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'] as const;
export const chargingProfileKinds = ['Absolute', 'Recurring', 'Relative'] as const;
export const recurrencyKinds = ['Daily', 'Weekly'] as const;
export const chargingRateUnits = ['A', 'W'] as const;

export type ChargingProfilePurpose = (typeof chargingProfilePurposes)[number];
export type ChargingProfileKind = (typeof chargingProfileKinds)[number];
export type RecurrencyKind = (typeof recurrencyKinds)[number];
/** `A` is amperes per phase, `W` is watts of all phases together (errata 3.69). */
export type ChargingRateUnit = (typeof chargingRateUnits)[number];

/** OCPP 1.6 §7.14; `startPeriod` in seconds from the start of the schedule. */
export type ChargingSchedulePeriod = {
  readonly startPeriod: number;
  readonly limit: number;
  readonly numberPhases?: number;
};

/** OCPP 1.6 §7.13; `duration` in seconds, times as ISO 8601 text. */
export type ChargingSchedule = {
  readonly duration?: number;
  readonly startSchedule?: string;
  readonly chargingRateUnit: ChargingRateUnit;
  readonly chargingSchedulePeriod: readonly ChargingSchedulePeriod[];
  readonly minChargingRate?: number;
};

/** OCPP 1.6 §7.8, in the shape of OCPP-J; times as ISO 8601 text. */
export type ChargingProfile = {
  readonly chargingProfileId: number;
  readonly transactionId?: number;
  readonly stackLevel: number;
  readonly chargingProfilePurpose: ChargingProfilePurpose;
  readonly chargingProfileKind: ChargingProfileKind;
  readonly recurrencyKind?: RecurrencyKind;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly chargingSchedule: ChargingSchedule;
};
