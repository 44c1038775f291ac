import { X509Certificate } from 'node:crypto';
import { certificatesIn } from './certificates.ts';
import type { Config } from './load.ts';
import { settingsSchema } from './schema.ts';
import { formattedTexts } from './shape.ts';

export type CertificateExpiry = { readonly file: string; readonly expiresMs: number };

/**
 * When the certificate files that the config names are of no use any more, ms since the epoch: a chain with its first
 * certificate that expires, a file of authorities with its last.
 */
export function certificateExpiries(config: Config): readonly CertificateExpiry[] {
  const expiries = new Map<string, number>();
  for (const { path, format, value } of formattedTexts(settingsSchema, config)) {
    const pem = format === 'pem-file' ? config.contents.get(value)?.revealText() : undefined;
    const ends = pem === undefined ? [] : certificatesIn(pem).flatMap(endOf);
    if (ends.length > 0) expiries.set(value, path.at(-1) === 'certFile' ? Math.min(...ends) : Math.max(...ends));
  }
  return [...expiries].map(([file, expiresMs]) => ({ file, expiresMs }));
}

/** None where one cannot be read: what uses it says so. */
function endOf(pem: string): readonly number[] {
  try {
    return [Date.parse(new X509Certificate(pem).validTo)];
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return [];
  }
}
