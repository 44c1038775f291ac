/**
 * Every way in which a message can fail, whatever the wire. Each wire maps this closed list in one table:
 * `ocpp-s/faults.ts` to SOAP faults, `ocpp-j/errors.ts` to CALLERROR codes (with the frozen 1.6 spellings).
 */
export const errorCodes = [
  /** The action is unknown to OCPP 1.6. */
  'NotImplemented',
  /** The action is known, and this receiver does not do it. */
  'NotSupported',
  /** Our own failure, or the peer's. */
  'InternalError',
  /** The message breaks the protocol: not XML, no Envelope, no identity, not an RPC frame. */
  'ProtocolError',
  /** The sender may not do this. */
  'SecurityError',
  /** The identity in the message is not the identity of its path, certificate or address. */
  'IdentityMismatch',
  /** The payload is not of the action's form (unknown field, wrong structure). */
  'FormationViolation',
  /** A field's value is outside what its type allows: length, enumeration, range. */
  'PropertyConstraintViolation',
  /** A field is missing, or there are too many of it. */
  'OccurrenceConstraintViolation',
  /** A field is of the wrong type, such as text where an integer stands. */
  'TypeConstraintViolation',
  /** Anything else that the peer said no to, or that could not be reached. */
  'GenericError',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error that crosses module borders. `message` is written for the peer's engineer: which field, which value,
 * what was expected; it never holds secrets, stack traces or file paths.
 */
export class OcppError extends Error {
  override readonly name = 'OcppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  /** Folds anything thrown into an OcppError; what was not one is our own bug and becomes InternalError. */
  static from(thrown: unknown): OcppError {
    if (thrown instanceof OcppError) return thrown;
    return new OcppError('InternalError', 'internal error', { cause: thrown });
  }
}
