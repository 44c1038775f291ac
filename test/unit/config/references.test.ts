import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { chargerSettings } from '../../../src/config/charger-settings.ts';
import { describeMistake } from '../../../src/config/place.ts';
import { operatorTokens } from '../../../src/config/tokens.ts';
import { createCa } from '../../../src/demo/certificates.ts';
import { loadYaml, MINIMAL, mistakesIn, soundConfig, temporaryFolder } from './written-config.ts';

const CANARY = 'canary-7f3a';
const ca = createCa('test authority');
const identity = ca.issue({ commonName: 'gateway' });

/** A folder with these files, private to the user unless `mode` says otherwise. */
function folderWith(files: Readonly<Record<string, string | Buffer>>, mode = 0o600): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), mode);
  }
  return folder;
}

const csms = (keys: string) => `csms: { url: "wss://csms.test/ocpp", ${keys} }\n`;
const linkOf = (yaml: string, env: Record<string, string>, folder?: string) =>
  chargerSettings(soundConfig(yaml, env, folder), 'A').link;

describe('secrets come by reference', () => {
  test('env:NAME is the variable, byte for byte', () => {
    const { password } = linkOf(csms('passwordFrom: "env:CSMS_PASSWORD"'), { CSMS_PASSWORD: `${CANARY}\n` });
    expect(password?.revealText()).toBe(`${CANARY}\n`);
  });

  test.each([
    ['a line end', Buffer.from(`${CANARY}\n`), Buffer.from(CANARY)],
    ['a Windows line end', Buffer.from(`${CANARY}\r\n`), Buffer.from(CANARY)],
    ["two line ends, of which one is the secret's", Buffer.from(`${CANARY}\n\n`), Buffer.from(`${CANARY}\n`)],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0x80]), Buffer.from([0xff, 0x00, 0x80])],
  ])('file:PATH is the file, relative to the config, with %s', (_title, content, secret) => {
    const folder = folderWith({ 'csms-password': content });
    const { password } = linkOf(csms('passwordFrom: "file:csms-password"'), {}, folder);
    expect(password?.reveal()).toEqual(secret);
  });

  test.each([
    ['a variable that is not set', 'passwordFrom: "env:NOT_THERE"', 'the environment variable NOT_THERE is not set'],
    ['a variable that is empty', 'passwordFrom: "env:EMPTY"', 'the environment variable EMPTY is empty'],
    ['a file that is not there', 'passwordFrom: "file:nope"', 'nope does not exist'],
    ['a file that is empty', 'passwordFrom: "file:empty"', 'empty is empty'],
    ['a folder', 'passwordFrom: "file:."', ' is a folder'],
    [
      'the secret itself',
      `passwordFrom: ${CANARY}`,
      'must be env:NAME or file:PATH; secrets themselves do not belong into the config',
    ],
  ])('%s is a mistake', (_title, keys, message) => {
    const folder = folderWith({ empty: '' });
    const mistakes = mistakesIn(csms(keys), { EMPTY: '' }, folder);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(/^gateway\.yaml:1:52 csms\.passwordFrom: /);
    expect(mistakes[0]?.replace(folder, '')).toContain(message);
  });

  test('a secret file that every user may read is a warning', () => {
    const folder = folderWith({ secret: CANARY }, 0o644);
    const result = loadYaml(csms('passwordFrom: "file:secret"'), {}, folder);
    expect(result.kind === 'loaded' && result.warnings.map(describeMistake)).toEqual([
      `${folder}/gateway.yaml:1:52 csms.passwordFrom: ${folder}/secret is open to every user of this machine; run chmod o= on it`,
    ]);
  });

  test('a secret file of the user alone is none', () => {
    const result = loadYaml(csms('passwordFrom: "file:secret"'), {}, folderWith({ secret: CANARY }));
    expect(result.kind === 'loaded' && result.warnings).toEqual([]);
  });
});

