import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { certificateExpiries } from '../../../src/config/expiries.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { MINIMAL, soundConfig, temporaryFolder } from './written-config.ts';

test('a chain ends with its first certificate, a file of authorities with its last', () => {
  const folder = temporaryFolder();
  const until = (year: number) => ({
    notBefore: new Date('2020-01-01'),
    notAfter: new Date(`${year}-01-01T00:00:00Z`),
  });
  const [early, late] = [createCa('early', until(2031)), createCa('late', until(2041))];
  const own = late.issue({ commonName: 'gateway', ...until(2035) });
  const write = (name: string, ...pems: readonly string[]) =>
    writeFileSync(join(folder, name), pems.map((pem) => `${pem.trim()}\n`).join(''), { mode: 0o600 });
  write('gateway.pem', own.cert, late.cert);
  write('gateway.key', own.key);
  write('authorities.pem', early.cert, late.cert);
  const tls = 'soap: { tls: { certFile: gateway.pem, keyFile: gateway.key, clientCaFile: authorities.pem } }\n';
  const ends = certificateExpiries(soundConfig(`${MINIMAL}${tls}`, {}, folder));
  expect(ends).toEqual([
    { file: join(folder, 'gateway.pem'), expiresMs: Date.parse('2035-01-01T00:00:00Z') },
    { file: join(folder, 'authorities.pem'), expiresMs: Date.parse('2041-01-01T00:00:00Z') },
  ]);
  expect(certificateExpiries(soundConfig(MINIMAL))).toEqual([]);
});
