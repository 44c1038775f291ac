import type { Anomaly } from '../ocpp/anomalies.ts';
import type { ErrorCode } from '../ocpp/errors.ts';
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

export type SoapRequest = Call & { readonly kind: 'request' };
export type SoapResponse = Call & { readonly kind: 'response' };

export type SoapFault = Common & {
  readonly kind: 'fault';
  readonly code: ErrorCode;
  readonly reason: string;
  /** Local parts of the QNames, as they came. */
  readonly soapCode: string;
  readonly soapSubcode?: string;
};
