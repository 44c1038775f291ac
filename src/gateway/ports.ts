import type { Anomaly } from '../ocpp/anomalies.ts';
import { type ErrorCode, OcppError } from '../ocpp/errors.ts';
import type { Gap } from '../ocpp/gaps.ts';

/**
 * The doors of the gateway: what it asks of the wires and of the clock, and what the wires ask of it. Plain data only;
 * sockets, frames, envelopes and SQL stay behind the doors. The store's door is in `store-port.ts`.
 */

export type Payload = Readonly<Record<string, unknown>>;

/** How a charger speaks. */
export type ChargerWire = 'ocpp1.2-soap' | 'ocpp1.5-soap' | 'ocpp1.6-soap' | 'ocpp1.6-json';

// ---------------------------------------------------------------------------------------------- chargers call us

/** Who says they are speaking, and from where: nothing of it is proven yet. */
export type Claim = {
  /** chargeBoxIdentity of the header, else the identity in the path or query. */
  readonly identity: string;
  /** Identity segment of the URL's path, when there is one; it must agree. */
  readonly pathIdentity?: string;
  /** Secret segment of the URL's path (`/ocpp/s/<secret>`). */
  readonly pathSecret?: string;
  /** HTTP Basic credentials. The password is bytes: OCPP-J 1.6 keys are not text. */
  readonly basic?: { readonly user: string; readonly password: Buffer };
  /** Subject CN of a verified client certificate. */
  readonly certificateName?: string;
  /** The TCP peer. */
  readonly peerAddress: string;
  readonly wire: ChargerWire;
  /** Where the charger says it listens for calls, in order of preference: wsa:From, then wsa:ReplyTo. */
  readonly callbacks: readonly string[];
};

export type ChargerCall = {
  readonly action: string;
  /** 1.6-J shape, validated except for what `anomalies` lists. */
  readonly payload: Payload;
  readonly anomalies: readonly Anomaly[];
  /** What the charger's version of OCPP cannot say in this message. */
  readonly gaps?: readonly Gap[];
};

export type ChargerReply =
  | {
      readonly kind: 'answered';
      readonly identity: string;
      readonly payload: Payload;
      /** Number in the outbox under which the message was kept for the CSMS. */
      readonly seq?: number;
    }
  | { readonly kind: 'refused'; readonly identity: string; readonly error: OcppError }
  /** Nothing may be said, since nothing could be kept: close the connection, the charger keeps the message (notes B3). */
  | { readonly kind: 'silence'; readonly identity: string; readonly reason: string };

/** How answers and calls to one charger must look; all of it comes from the config. */
export type WireProfile = {
  /** 1.6 only: `env:mustUnderstand` on the headers of our calls. */
  readonly mustUnderstand: boolean;
  /** wsa:To of answers: the anonymous address, or the request's wsa:From. */
  readonly responseTo: 'anonymous' | 'from';
  readonly responseHeaders: 'full' | 'none';
  /** An HTTP SOAPAction header on our calls. */
  readonly soapAction: boolean;
  readonly faultHttpStatus: 'soap12' | 'always500' | 'always200';
};

/** Whether a charger may hold a connection, and why not, in words for whoever reads the HTTP status. */
export type Admittance =
  | { readonly kind: 'admitted'; readonly identity: string }
  | {
      readonly kind: 'refused';
      readonly why: 'credentials' | 'unknown' | 'forbidden' | 'unavailable';
      readonly reason: string;
    };

export interface ChargerDoor {
  /** Decides on one call of a charger. Resolves when the answer may leave: all that it promises is on disk. Never rejects. */
  receive(claim: Claim, call: ChargerCall): Promise<ChargerReply>;
  /** The profile of a charger by the identity it claims; the defaults for strangers. */
  wireProfile(identity: string): WireProfile;
}

/** For chargers that come on a connection of their own and stay (OCPP-J). */
export interface ConnectionDoor extends ChargerDoor {
  /** Decides on a connection; each of its calls is decided on by `receive` all the same. */
  admit(claim: Claim): Promise<Admittance>;
  /** The admitted connection is open: the charger can be called. */
  opened(identity: string): void;
  /** The charger's last connection is gone. */
  closed(identity: string): void;
}

// ---------------------------------------------------------------------------------------------- we call chargers

export type ChargerTarget = {
  readonly identity: string;
  /** Empty for a charger that is called on the connection that it holds. */
  readonly url: string;
  readonly wire: ChargerWire;
  readonly profile: WireProfile;
  /** HTTP Basic towards the charger, if configured. */
  readonly basic?: { readonly user: string; readonly password: string };
  /** Its own spelling of configuration keys, by their names in lower case. */
  readonly keySpellings?: ReadonlyMap<string, string>;
};

export interface ChargerCaller {
  /** False when the version of OCPP that such chargers speak has no such operation. */
  can(wire: ChargerWire, action: string): boolean;
  /** Sends one call and reads its answer. Never rejects; never retries. */
  call(target: ChargerTarget, action: string, payload: Payload, deadlineMs: number): Promise<Delivery>;
}

// ---------------------------------------------------------------------------------------------- the CSMS

/** What became of a message that was handed to a peer. */
export type Delivery =
  | {
      readonly kind: 'answered';
      readonly payload: Payload;
      /** Configuration keys as the charger spells them, where that matters and it has just told them. */
      readonly keySpellings?: readonly string[];
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly description: string; readonly details: Payload }
  /** `sent` tells whether the peer may have seen it: false only when it surely has not. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly sent: boolean };

/** The conf of a delivery; what stands in its place is thrown as OcppError. */
export function confOf(delivery: Delivery): Payload {
  switch (delivery.kind) {
    case 'answered':
      return delivery.payload;
    case 'refused':
      throw new OcppError(delivery.code, delivery.description, { details: delivery.details });
    case 'unreachable':
      throw new OcppError('GenericError', `charge point unreachable: ${delivery.reason}`);
  }
}

