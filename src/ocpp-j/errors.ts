import type { ErrorCode } from '../ocpp/errors.ts';

/** What a CALLERROR says for each way to fail; two names keep the spelling that OCPP-J 1.6 §4.2.3 froze. */
const wireNames: Readonly<Record<ErrorCode, string>> = {
  NotImplemented: 'NotImplemented',
  NotSupported: 'NotSupported',
  InternalError: 'InternalError',
  ProtocolError: 'ProtocolError',
  SecurityError: 'SecurityError',
  IdentityMismatch: 'GenericError',
  FormationViolation: 'FormationViolation',
  PropertyConstraintViolation: 'PropertyConstraintViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
  TypeConstraintViolation: 'TypeConstraintViolation',
  GenericError: 'GenericError',
};

/** Spellings of OCPP 2.0.1 that peers use on 1.6 links too. */
const laterNames: readonly (readonly [string, ErrorCode])[] = [
  ['FormatViolation', 'FormationViolation'],
  ['OccurrenceConstraintViolation', 'OccurrenceConstraintViolation'],
  ['RpcFrameworkError', 'ProtocolError'],
  ['MessageTypeNotSupported', 'ProtocolError'],
];

const codes: ReadonlyMap<string, ErrorCode> = new Map([
  ...Object.entries(wireNames)
    .filter(([code]) => code !== 'IdentityMismatch')
    .map(([code, name]) => [name, code as ErrorCode] as const),
  ...laterNames,
]);

/** The errorCode of a CALLERROR, in the frozen spelling of OCPP-J 1.6. */
export function callErrorName(code: ErrorCode): string {
  return wireNames[code];
}

/** Reads a CALLERROR's errorCode in any known spelling; undefined for names that no version of OCPP-J has. */
export function errorCodeOf(name: string): ErrorCode | undefined {
  return codes.get(name.trim());
}
