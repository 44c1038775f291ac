import { X509Certificate } from 'node:crypto';
import type { Config } from '../config/load.ts';
import type { CertificateEnd } from '../operator/alarms.ts';

/** When the certificates end that the gateway shows to chargers and to the CSMS. */
export function certificateEnds(config: Config): readonly CertificateEnd[] {
  const { soap, json, csms, contents } = config;
  const uses = [
    { about: 'soap.tls.certFile', file: soap.tls?.certFile },
    { about: 'json.tls.certFile', file: json?.tls?.certFile },
    { about: 'csms.certFile', file: csms.certFile },
  ];
  return uses.flatMap(({ about, file }) => {
    const pem = file === undefined ? undefined : contents.get(file)?.revealText();
    return pem === undefined ? [] : [{ about, endsMs: Date.parse(new X509Certificate(pem).validTo) }];
  });
}
