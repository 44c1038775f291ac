import { X509Certificate } from 'node:crypto';

/*
 * Whether a certificate may sign firmware (security whitepaper, requirements of SignedUpdateFirmware): it leads to a root
 * that the operator trusts with firmware, every certificate on the way is within its dates, each issuer is an authority
 * that may issue, the key is strong enough, and what it is for, when it says so, is signing code. There are no revocation
 * lists: a certificate that was revoked must be taken out of trust by its root.
 */

/** From the signing certificate to below the root. */
const mostIssuers = 4;
/** Bits that the whitepaper asks of RSA keys at least. */
const leastRsaBits = 2048;
/** Of 224 bits, which it asks of curves at least, and more. */
const strongCurves: readonly (string | undefined)[] = [
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
  'prime256v1',
  'secp224r1',
  'secp384r1',
  'secp521r1',
];
/** Extended key usages (RFC 5280 §4.2.1.12): code signing, and any. */
const signingUses: readonly string[] = ['1.3.6.1.5.5.7.3.3', '2.5.29.37.0'];

/** Certificates of a PEM text, in its order. Throws an error with a code when one of them cannot be read. */
export function readCertificates(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** Why a certificate may not sign firmware, for people; undefined: it may. */
export function signingProblem(pem: string, roots: readonly X509Certificate[], nowMs: number): string | undefined {
  try {
    const [certificate, ...others] = readCertificates(pem);
    if (certificate === undefined) return 'it is no certificate in PEM';
    return ownProblem(certificate, nowMs) ?? chainProblem(certificate, others, roots, nowMs);
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown)) throw thrown;
    return `it cannot be read: ${thrown.message}`;
  }
}

function ownProblem(certificate: X509Certificate, nowMs: number): string | undefined {
  const { ca, keyUsage: uses, validFrom, validTo } = certificate;
  if (!isValid(certificate, nowMs)) return `it is valid from ${validFrom} to ${validTo}`;
  if (ca) return 'it is the certificate of an authority';
  // Node's types have a list, which it leaves out when the certificate has none.
  if (Array.isArray(uses) && !uses.some((use) => signingUses.includes(use))) return 'it is not for signing code';
  return keyProblem(certificate);
}

function keyProblem({ publicKey }: X509Certificate): string | undefined {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = publicKey;
  if (kind === 'ec') {
    return strongCurves.includes(details?.namedCurve) ? undefined : 'its key is on a curve that is weak or unusual';
  }
  if (kind !== 'rsa' && kind !== 'rsa-pss') return 'its key is neither of RSA nor of an elliptic curve';
  return (details?.modulusLength ?? 0) < leastRsaBits ? `its key has fewer than ${leastRsaBits} bits` : undefined;
}

function chainProblem(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  nowMs: number,
): string | undefined {
  const issuers = [...roots, ...others].filter((issuer) => issuer.ca && isValid(issuer, nowMs));
  let last = certificate;
  for (let depth = 0; depth <= mostIssuers; depth++) {
    if (roots.some(({ fingerprint256 }) => fingerprint256 === last.fingerprint256)) return undefined;
    const issuer = issuers.find((candidate) => last.checkIssued(candidate) && last.verify(candidate.publicKey));
    if (issuer === undefined) return 'no root that is trusted with firmware vouches for it';
    last = issuer;
  }
  return 'its chain is too long';
}

function isValid({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}
