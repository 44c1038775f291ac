import { isSecurityAction } from '../ocpp/security-extension.ts';
import type { Payload } from './ports.ts';
import type { Station } from './stations.ts';

/*
 * The security extension of OCPP 1.6 (security whitepaper, edition 3): of chargers with OCPP-J only, and passed through,
 * except for what it says of the link between station and CSMS. That link is the gateway's, whose certificates stand in
 * its config: a charger that were told of it would no longer trust the gateway, or no longer be trusted by it.
 */

/** Whether a message of the extension would be lost on this station: OCPP-S does not have them. */
export function lacksExtension(station: Station | undefined, action: string): boolean {
  return isSecurityAction(action) && station?.record.wire !== 'ocpp1.6-json';
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
