import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listenersAtRest, setupsOf, soapListenersOf } from '../../../src/main/charger-setup.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { MINIMAL, soundConfig, temporaryFolder } from '../config/written-config.ts';

const models = [
  { name: 'acme', vendors: ['Acme*'], models: ['*'], write: undefined, stopStart: undefined, restA: 6 },
] as const;

function setupIn(yaml: string, identity: string, boot?: Readonly<Record<string, unknown>>, folder = temporaryFolder()) {
  const config = soundConfig(`${MINIMAL}${yaml}`, { WORD: 'open sesame' }, folder);
  return setupsOf({ config, models: () => models }, () => [
    { protocol: 'OCPP-S', url: 'http://10.0.0.1:8180/ocpp/' },
    { protocol: 'OCPP-J', url: 'wss://10.0.0.1:8444/ocpp' },
  ])(identity, boot);
}

test('the identity ends the path, percent-encoded and spelled as in the config; the secret stands before it', () => {
  expect(setupIn('chargers: { "DE*A 1": { secretPathFrom: "env:WORD" } }', 'de*a 1')?.urls).toEqual([
    { protocol: 'OCPP-S', url: 'http://10.0.0.1:8180/ocpp/s/open%20sesame/DE*A%201' },
    { protocol: 'OCPP-J', url: 'wss://10.0.0.1:8444/ocpp/s/open%20sesame/DE*A%201' },
  ]);
});

test('an identity that no path can carry stands in the SOAP header alone', () => {
  expect(setupIn('', 'x'.repeat(49))?.urls[0]).toEqual({ protocol: 'OCPP-S', url: 'http://10.0.0.1:8180/ocpp' });
});

test('who must show a certificate gets no URL without TLS', () => {
  const authority = createCa('CA');
  const { cert, key } = authority.issue({ commonName: 'gateway' });
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ 'a.pem': cert, 'a.key': key, 'ca.pem': authority.cert })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  const tls = 'soap: { tls: { certFile: a.pem, keyFile: a.key, clientCaFile: ca.pem } }';
  const setup = setupIn(`${tls}\nchargers: { A: { requireCertificate: true } }`, 'A', undefined, folder);
  expect(setup?.urls.map(({ url }) => url)).toEqual(['wss://10.0.0.1:8444/ocpp/A']);
  expect(setup?.proofs).toEqual(['a client certificate whose CN is its identity']);
});

test('what its model is, what is unusual about it, and what it must show', () => {
  const yaml =
    'chargerDefaults: { repair: [vendorEnums] }\nchargers: { A: { secretPathFrom: "env:WORD", soapAction: true } }';
  const boot = { chargePointVendor: 'acme inc.', chargePointModel: 'Wall' };
  expect(setupIn(yaml, 'A', boot)).toMatchObject({
    registered: true,
    blocked: false,
    model: 'acme',
    settings: { repair: ['vendorEnums'], soapAction: true },
    proofs: ['the secret in the path of its URL'],
  });
  expect(setupIn('', 'Stranger')).toMatchObject({ registered: false, model: undefined, settings: {}, proofs: [] });
});

test('the name of the Local Controller is blocked for chargers at its CSMS', () => {
  const yaml = 'controller: { identity: SITE-1 }\nchargers: { site-1: { csmsIdentity: other } }';
  expect(setupIn('controller: { identity: SITE-1 }', 'site-1')?.blocked).toBe(true);
  expect(setupIn(yaml, 'SITE-1')?.blocked).toBe(false);
});

test('publicUrl stands in the place of the plain listener; a free port has no URL before it is taken', () => {
  const config = soundConfig(`${MINIMAL}soap: { publicUrl: "http://charge.test/in" }\n`);
  expect(listenersAtRest(config)).toEqual([{ protocol: 'OCPP-S', url: 'http://charge.test/in' }]);
  const free = soundConfig(`${MINIMAL}soap: { host: 10.0.0.1, port: 0 }\n`);
  expect(listenersAtRest(free)).toEqual([]);
  expect(soapListenersOf(free, { plain: 4711, tls: 4712 }).map(({ url }) => url)).toEqual([
    'http://10.0.0.1:4711/ocpp',
    'https://10.0.0.1:4712/ocpp',
  ]);
});