describe('tokens of the operator API', () => {
  const token = '0123456789abcdef';
  const tokens = (entries: string) => `${MINIMAL}operator: { host: 0.0.0.0, tokens: { ${entries} } }`;

  test('are read with their scopes', () => {
    const yaml = tokens(
      'ems: { scope: operate, tokenFrom: "env:EMS" }, boss: { scope: admin, tokenFrom: "file:boss" }',
    );
    const config = soundConfig(yaml, { EMS: token }, folderWith({ boss: 'Zm9vYmFyYmF6cXV4/+==\n' }));
    const read = operatorTokens(config).map(({ name, scope, token: secret }) => [name, scope, secret.revealText()]);
    expect(read).toEqual([
      ['ems', 'operate', token],
      ['boss', 'admin', 'Zm9vYmFyYmF6cXV4/+=='],
    ]);
  });

  test.each([
    ['of 15 characters', token.slice(1)],
    ['with a space', `${token} ${token}`],
    ['of other letters', `${token}ü`],
  ])('%s are a mistake', (_, value) => {
    const mistakes = mistakesIn(tokens('ems: { scope: read, tokenFrom: "env:EMS" }'), { EMS: value });
    expect(mistakes).toEqual([
      'gateway.yaml:2:69 operator.tokens.ems.tokenFrom: must lead to at least 16 letters, digits or -._~+/= (`openssl rand -base64 32` makes such a token)',
    ]);
    expect(mistakes[0]).not.toContain(value);
  });

  test('that two names share are a mistake', () => {
    const yaml = tokens('a: { scope: read, tokenFrom: "env:ONE" }, b: { scope: admin, tokenFrom: "env:TWO" }');
    expect(mistakesIn(yaml, { ONE: token, TWO: token })).toEqual([
      'gateway.yaml:2:110 operator.tokens.b.tokenFrom: leads to the token of a already',
    ]);
  });

  test('need a scope', () => {
    expect(mistakesIn(tokens('a: { tokenFrom: "env:ONE" }'), { ONE: token })).toEqual([
      expect.stringContaining('operator.tokens.a.scope: is missing'),
    ]);
  });
});

describe('no secret is ever shown', () => {
  test('a loaded config, printed in every way', () => {
    const config = soundConfig(
      `${csms('passwordFrom: "env:P"')}chargers: { A: { basicPasswordFrom: "env:P", secretPathFrom: "env:P" } }`,
      { P: CANARY },
    );
    const settings = chargerSettings(config, 'A');
    const { password } = settings.link;
    const shown = [config, settings].flatMap((value) => [
      inspect(value, { depth: 20, showHidden: true }),
      JSON.stringify(value),
    ]);
    expect([...shown, String(password)].filter((text) => text.includes(CANARY))).toEqual([]);
    expect(settings.basicPassword?.revealText()).toBe(CANARY);
  });

  test.each([
    ['a password where a reference belongs', csms(`passwordFrom: ${CANARY}`)],
    ['a number as password', csms('passwordFrom: 73115')],
    ['a password in the URL', `csms: { url: "wss://cp:${CANARY}@csms.test/" }`],
    ['a token in the URL', `csms: { url: "wss://csms.test/?token=${CANARY}" }`],
    ['a key of its own', csms(`password: ${CANARY}`)],
    ['a key in place of its file', csms(`keyFile: "-----BEGIN PRIVATE KEY----- ${CANARY}"`)],
    ['a broken line', `csms: { passwordFrom: ${CANARY}\n  url: [\n`],
    ['a duplicate key', csms(`passwordFrom: ${CANARY}, passwordFrom: ${CANARY}`)],
  ])('%s', (_title, yaml) => {
    const mistakes = mistakesIn(yaml);
    expect(mistakes).not.toEqual([]);
    expect(mistakes.filter((line) => line.includes(CANARY) || line.includes('73115'))).toEqual([]);
  });

  test('a password in an overriding variable', () => {
    const mistakes = mistakesIn(csms(''), { OCPP_EDGE__CSMS__PASSWORD_FROM: CANARY });
    expect(mistakes).toEqual([
      'env OCPP_EDGE__CSMS__PASSWORD_FROM csms.passwordFrom: must be env:NAME or file:PATH; secrets themselves do not belong into the config',
    ]);
  });
});

