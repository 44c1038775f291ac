import type { ErrorCode } from '../ocpp/errors.ts';
import type { FaultCondition, SoapVersion } from './message.ts';

/** Code of a SOAP 1.2 fault; `subcode` is one of OCPP-S's five (OCPP-S 1.6 §4), absent for SOAP's own conditions. */
type FaultShape = {
  readonly code: 'Sender' | 'Receiver' | 'VersionMismatch';
  readonly subcode?: 'SecurityError' | 'IdentityMismatch' | 'ProtocolError' | 'InternalError' | 'NotSupported';
};

const protocolError: FaultShape = { code: 'Sender', subcode: 'ProtocolError' };
const notSupported: FaultShape = { code: 'Receiver', subcode: 'NotSupported' };
const internalError: FaultShape = { code: 'Receiver', subcode: 'InternalError' };

/** The one table of what each failure looks like on the SOAP wire. */
const shapes: Readonly<Record<FaultCondition, FaultShape>> = {
  NotImplemented: notSupported,
  NotSupported: notSupported,
  InternalError: internalError,
  ProtocolError: protocolError,
  SecurityError: { code: 'Sender', subcode: 'SecurityError' },
  IdentityMismatch: { code: 'Sender', subcode: 'IdentityMismatch' },
  FormationViolation: protocolError,
  PropertyConstraintViolation: protocolError,
  OccurrenceConstraintViolation: protocolError,
  TypeConstraintViolation: protocolError,
  GenericError: internalError,
  VersionMismatch: { code: 'VersionMismatch' },
};

/**
 * The same table read backwards, by the lower-case local part of a fault's code or subcode. Peers disagree on the
 * namespace of the subcodes, so only the local part counts.
 */
const conditions: ReadonlyMap<string, ErrorCode> = new Map([
  ['securityerror', 'SecurityError'],
  ['identitymismatch', 'IdentityMismatch'],
  ['protocolerror', 'ProtocolError'],
  ['internalerror', 'InternalError'],
  ['notsupported', 'NotSupported'],
  ['notimplemented', 'NotSupported'],
  // WS-Addressing 1.0 SOAP Binding §6.4
  ['actionnotsupported', 'NotSupported'],
  ['messageaddressingheaderrequired', 'ProtocolError'],
  ['invalidaddressingheader', 'ProtocolError'],
  // Chargers of the 1.2 and 1.5 years know it: the request reached the wrong URL.
  ['urlmismatch', 'GenericError'],
]);

/** Codes that say something without a subcode; `Client` and `Server` are SOAP 1.1's words (SOAP 1.1 §4.4.1). */
const bareCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['sender', 'GenericError'],
  ['client', 'GenericError'],
  ['receiver', 'InternalError'],
  ['server', 'InternalError'],
  ['mustunderstand', 'ProtocolError'],
  ['versionmismatch', 'ProtocolError'],
]);

/** What a failure looks like in a SOAP fault. */
export function faultShape(condition: FaultCondition): FaultShape {
  return shapes[condition];
}

/** Which failure a peer's fault means; `codes` are local parts, the most specific first. */
export function faultMeaning(codes: readonly string[]): ErrorCode {
  const names = codes.map((code) => code.toLowerCase());
  const specific = names.map((name) => conditions.get(name)).find((code) => code !== undefined);
  return specific ?? names.map((name) => bareCodes.get(name)).find((code) => code !== undefined) ?? 'GenericError';
}

/** HTTP status of a fault: SOAP 1.2 Part 2 §7.5.2.2 (400 for Sender, else 500), SOAP 1.1 §6.2 (always 500), or as configured. */
export function faultHttpStatus(
  condition: FaultCondition,
  soap: SoapVersion,
  rule: 'soap12' | 'always500' | 'always200',
): 200 | 400 | 500 {
  switch (rule) {
    case 'always200':
      return 200;
    case 'always500':
      return 500;
    case 'soap12':
      return soap === '1.2' && faultShape(condition).code === 'Sender' ? 400 : 500;
  }
}
