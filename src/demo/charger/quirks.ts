import type { EnvelopePrefix } from './services.ts';

/** How a charger's firmware differs from the book; every one of them has been seen in the field. */
export type Quirks = {
  readonly envelopePrefix: EnvelopePrefix;
  /** The same wsa:MessageID in every request, as some firmwares do. */
  readonly constantMessageId: boolean;
  /** `noFrom` leaves the charger without remote commands; `none` sends chargeBoxIdentity only. */
  readonly addressing: 'full' | 'noFrom' | 'none';
  /** How times are written: in UTC, or with the offset of a local clock. */
  readonly times: 'utc' | 'offset';
  /** StopTransaction carries the session's begin and end readings as transactionData. */
  readonly transactionData: boolean;
};

/** A charger that follows the book. */
export const noQuirks: Quirks = {
  envelopePrefix: 'soap',
  constantMessageId: false,
  addressing: 'full',
  times: 'utc',
  transactionData: true,
};

/** OCPP text of a moment, to the second as most firmwares write it. */
export function timeText(atMs: number, times: Quirks['times']): string {
  const secondsMs = Math.floor(atMs / 1000) * 1000;
  if (times === 'utc') return new Date(secondsMs).toISOString().replace('.000Z', 'Z');
  const twoHoursMs = 7_200_000;
  return new Date(secondsMs + twoHoursMs).toISOString().replace('.000Z', '+02:00');
}
