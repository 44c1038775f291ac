/** Every way in which a transfer can fail, and whether trying again may help. */
const outlooks = {
  /** The location is no URL that we can use. */
  BadLocation: 'permanent',
  /** The location leads to an address that we must not talk to. */
  ForbiddenAddress: 'permanent',
  /** From https to http, to another scheme, or around in circles. */
  ForbiddenRedirect: 'permanent',
  /** The host name has no address. */
  HostUnknown: 'transient',
  /** Nobody answers there. */
  Unreachable: 'transient',
  /** The certificate does not verify, or no TLS can be agreed on. */
  TlsFailed: 'permanent',
  Unauthorized: 'permanent',
  NotFound: 'permanent',
  /** The far side says no for another reason of its own. */
  Refused: 'permanent',
  /** The far side says that it cannot just now. */
  ServerFailed: 'transient',
  /** The connection ended before the file did. */
  Broken: 'transient',
  /** No byte came for too long. */
  Stalled: 'transient',
  /** The file is another one than the part that we have is of. */
  Changed: 'transient',
  TooLarge: 'permanent',
  TooSmall: 'permanent',
  /** The file is whole, and is not the one that was asked for. */
  WrongHash: 'permanent',
  /** A file that was put together from parts does not agree with what was said of it: once more in one piece. */
  Corrupt: 'transient',
  /** Nothing says where the file ends. */
  Unverifiable: 'permanent',
  /** The quota or the disk is used up. */
  SpoolFull: 'transient',
  /** The whole took longer than it may. */
  TooLong: 'permanent',
  Cancelled: 'permanent',
} as const satisfies Record<string, 'permanent' | 'transient'>;

export type TransferErrorCode = keyof typeof outlooks;

/** Why a transfer failed. `message` is for people and never holds credentials, query strings or tokens. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly code: TransferErrorCode;
  /** True when the same attempt would fail again. */
  readonly permanent: boolean;

  constructor(code: TransferErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.permanent = outlooks[code] === 'permanent';
  }
}
