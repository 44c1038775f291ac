import {
  type ChargingProfile,
  type ChargingRateUnit,
  type ChargingSchedule,
  chargingProfileKinds,
  chargingProfilePurposes,
  chargingRateUnits,
  recurrencyKinds,
} from './charging-profile.ts';
import {
  filled,
  type FormCode,
  FormError,
  integer,
  listOf,
  number,
  oneOf,
  optional,
  type Read,
  type Reader,
  record,
  such,
  text,
} from './reading.ts';
import { epochSeconds } from './time.ts';

/** A message that is answered with an error instead of a status; `code` as in FormCode, or NotSupported (§7.11, errata 3.39). */
export type Refused = { readonly kind: 'refused'; readonly code: FormCode | 'NotSupported'; readonly reason: string };

/** ISO 8601 text that is a time. */
export const timeText: Reader<string> = such(
  text,
  (value) => epochSeconds(value) !== undefined,
  'a time such as 2024-03-01T09:15:00Z',
);

const chargingSchedule: Reader<ChargingSchedule> = record({
  duration: optional(integer),
  startSchedule: optional(timeText),
  chargingRateUnit: oneOf(chargingRateUnits),
  chargingSchedulePeriod: filled(
    listOf(record({ startPeriod: integer, limit: number, numberPhases: optional(integer) })),
  ),
  minChargingRate: optional(number),
});

/** csChargingProfiles of SetChargingProfile.req, chargingProfile of RemoteStartTransaction.req (§7.8). */
export const chargingProfile: Reader<ChargingProfile> = record({
  chargingProfileId: integer,
  transactionId: optional(integer),
  stackLevel: integer,
  chargingProfilePurpose: oneOf(chargingProfilePurposes),
  chargingProfileKind: oneOf(chargingProfileKinds),
  recurrencyKind: optional(oneOf(recurrencyKinds)),
  validFrom: optional(timeText),
  validTo: optional(timeText),
  chargingSchedule,
});

/** SetChargingProfile.req (§6.43). */
export const setChargingProfileRequest = record({ connectorId: integer, csChargingProfiles: chargingProfile });
export type SetChargingProfileRequest = Read<typeof setChargingProfileRequest>;

/** ClearChargingProfile.req (§6.13). */
export const clearChargingProfileRequest = record({
  id: optional(integer),
  connectorId: optional(integer),
  chargingProfilePurpose: optional(oneOf(chargingProfilePurposes)),
  stackLevel: optional(integer),
});
export type ClearChargingProfileRequest = Read<typeof clearChargingProfileRequest>;

/** GetCompositeSchedule.req (§6.21); `duration` in seconds. */
export const getCompositeScheduleRequest = record({
  connectorId: integer,
  duration: integer,
  chargingRateUnit: optional(oneOf<ChargingRateUnit>(chargingRateUnits)),
});

/** GetCompositeSchedule.conf (§6.22); chargingSchedule.startSchedule is left out (errata 3.57). */
export type GetCompositeScheduleResponse =
  | { readonly status: 'Rejected' }
  | {
      readonly status: 'Accepted';
      readonly connectorId: number;
      readonly scheduleStart: string;
      readonly chargingSchedule: ChargingSchedule;
    };

/** The message as its reader makes it, or the error that answers it. */
export function readMessage<T>(
  reader: Reader<T>,
  payload: unknown,
): { readonly kind: 'read'; readonly message: T } | Refused {
  try {
    return { kind: 'read', message: reader(payload, '') };
  } catch (thrown) {
    if (!(thrown instanceof FormError)) throw thrown;
    return { kind: 'refused', code: thrown.code, reason: thrown.message };
  }
}
