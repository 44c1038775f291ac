/**
 * What a decoder read leniently. The decoder is stateless: it notes what was odd and where, with the text as it came;
 * whether the message is then refused, repaired or merely counted is decided by the charger's profile.
 */
export type Anomaly = {
  readonly kind: AnomalyKind;
  /** Field names and list indexes from the payload's root. */
  readonly path: readonly (string | number)[];
  /** The text as it came. */
  readonly text: string;
};

export const anomalyKinds = [
  /** Not in the enumeration; the payload holds the text as it came. */
  'unknownEnum',
  /** No time zone; the payload holds the time read as UTC. */
  'timeWithoutZone',
  /** A value that only a later version of OCPP has, in a message of an older one; taken as it is. */
  'laterVersion',
  /** A text longer than OCPP 1.6 allows; cut, the anomaly holds it whole. */
  'shortened',
  /** An identifier longer than OCPP 1.6 allows; the payload holds it as it came. */
  'tooLong',
  /** Not a time at all (29 Feb 2022, a number, words); the payload holds the text as it came. */
  'impossibleTime',
  /** An integer written as a decimal: `12.0`, or meter readings such as `12.7` (rounded). */
  'decimalForInteger',
  /** A transactionId outside 32 bit; the payload leaves the field out. */
  'transactionIdOutOfRange',
  /** `,` instead of `.` in a decimal. */
  'decimalComma',
  /** A limit with more than one fraction digit; rounded down. */
  'roundedDown',
  /** An element that the schema does not know; dropped. */
  'unknownElement',
  /** A `Cp` namespace on a central-system operation or the reverse. */
  'wrongServiceNamespace',
  /** A body without namespace. */
  'noNamespace',
  /** wsa:Action names another operation than the body's element. */
  'actionMismatch',
  /** A header of the peer's own with mustUnderstand; read as if it were not there. */
  'mandatoryHeaderIgnored',
] as const;

export type AnomalyKind = (typeof anomalyKinds)[number];
