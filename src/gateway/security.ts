import { OcppError } from '../ocpp/errors.ts';
import { isSecurityAction } from '../ocpp/security-extension.ts';
import type { Payload } from './ports.ts';
import type { Station } from './stations.ts';
import type { TransferAction, TransferNewsAction } from './transfers-port.ts';

/*
 * The security extension of OCPP 1.6 (security whitepaper, edition 3).
 *
 * Chargers with OCPP-J have it, and it is passed through, except for what it says of the link between station and CSMS.
 * That link is the gateway's, whose certificates stand in its config: a charger that were told of it would no longer trust
 * the gateway, or no longer be trusted by it.
 *
 * OCPP-S does not have it. For chargers with SOAP the gateway stands in where it can do what is asked: it verifies
 * firmware in their place, and fetches logs and triggered messages by the calls that they know.
 */

const inPlace: ReadonlySet<string> = new Set(['ExtendedTriggerMessage', 'GetLog', 'SignedUpdateFirmware']);

/** Whether the charger itself has the extension. */
export function hasExtension(station: Station | undefined): boolean {
  return station?.record.wire === 'ocpp1.6-json';
}

/** Whether a message of the extension would be lost on this station. */
export function lacksExtension(station: Station | undefined, action: string): boolean {
  return isSecurityAction(action) && !hasExtension(station) && !inPlace.has(action);
}

/** By what the gateway does what a charger with SOAP cannot be asked. */
export type InPlace = {
  /** The conf for the CSMS; undefined: files are not carried for this charger, or nothing could be verified. */
  readonly transfer: (action: TransferAction, payload: Payload) => Promise<Payload | undefined>;
  /** Sends what the transfers have to tell; false when they have nothing to do with this charger. */
  readonly tellTransfer: (action: TransferNewsAction) => boolean;
  /** Answers a TriggerMessage. */
  readonly trigger: (payload: Payload) => Promise<Payload>;
};

/** Answers one CALL of the CSMS to a charger that does not have the extension. Throws OcppError. */
export async function answerInPlaceOfExtension(action: string, payload: Payload, doors: InPlace): Promise<Payload> {
  switch (action) {
    case 'GetLog':
    case 'SignedUpdateFirmware': {
      const conf = await doors.transfer(action, payload);
      if (conf !== undefined) return conf;
      throw new OcppError('NotImplemented', `${action} is not of the version of OCPP that the charger speaks`);
    }
    case 'ExtendedTriggerMessage':
      return answerExtendedTrigger(payload, doors);
    default:
      throw new OcppError('NotImplemented', `${action} is not of the version of OCPP that the charger speaks`);
  }
}

async function answerExtendedTrigger(payload: Payload, { tellTransfer, trigger }: InPlace): Promise<Payload> {
  switch (payload['requestedMessage']) {
    case 'SignChargePointCertificate':
      return { status: 'NotImplemented' };
    case 'LogStatusNotification':
      return { status: tellTransfer('LogStatusNotification') ? 'Accepted' : 'NotImplemented' };
    case 'FirmwareStatusNotification':
      return tellTransfer('SignedFirmwareStatusNotification') ? { status: 'Accepted' } : trigger(payload);
    default:
      return trigger(payload);
  }
}

/** Answers one CALL of the CSMS; `forward` asks the charger and throws what it refuses with. */
export async function answerSecurity(
  action: string,
  payload: Payload,
  forward: (action: string, payload: Payload) => Promise<Payload>,
): Promise<Payload> {
  switch (action) {
    case 'CertificateSigned':
      return { status: 'Rejected' };
    case 'InstallCertificate':
      return isOfLink(payload) ? { status: 'Rejected' } : forward(action, payload);
    case 'GetInstalledCertificateIds':
      return isOfLink(payload) ? { status: 'NotFound' } : withoutEmptyList(await forward(action, payload));
    case 'DeleteCertificate':
      return (await vouchesForGateway(payload, forward)) ? { status: 'NotFound' } : forward(action, payload);
    case 'ExtendedTriggerMessage':
      return payload['requestedMessage'] === 'SignChargePointCertificate'
        ? { status: 'NotImplemented' }
        : forward(action, payload);
    default:
      return forward(action, payload);
  }
}

/** What a charger is told that asks for a certificate: the CSMS cannot sign one for the link to the gateway. */
export const certificateRefused: Payload = { status: 'Rejected' };

/** Chargers send a list of none; the published schema wants one entry at least, or no list. */
function withoutEmptyList(conf: Payload): Payload {
  const { certificateHashData, ...rest } = conf;
  return Array.isArray(certificateHashData) && certificateHashData.length === 0 ? rest : conf;
}

function isOfLink(payload: Payload): boolean {
  return payload['certificateType'] === 'CentralSystemRootCertificate';
}

/** Whether it is a certificate by which the charger knows the gateway: the request names it by its hashes only. */
async function vouchesForGateway(
  { certificateHashData }: Payload,
  forward: (action: string, payload: Payload) => Promise<Payload>,
): Promise<boolean> {
  const certificateType = 'CentralSystemRootCertificate';
  const installed = await forward('GetInstalledCertificateIds', { certificateType });
  const wanted = fingerprint(certificateHashData);
  const hashes = installed['certificateHashData'];
  return Array.isArray(hashes) && hashes.some((hash) => fingerprint(hash) === wanted);
}

function fingerprint(hash: unknown): string {
  const { issuerNameHash, issuerKeyHash, serialNumber } = hash as Payload;
  return [issuerNameHash, issuerKeyHash, serialNumber].join(' ').toLowerCase();
}
