import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { KeyPath } from './place.ts';
import type { Secret } from './secret.ts';
import type { Finding } from './validation.ts';

/** Where the config names a certificate and its key. */
export type CertificateUse = { readonly path: KeyPath; readonly certFile?: string; readonly keyFile?: string };

/** Certificates and keys that cannot be read, or do not belong together; TLS would only say so at the first connection. */
export function findUnusableCertificates(
  uses: readonly CertificateUse[],
  contents: ReadonlyMap<string, Secret>,
): readonly Finding[] {
  return uses.flatMap(({ path, certFile, keyFile }) => {
    const cert = contents.get(certFile ?? '')?.reveal();
    const key = contents.get(keyFile ?? '')?.reveal();
    const problem = cert === undefined || key === undefined ? undefined : tlsProblem(cert, key);
    if (problem === undefined) return [];
    return [{ path: [...path, 'keyFile'], at: 'value', message: `cannot be used with certFile: ${problem}` } as const];
  });
}

/** A file of roots of which one cannot be read: that would only come to light when somebody is not trusted. */
export function findUnreadableRoots(
  path: KeyPath,
  file: string | undefined,
  contents: ReadonlyMap<string, Secret>,
): readonly Finding[] {
  const pem = contents.get(file ?? '')?.revealText() ?? '';
  const blocks = certificatesIn(pem);
  const isReadable = pem === '' || (blocks.length > 0 && blocks.every(isCertificate));
  return isReadable ? [] : [{ path, at: 'value', message: 'holds a certificate that cannot be read' }];
}

/** The PEM blocks of certificates in a text. */
export function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return false;
  }
}

function tlsProblem(cert: Buffer, key: Buffer): string | undefined {
  try {
    // How strong the keys are is the matter of the listener's own settings.
    createSecureContext({ cert, key, ciphers: 'DEFAULT@SECLEVEL=0' });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    // `error:05800074:x509 certificate routines::key values mismatch`: the words are at the end.
    return error.message.split(':').at(-1)?.trim() ?? error.message;
  }
}
