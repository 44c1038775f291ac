import type { Anomaly } from '../ocpp/anomalies.ts';
import type { ErrorCode, OcppError } from '../ocpp/errors.ts';
import type { Gap } from '../ocpp/gaps.ts';
import type { ServiceName } from '../ocpp/schema.ts';

/** One SOAP message as plain data: the narrow waist between the XML and everything else. */
export type SoapMessage = SoapRequest | SoapResponse | SoapFault;

export type SoapVersion = '1.1' | '1.2';

/** The OCPP version on the SOAP wire, told by the namespace of the body's first element. */
export type OcppVersion = '1.2' | '1.5' | '1.6';

/** WS-Addressing headers and chargeBoxIdentity, trimmed; absent when missing or empty. */
export type Addressing = {
  readonly identity?: string;
  readonly action?: string;
  readonly messageId?: string;
  readonly relatesTo?: string;
  readonly from?: string;
  readonly replyTo?: string;
  readonly to?: string;
};

type Common = {
  readonly soap: SoapVersion;
  readonly addressing: Addressing;
};

type Call = Common & {
  readonly ocpp: OcppVersion;
  readonly service: ServiceName;
  /** The namespace URI as the peer wrote it: answers echo it. */
  readonly namespace: string;
  readonly action: string;
  /** In the shape of OCPP-J, values checked against the schema. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly anomalies: readonly Anomaly[];
};

export type SoapRequest = Call & {
  readonly kind: 'request';
  /** What its version could not say; absent when there is nothing. */
  readonly gaps?: readonly Gap[];
};

export type SoapResponse = Call & {
  readonly kind: 'response';
  /** Configuration keys as a charger of an older version spells them, when it tells its configuration. */
  readonly keySpellings?: readonly string[];
};

/**
 * What could not be read, with all that was understood before: enough to answer with a fault that mirrors the SOAP
 * version, echoes the namespace and carries RelatesTo.
 */
export type Unreadable = Answerable & {
  readonly kind: 'unreadable';
  readonly condition: FaultCondition;
  readonly error: OcppError;
};

/** What an answer must know about the message that it answers; every request and every Unreadable is one. */
export type Answerable = Common & {
  readonly ocpp?: OcppVersion;
  readonly service?: ServiceName;
  /** As the peer wrote it. */
  readonly namespace?: string;
  readonly action?: string;
};

/** What an answer that is no fault must know: a SoapRequest is one. */
export type AnswerableRequest = Required<Answerable>;

/** What the reader of a message knows beforehand. */
export type Expectation = {
  /**
   * The service whose messages are read: `CentralSystem` for what chargers post, `ChargePoint` for what they answer.
   * It decides when the body's namespace names no service, or the other one. Default: whatever the body says.
   */
  readonly service?: ServiceName;
  /** Version of a body without namespace; default: the newest loaded. */
  readonly ocpp?: OcppVersion;
};

/** `VersionMismatch` is SOAP's own: an envelope that is neither SOAP 1.1 nor 1.2. */
export type FaultCondition = ErrorCode | 'VersionMismatch';

export type SoapFault = Common & {
  readonly kind: 'fault';
  readonly code: ErrorCode;
  readonly reason: string;
  /** Local parts of the QNames, as they came. */
  readonly soapCode: string;
  readonly soapSubcode?: string;
};
