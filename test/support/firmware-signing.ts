import { constants, sign } from 'node:crypto';
import type { Payload } from '../../src/gateway/ports.ts';
import { type Authority, type CertificateWish, createCa, type Identity } from '../../src/demo/certificates.ts';

/** Around the day on which virtual time begins, and around today. */
export const firmwarePeriod = {
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2040-01-01T00:00:00Z'),
};

/** Who is trusted with firmware in tests. */
export const firmwareRoot: Authority = createCa('Acme Firmware Root', firmwarePeriod);

/** A signer of firmware; on P-256 unless told otherwise. */
export const signer = (wish: Partial<CertificateWish> = {}, authority = firmwareRoot): Identity =>
  authority.issue({ commonName: 'Acme Firmware Signing', use: 'codeSigning', ...firmwarePeriod, ...wish });

/** As the whitepaper has it: SHA-256, RSASSA-PSS or ECDSA; base64. */
export function signatureOf(image: Buffer, key: string): string {
  return sign('sha256', image, { key, padding: paddingFor(key), saltLength: 32 }).toString('base64');
}

const paddingFor = (key: string): number =>
  key.length > 1_000 ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;

export type SignedUpdate = {
  readonly requestId: number;
  readonly location: string;
  readonly signingCertificate: string;
  readonly signature: string;
  readonly installDateTime?: string;
};

/** SignedUpdateFirmware.req that tries twice. */
export function signedUpdate({ requestId, ...firmware }: SignedUpdate): Payload {
  return {
    requestId,
    retries: 1,
    retryInterval: 1,
    firmware: { retrieveDateTime: '2026-03-01T12:00:00Z', ...firmware },
  };
}
