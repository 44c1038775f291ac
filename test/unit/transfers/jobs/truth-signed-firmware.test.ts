import { randomBytes, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { validateJsonRequest, validateJsonResponse } from '../../../../src/ocpp/validation.ts';
import { createCa, issuingAs } from '../../../../src/demo/certificates.ts';
import {
  firmwarePeriod,
  firmwareRoot,
  type SignedUpdate,
  signatureOf,
  signedUpdate,
  signer,
} from '../../../support/firmware-signing.ts';
import { fetchAsCharger, type StageWish, type TransferStage } from '../../../support/transfer-stage.ts';
import { isIn, useTransferStages } from '../../../support/transfer-stages.ts';
import type { Handler } from '../../../support/web-server.ts';

/*
 * Fault scripts of SignedUpdateFirmware for a charger with SOAP: whatever goes wrong, the last status that the CSMS hears
 * is what is the case, and the charger never hears of an image that is not what was signed. Everything that the CSMS
 * hears is of the published schemas.
 */

const { web, open } = useTransferStages({ wish: { firmwareRoots: firmwareRoot.cert } });
const image = randomBytes(60_000);
const acme = signer();
const whole: Handler = (_request, response) =>
  void response.writeHead(200, { 'Content-Length': image.length }).end(image);

async function update(stage: TransferStage, wish: Partial<SignedUpdate> = {}) {
  const request = signedUpdate({
    requestId: 7,
    location: wish.location ?? `${await web.serve(whole)}/wall.bin`,
    signingCertificate: acme.cert,
    signature: signatureOf(image, acme.key),
    ...wish,
  });
  validateJsonRequest('SignedUpdateFirmware', request);
  const conf = await stage.asks('SignedUpdateFirmware', request);
  validateJsonResponse('SignedUpdateFirmware', conf);
  return conf;
}

const offers = (stage: TransferStage) => stage.asked('UpdateFirmware');
const heard = (stage: TransferStage) => stage.harness.csms.of('SignedFirmwareStatusNotification');
const events = (stage: TransferStage) => stage.harness.csms.of('SecurityEventNotification').map(({ type }) => type);
const signed = (requestId: number, ...statuses: readonly string[]) => statuses.map((status) => ({ status, requestId }));

/** The CSMS has heard these, and hears nothing else in the day that follows; nothing comes by the plain message. */
async function hears(stage: TransferStage, ...expected: readonly unknown[]): Promise<void> {
  await stage.until(() => heard(stage).length >= expected.length, 20_000);
  await stage.harness.clock.skip(90_000_000);
  await stage.until(() => true);
  expect(heard(stage)).toEqual(expected);
  expect(stage.heard('firmware')).toEqual([]);
}

async function offered(wish?: StageWish): Promise<TransferStage> {
  const stage = await open(wish);
  expect(await update(stage)).toEqual({ status: 'Accepted' });
  await stage.until(isIn(stage, 'offered'));
  return stage;
}

const allStatuses = ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'];

describe('a good image', () => {
  test.each([
    ['ECDSA', signer()],
    ['RSA-PSS', signer({ rsaBits: 2048 })],
    ['a certificate that does not say what it is for', signer({ use: undefined })],
  ])('signed with %s: the charger installs it, and the CSMS hears each step with its requestId', async (_how, by) => {
    const stage = await open();
    await update(stage, { signingCertificate: by.cert, signature: signatureOf(image, by.key) });
    await stage.until(isIn(stage, 'offered'));
    expect(offers(stage)).toEqual([
      { retrieveDate: '2026-03-01T12:00:00Z', retries: 1, retryInterval: 1, location: expect.stringMatching(/^ftp:/) },
    ]);
    await stage.says('firmware', 'Downloading');
    expect(await fetchAsCharger(offers(stage)[0]?.['location'])).toEqual(image);
    for (const status of ['Downloaded', 'Downloaded', 'Installing', 'Installed']) await stage.says('firmware', status);
    await hears(stage, ...signed(7, ...allStatuses));
    expect(stage.counted).toContain('repeated firmware');
  });

  test('signed by one whom the root vouches for through another, which the CSMS sends along', async () => {
    const between = firmwareRoot.issueAuthority('Acme Firmware Issuing', firmwarePeriod);
    const by = signer({}, between);
    const stage = await open();
    const signature = signatureOf(image, by.key);
    expect(await update(stage, { signingCertificate: by.cert, signature })).toEqual({ status: 'InvalidCertificate' });
    const signingCertificate = `${by.cert}${between.cert}`;
    expect(await update(stage, { signingCertificate, signature })).toEqual({ status: 'Accepted' });
    await stage.until(isIn(stage, 'offered'));
  });

  test('signed by one who stands in the file of roots itself', async () => {
    const stage = await open({ firmwareRoots: `${firmwareRoot.cert}${acme.cert}` });
    expect(await update(stage)).toEqual({ status: 'Accepted' });
  });

  test('that is to be installed later is to be retrieved then: the charger would not wait', async () => {
    const stage = await open();
    await update(stage, { installDateTime: '2026-03-02T02:00:00Z' });
    await stage.until(isIn(stage, 'offered'));
    expect(offers(stage)).toMatchObject([{ retrieveDate: '2026-03-02T02:00:00Z' }]);
  });

  test('a mute charger of which statuses are inferred: the signature has its place among them', async () => {
    const stage = await offered({ station: { inferStatus: true } });
    await fetchAsCharger(offers(stage)[0]?.['location']);
    await stage.until(() => heard(stage).length === 3);
    const boot = { chargePointVendor: 'Acme', chargePointModel: 'Wall 1', firmwareVersion: '2.0' };
    await stage.harness.asks('BootNotification', boot, { peerAddress: '127.0.0.1' });
    await hears(stage, ...signed(7, 'Downloading', 'Downloaded', 'SignatureVerified', 'Installed'));
  });

  test('a charger that says Installed at once: SignatureVerified comes before', async () => {
    const stage = await offered();
    await fetchAsCharger(offers(stage)[0]?.['location']);
    await stage.says('firmware', 'Installed');
    await hears(stage, ...signed(7, 'SignatureVerified', 'Installed'));
  });

  test('a charger that says how it ended after its time was over: in the form in which the CSMS asked', async () => {
    const stage = await offered();
    await fetchAsCharger(offers(stage)[0]?.['location']);
    await stage.harness.clock.skip(86_400_000);
    await stage.until(isIn(stage, 'expired'));
    await stage.says('firmware', 'Installed');
    await hears(stage, ...signed(7, 'SignatureVerified', 'Installed'));
  });
});

describe('a certificate that may not sign: InvalidCertificate, a security event, and nothing else happens', () => {
  const stranger = createCa('Stranger', firmwarePeriod);
  const past = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2026-02-28T00:00:00Z') };
  const future = { notBefore: new Date('2026-03-02T00:00:00Z'), notAfter: new Date('2030-01-01T00:00:00Z') };
  const forged = createCa('Acme Firmware Root', firmwarePeriod);
  const ended = firmwareRoot.issueAuthority('Ended', past);
  const lateAuthority = signer({}, ended);

  test.each([
    ['it has expired', signer(past).cert],
    ['it is not valid yet', signer(future).cert],
    ['nobody trusted vouches for it', signer({}, stranger).cert],
    ['its issuer only has the name of the root', signer({}, forged).cert],
    ['it brings the root that vouches for it along', `${signer({}, stranger).cert}${stranger.cert}`],
    [
      'another signer vouches for it, which may not',
      `${signer({}, issuingAs('Acme Firmware Signing', acme)).cert}${acme.cert}`,
    ],
    ['the authority between has expired', `${lateAuthority.cert}${ended.cert}`],
    ['it is for servers', signer({ use: 'serverAuth' }).cert],
    ['it is the root itself', firmwareRoot.cert],
    ['its key is short', signer({ rsaBits: 1024 }).cert],
    ['it is no certificate', 'MIIC'],
    ['it is a broken certificate', '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n'],
    ['it is empty', ''],
  ])('%s', async (_fault, signingCertificate) => {
    const stage = await open();
    expect(await update(stage, { signingCertificate })).toEqual({ status: 'InvalidCertificate' });
    await stage.until(() => events(stage).length > 0);
    expect(events(stage)).toEqual(['InvalidFirmwareSigningCertificate']);
    expect(await stage.desk().transfers({})).toEqual([]);
    await hears(stage);
    expect(offers(stage)).toEqual([]);
  });

  test('an open job goes on', async () => {
    const stage = await offered();
    expect(await update(stage, { requestId: 8, signingCertificate: 'MIIC' })).toEqual({ status: 'InvalidCertificate' });
    expect(await stage.job()).toMatchObject({ state: 'offered', open: true });
  });
});

describe('an image that is not what was signed: InvalidSignature, a security event, and the charger never hears of it', () => {
  const other = randomBytes(image.length);
  const rsa = signer({ rsaBits: 2048 });

  test.each([
    ['another image was signed', acme, signatureOf(other, acme.key)],
    ['another has signed', acme, signatureOf(image, signer().key)],
    ['the signature is of RSA, the certificate is not', acme, signatureOf(image, rsa.key)],
    ['it is signed by RSA without PSS', rsa, sign('sha256', image, rsa.key).toString('base64')],
    ['another hash was signed', acme, sign('sha384', image, acme.key).toString('base64')],
    ['the signature is no base64', acme, '%%%'],
    ['the signature is empty', acme, ''],
  ])('%s', async (_fault, { cert: signingCertificate }, signature) => {
    const stage = await open();
    expect(await update(stage, { signingCertificate, signature })).toEqual({ status: 'Accepted' });
    await stage.until(() => events(stage).length > 0, 20_000);
    await hears(stage, ...signed(7, 'InvalidSignature'));
    expect(events(stage)).toEqual(['InvalidFirmwareSignature']);
    expect(offers(stage)).toEqual([]);
    expect(await stage.job()).toMatchObject({ state: 'invalidSignature', open: false });
  });

  test('the image was altered on its way', async () => {
    const stage = await open();
    const altered = Buffer.from(image);
    altered.writeUInt8(altered.readUInt8(30_000) ^ 1, 30_000);
    const url = await web.serve((_request, response) => void response.end(altered));
    await update(stage, { location: `${url}/wall.bin` });
    await hears(stage, ...signed(7, 'InvalidSignature'));
    expect(offers(stage)).toEqual([]);
  });
});

describe('what goes wrong as with any image', () => {
  test.each<readonly [string, Handler]>([
    ['there is no such file', (_request, response) => void response.writeHead(404).end()],
    ['the file is empty', (_request, response) => void response.writeHead(200, { 'Content-Length': 0 }).end()],
  ])('%s: DownloadFailed', async (_fault, handler) => {
    const stage = await open();
    await update(stage, { location: `${await web.serve(handler)}/wall.bin` });
    await hears(stage, ...signed(7, 'DownloadFailed'));
    expect(offers(stage)).toEqual([]);
  });

  test('a charger that claims what it cannot have: its word is passed on, but not that the signature was verified', async () => {
    const stage = await offered();
    for (const status of ['Downloaded', 'Installing']) await stage.says('firmware', status);
    await hears(stage, ...signed(7, 'Downloaded', 'Installing'));
    expect(stage.counted).toContain('contradiction downloaded');
  });

  test.each(['DownloadFailed', 'InstallationFailed'])('the charger’s own %s is its last word', async (status) => {
    const stage = await offered();
    await stage.says('firmware', status);
    await hears(stage, ...signed(7, status));
  });

  test('the charger never comes: DownloadFailed', async () => {
    const stage = await offered();
    await stage.harness.clock.skip(86_400_000);
    await hears(stage, ...signed(7, 'DownloadFailed'));
  });

  test('the gateway starts again before the image is there, and while the charger downloads: Installed', async () => {
    const stage = await open();
    let isHeld = true;
    const url = await web.serve((request, response, turn) => void (isHeld || whole(request, response, turn)));
    await update(stage, { location: `${url}/wall.bin` });
    isHeld = false;
    await stage.restart();
    await stage.until(isIn(stage, 'offered'), 20_000);
    await stage.says('firmware', 'Downloading');
    await stage.restart();
    const location = new URL(String(offers(stage)[0]?.['location']));
    location.port = String(stage.door().ftpPort);
    expect(await fetchAsCharger(location)).toEqual(image);
    await stage.says('firmware', 'Downloaded');
    await stage.restart();
    for (const status of ['Installing', 'Installed']) await stage.says('firmware', status);
    await hears(stage, ...signed(7, ...allStatuses));
    expect(offers(stage)).toHaveLength(1);
  });

  test('the gateway starts again before an altered image is there: InvalidSignature', async () => {
    const stage = await open();
    let isHeld = true;
    const url = await web.serve((_request, response) => void (isHeld || response.end('altered')));
    await update(stage, { location: `${url}/wall.bin` });
    isHeld = false;
    await stage.restart();
    await hears(stage, ...signed(7, 'InvalidSignature'));
    expect(offers(stage)).toEqual([]);
  });

  test('the operator tries once more: with the same requestId, and the signature is asked for again', async () => {
    const stage = await open();
    await update(stage, { signature: signatureOf(Buffer.from('another'), acme.key) });
    await stage.until(isIn(stage, 'invalidSignature'));
    await stage.desk().retry((await stage.job()).id);
    await hears(stage, ...signed(7, 'InvalidSignature', 'InvalidSignature'));
    expect(offers(stage)).toEqual([]);
  });
});

describe('one request after the other', () => {
  test('a newer one cancels an open one: AcceptedCanceled, and what is heard is of the newer', async () => {
    const stage = await offered();
    await stage.says('firmware', 'Downloading');
    expect(await update(stage, { requestId: 8 })).toEqual({ status: 'AcceptedCanceled' });
    await stage.until(() => offers(stage).length === 2, 20_000);
    await stage.until(isIn(stage, 'offered'));
    await fetchAsCharger(offers(stage)[1]?.['location']);
    for (const status of ['Downloaded', 'Installing', 'Installed']) await stage.says('firmware', status);
    await hears(
      stage,
      ...signed(7, 'Downloading'),
      ...signed(8, 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'),
    );
    expect(await update(stage, { requestId: 9 })).toEqual({ status: 'Accepted' });
  });

  test('an UpdateFirmware keeps its own form, and cancels a signed one', async () => {
    const stage = await offered();
    await stage.asks('UpdateFirmware', {
      retrieveDate: '2026-03-01T12:00:00Z',
      location: `${await web.serve(whole)}/b`,
    });
    await stage.until(() => offers(stage).length === 2);
    await stage.until(isIn(stage, 'offered'));
    await stage.says('firmware', 'Downloading');
    await stage.until(() => stage.heard('firmware').length === 1);
    expect(stage.heard('firmware')).toEqual(['Downloading']);
    expect(heard(stage)).toEqual([]);
  });
});

describe('who cannot be asked so', () => {
  const nobody = { requestId: 1, location: 'http://127.0.0.1/', signingCertificate: acme.cert, signature: 'AA==' };

  test.each<readonly [string, StageWish]>([
    ['nobody is trusted with firmware', { firmwareRoots: '' }],
    ['the charger reaches the CSMS’s locations itself', { station: { route: 'direct' } }],
  ])('%s: NotImplemented, so that the CSMS asks by UpdateFirmware', async (_why, wish) => {
    const stage = await open(wish);
    await expect(update(stage, nobody)).rejects.toMatchObject({ code: 'NotImplemented' });
    expect(await stage.desk().transfers({})).toEqual([]);
  });

  test('a charger that cannot be called: Rejected', async () => {
    const stage = await open();
    const boot = { chargePointVendor: 'Acme', chargePointModel: 'Wall 1' };
    await stage.harness.asks('BootNotification', boot, { identity: 'CP2', callbacks: [] });
    const reply = await stage.harness.csms.call('CP2', 'SignedUpdateFirmware', signedUpdate(nobody));
    expect(reply).toEqual({ kind: 'answered', payload: { status: 'Rejected' } });
  });
});