describe('certificates are read with the config', () => {
  const files = {
    'cert.pem': identity.cert,
    'key.pem': identity.key,
    'ca.pem': ca.cert,
    'roots.pem': `${ca.cert}-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n`,
    'text.pem': 'hello',
  };

  test('a link gets authority, certificate and key', () => {
    const { tls } = linkOf(csms('caFile: ca.pem, certFile: cert.pem, keyFile: key.pem'), {}, folderWith(files));
    expect({ ca: tls.ca, cert: tls.cert, key: tls.key?.revealText() }).toEqual({
      ca: ca.cert.trimEnd(),
      cert: identity.cert.trimEnd(),
      key: identity.key.trimEnd(),
    });
  });

  test.each([
    ['a certificate without key', csms('certFile: cert.pem'), '1:48 csms.certFile: needs keyFile beside it'],
    [
      "a charger's key without certificate",
      `${csms('')}chargers: { A: { csms: { keyFile: key.pem } } }`,
      '2:35 chargers.A.csms.keyFile: needs certFile beside it',
    ],
    [
      'a listener without key',
      `${csms('')}soap: { tls: { certFile: cert.pem } }`,
      '2:9 soap.tls.keyFile: is missing: PEM file with the private key of certFile. Write it here, or set OCPP_EDGE__SOAP__TLS__KEYFILE.',
    ],
    [
      'text instead of a certificate',
      csms('caFile: text.pem'),
      '1:46 csms.caFile: text.pem holds no PEM block of a certificate',
    ],
    [
      'a root of firmware that cannot be read, beside one that can',
      `${csms('')}transfers: { firmwareRootsFile: roots.pem }`,
      '2:33 transfers.firmwareRootsFile: holds a certificate that cannot be read',
    ],
    [
      'a certificate instead of a key',
      csms('certFile: cert.pem, keyFile: cert.pem'),
      '1:67 csms.keyFile: cert.pem holds no PEM block of a private key',
    ],
  ])('%s is a mistake', (_title, yaml, mistake) => {
    expect(mistakesIn(yaml, {}, folderWith(files))).toEqual([`gateway.yaml:${mistake}`]);
  });

  test('a key that belongs to another certificate is a mistake', () => {
    const other = ca.issue({ commonName: 'other' });
    const folder = folderWith({ ...files, 'other.pem': other.key });
    const mistakes = mistakesIn(`${csms('')}soap: { tls: { certFile: cert.pem, keyFile: other.pem } }`, {}, folder);
    expect(mistakes).toEqual(['gateway.yaml:2:45 soap.tls.keyFile: cannot be used with certFile: key values mismatch']);
  });

  test('a key that is broken inside is a mistake', () => {
    const broken = identity.key.replace(/^[A-Za-z0-9+/]{20}/m, 'AAAA');
    const folder = folderWith({ ...files, 'broken.pem': broken });
    const mistakes = mistakesIn(csms('certFile: cert.pem, keyFile: broken.pem'), {}, folder);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain('csms.keyFile: cannot be used with certFile: ');
  });
});

test('a password over ws:// and an open door on all addresses are warnings', () => {
  const yaml = 'csms: { url: "ws://csms.test/", passwordFrom: "env:P" }\nunknownChargers: accept\n';
  const result = loadYaml(yaml, { P: CANARY });
  expect(result.kind === 'loaded' && result.warnings.map(({ path, message }) => [path.join('.'), message])).toEqual([
    ['unknownChargers', 'whoever reaches the SOAP port is passed on to the CSMS as a charger of any name'],
    ['csms.url', 'the password crosses the network in the clear; wss:// would protect it'],
  ]);
});