/** The link of one station to its CSMS: one WebSocket under the station's identity (OCPP 2.0.1 Part 1 §8.2). */
export type LinkSettings = {
  /** Base URL; the percent-encoded identity is appended. */
  readonly url: string;
  /** Identity towards the CSMS. */
  readonly csmsIdentity: string;
  /** Raw bytes of the Basic password (AuthorizationKey), when there is one. */
  readonly password?: Buffer;
  readonly tls: {
    /** PEM texts. */
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  /** Seconds between pings; 0 = none (WebSocketPingInterval). */
  readonly pingIntervalS: number;
};

export type LinkState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'connecting'; readonly attempts: number; readonly lastError?: string }
  | { readonly kind: 'open'; readonly sinceMs: number };

export interface CsmsLinks {
  /**
   * Keeps a link open from now on, with back-off. Opening an open station with other settings reconnects it, once the
   * command under way on it has been answered.
   */
  open(station: string, settings: LinkSettings): void;
  /** Ends the link with a proper close frame. */
  close(station: string): void;
  state(station: string): LinkState;
  /**
   * Sends one CALL and waits for its answer; calls of one station go one after the other. Never rejects. `seq` is its
   * number in the outbox, when it comes from there.
   */
  deliver(station: string, action: string, payload: Payload, deadlineMs: number, seq?: number): Promise<Delivery>;
  /** Ends all links and waits for the close handshakes, 2 s at most. */
  shutdown(): Promise<void>;
}

export type CommandReply =
  | {
      readonly kind: 'answered';
      readonly payload: Payload;
      /** As in ChargerReply. */
      readonly seq?: number;
    }
  | { readonly kind: 'refused'; readonly error: OcppError };

/** What a CsmsLinks adapter calls. */
export interface CsmsDoor {
  linkOpened(station: string): void;
  linkClosed(station: string): void;
  /** True for an operation that chargers of this one's kind do not have at all. */
  lacks(station: string, action: string): boolean;
  /** A CALL of the CSMS, validated. Never rejects. */
  command(station: string, action: string, payload: Payload): Promise<CommandReply>;
}

// ---------------------------------------------------------------------------------------------- surroundings

export interface Clock {
  /** Wall clock, ms since the epoch: for stamps only. */
  now(): number;
  /** Monotonic ms: for deadlines, back-off and intervals. */
  elapsed(): number;
  /** Calls once after `ms`; the returned function cancels. Timers never keep the process alive. */
  after(ms: number, run: () => void): () => void;
}

/** One JSON object a line; `event` in past tense. No idTag, password, token or payload. */
export interface Log {
  debug(event: string, fields?: Payload): void;
  info(event: string, fields?: Payload): void;
  warn(event: string, fields?: Payload): void;
  /** `cause` is our own bug or a broken environment, logged with its stack. */
  error(event: string, fields: Payload, cause?: unknown): void;
}

/** Which wire, and towards whom: `json` is the CSMS. */
export type MeterSide = 'soap' | 'json' | 'json-charger';

/** A request on a wire and what became of it. The texts are those of the wire, secrets included. */
export type Exchange = {
  /** When the request came or left, ms since the epoch. */
  readonly atMs: number;
  /** The charger's identity, as far as it is known; else empty. */
  readonly station: string;
  readonly side: MeterSide;
  readonly direction: 'in' | 'out';
  /** Empty when it is none of OCPP's. */
  readonly action: string;
  /** `answered`, or what went wrong; see `Meters.message`. */
  readonly outcome: string;
  /** From request to answer; undefined: there was none. */
  readonly latencyMs: number | undefined;
  readonly request: string;
  readonly answer: string | undefined;
  /** Number in the outbox under which it was kept. */
  readonly seq: number | undefined;
};

/** Where the wires tell what was said, for the operator to read later. Takes no time, and never throws. */
export interface MessageLog {
  said(exchange: Exchange): void;
}

/** When nobody wants to read it. */
export const noMessageLog: MessageLog = { said: () => undefined };

/** What the operator's metrics count (names in `operator/metrics.ts`). */
export interface Meters {
  message(side: MeterSide, direction: 'in' | 'out', action: string, outcome: string): void;
  /** Seconds from our call to the peer's answer. */
  callDuration(side: MeterSide, action: string, seconds: number): void;
  securityReject(rule: string): void;
  anomaly(kind: string): void;
  duplicate(source: 'charger' | 'retry'): void;
  outboxRetry(reason: string): void;
  deadLetter(): void;
  offlineDecision(decision: string): void;
  reconnect(): void;
  /** How far the clock of the CSMS is ahead of ours; negative: it is behind. */
  clockOffset(seconds: number): void;
  /** What it took to read one message, of those that are read by a second decoder as well. */
  translated(seconds: number): void;
  /** A message was read by a second decoder as well. */
  decodedTwice(outcome: ShadowOutcome): void;
}

/** What a second decoder made of a message, beside the first. */
export type ShadowOutcome =
  | 'same'
  | 'otherValues'
  | 'onlyFirstRefuses'
  | 'onlySecondRefuses'
  /** Both refuse, for reasons of another kind. */
  | 'otherRefusal'
  /** The second one threw what no decoder may throw. */
  | 'failed';
