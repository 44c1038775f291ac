import { securityEvent } from './notices.ts';
import type { FirmwareTransfer } from './ports.ts';
import type { RunParts } from './run.ts';

/*
 * Images that the CSMS asked for by SignedUpdateFirmware. The gateway verifies one before the charger hears of it. That
 * the CSMS hears SignatureVerified has its place between Downloaded and Installing, and is true of the charger's image
 * only when that came from here, whole.
 */

type Checking = Pick<RunParts, 'signatures' | 'line' | 'clock'>;

/** Why an image is not what was signed, of which the CSMS gets a security event; undefined: it is, or nothing was asked. */
export async function signatureProblem(
  { signature, station, id, createdAtMs }: FirmwareTransfer,
  sha256: string,
  { signatures, line, clock }: Checking,
): Promise<string | undefined> {
  if (signature === undefined) return undefined;
  const problem = await signatures.imageProblem(signature, sha256);
  if (problem === undefined) return undefined;
  const event = securityEvent('InvalidFirmwareSignature', problem, clock.now());
  await line().tell(station, event, `${createdAtMs} transfer ${id} signature`);
  return problem;
}

const verified = 'SignatureVerified';

/** The statuses of an update that goes well, in order; SignatureVerified is of signed ones only. */
export const signedProgress: readonly string[] = ['Downloading', 'Downloaded', verified, 'Installing', 'Installed'];

/** What the CSMS hears with a status of the charger. */
export function withSignature(
  { signature, signatureTold }: FirmwareTransfer,
  status: string,
  isAllSent: boolean,
): { readonly tell: readonly string[]; readonly signatureTold?: true } {
  const isDue = signature !== undefined && signatureTold !== true && isAllSent && has(status);
  if (!isDue) return { tell: [status] };
  return { tell: status === 'Downloaded' ? [status, verified] : [verified, status], signatureTold: true };
}

/** The charger claims the whole image by it. */
const has = (status: string): boolean => signedProgress.indexOf(status) >= signedProgress.indexOf('Downloaded');

/** The charger repeats what it said; SignatureVerified is not its word. */
export function isToldAgain(status: string, told: string | undefined): boolean {
  return status === told || (told === verified && status === 'Downloaded');
}
