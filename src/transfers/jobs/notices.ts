import type { Payload } from '../../gateway/ports.ts';
import type { TransferNewsAction, TransferNotice, TransferStatusAction } from '../../gateway/transfers-port.ts';
import type { Transfer } from './ports.ts';

/*
 * What the CSMS is told of a job, in the form in which it asked: by OCPP 1.6, or by the security extension with its
 * requestId. The statuses of a firmware update of OCPP 1.6 are statuses of the extension too; those of diagnostics have
 * other words there.
 */

const plainActions: Readonly<Record<Transfer['kind'], TransferStatusAction>> = {
  firmware: 'FirmwareStatusNotification',
  diagnostics: 'DiagnosticsStatusNotification',
};

const kinds: Readonly<Record<TransferNewsAction, Transfer['kind']>> = {
  DiagnosticsStatusNotification: 'diagnostics',
  FirmwareStatusNotification: 'firmware',
  LogStatusNotification: 'diagnostics',
  SignedFirmwareStatusNotification: 'firmware',
};

/** Of what kind of job a message tells. */
export const kindOf = (action: TransferNewsAction): Transfer['kind'] => kinds[action];

/** The message that tells the CSMS of a job's status. */
export function noticeOf({ kind, requestId }: Pick<Transfer, 'kind' | 'requestId'>, status: string): TransferNotice {
  if (requestId === undefined) return { action: plainActions[kind], payload: { status } };
  if (kind === 'firmware') return { action: 'SignedFirmwareStatusNotification', payload: { status, requestId } };
  const logStatus = status === 'UploadFailed' ? 'UploadFailure' : status;
  return { action: 'LogStatusNotification', payload: { status: logStatus, requestId } };
}

/** Why a signed image is not installed (security whitepaper, security events). */
export type SigningEvent = 'InvalidFirmwareSigningCertificate' | 'InvalidFirmwareSignature';

const mostTechInfo = 255;

/** The SecurityEventNotification of it; `atMs` since the epoch. */
export function securityEvent(type: SigningEvent, problem: string, atMs: number): TransferNotice {
  const payload: Payload = { type, timestamp: new Date(atMs).toISOString(), techInfo: problem.slice(0, mostTechInfo) };
  return { action: 'SecurityEventNotification', payload };
}
