import type { Payload, WireProfile } from '../gateway/ports.ts';
import type { ServiceName } from '../ocpp/schema.ts';
import type { FaultCondition, OcppVersion } from './message.ts';

/** A call of ours; it is always SOAP 1.2 (OCPP-S 1.6 §2). */
export type OutgoingRequest = {
  readonly ocpp: OcppVersion;
  readonly service: ServiceName;
  readonly action: string;
  readonly payload: Payload;
  /** chargeBoxIdentity; absent only where nobody knows it. */
  readonly identity?: string;
  readonly messageId: string;
  /** URL where we listen; default: the anonymous address. */
  readonly from?: string;
  /** URL of the receiver; default: the anonymous address. */
  readonly to?: string;
  readonly mustUnderstand: boolean;
  /** The charger's own spelling of configuration keys, by their names in lower case; for versions older than 1.6. */
  readonly keySpellings?: ReadonlyMap<string, string>;
};

/** The parts of an answer that do not follow from the message that it answers. */
type OutgoingAnswer = {
  /** chargeBoxIdentity; default: as the request had it. */
  readonly identity?: string;
  readonly messageId: string;
  readonly profile: Pick<WireProfile, 'responseTo' | 'responseHeaders'>;
};

export type OutgoingResponse = OutgoingAnswer & { readonly payload: Payload };

export type OutgoingFault = OutgoingAnswer & {
  readonly condition: FaultCondition;
  /** For the peer's engineer; nothing internal. */
  readonly reason: string;
};
