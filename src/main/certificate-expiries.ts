import { X509Certificate } from 'node:crypto';
import type { Config } from '../config/load.ts';
import type { CertificateExpiry } from '../operator/alarms.ts';

/** When the certificates end that the gateway shows to chargers and to the CSMS. */
export function certificateExpiries({ soap, json, csms, contents }: Config): readonly CertificateExpiry[] {
  return [soap.tls?.certFile, json?.tls?.certFile, csms.certFile].flatMap((file) => {
    const pem = file === undefined ? undefined : contents.get(file)?.revealText();
    return file === undefined || pem === undefined ? [] : [{ file, expiresMs: endOf(pem) }];
  });
}

const endOf = (pem: string) => Date.parse(new X509Certificate(pem).validTo);
