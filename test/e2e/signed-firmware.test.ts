import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Csms, startCsms } from '../../src/demo/csms.ts';
import { validateJsonRequest } from '../../src/ocpp/validation.ts';
import { type Edge, freeFilePorts, startTestEdge } from '../support/edge.ts';
import { firmwareRoot, signatureOf, signedUpdate, signer } from '../support/firmware-signing.ts';
import { SoapCharger } from '../support/soap-charger.ts';
import { fetchAsCharger, uploadAsCharger } from '../support/transfer-stage.ts';
import { WebStage } from '../support/web-server.ts';

/* The security extension across the whole gateway: a CSMS with OCPP-J that signs, a charger with SOAP. */

const identity = 'SIGN-1';
const image = randomBytes(300_000);
const acme = signer({ rsaBits: 2048 });
const patienceMs = 10_000;

type News = { readonly action: string; readonly payload: Readonly<Record<string, unknown>> };

const extension: ReadonlySet<string> = new Set([
  'LogStatusNotification',
  'SecurityEventNotification',
  'SignedFirmwareStatusNotification',
]);

let web: WebStage;
let csms: Csms;
let edge: Edge;
let charger: SoapCharger;
/** What the CSMS was told by messages of the extension. */
let news: News[];

beforeEach(async () => {
  web = new WebStage();
  news = [];
  csms = await startCsms({
    heartbeatS: 300,
    judge: ({ action, payload }) => {
      if (!extension.has(action)) return { kind: 'answer' };
      validateJsonRequest(action, payload);
      news.push({ action, payload });
      return { kind: 'answerWith', payload: {} };
    },
  });
  edge = await startTestEdge({
    csmsUrl: csms.url,
    config: {
      transfers: { ...freeFilePorts, allowNetworks: ['127.0.0.0/8'], firmwareRootsFile: 'roots.pem' },
      chargerDefaults: { transferProtocol: 'ftp' },
    },
    files: { 'roots.pem': firmwareRoot.cert },
  });
  charger = new SoapCharger({ identity, endpoint: edge.soapUrl, prefix: 'soap' });
  await charger.start();
  charger.react = (action) => (action === 'GetDiagnostics' ? { fileName: 'log.zip' } : {});
  await charger.say('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion: '1' });
  await until(() => csms.connected.includes(identity));
});

afterEach(async () => {
  await charger.stop();
  await csms.close();
  await edge.remove();
  await web.end();
});

async function until(isSo: () => boolean): Promise<void> {
  if (!(await csms.changes.until(isSo, patienceMs))) throw new Error(`not so: ${isSo.toString()}\n${told()}`);
}

const told = (): string => JSON.stringify(news);

/** The location that the charger is handed by a call; resolves when the call has come. */
function handed(action: string): Promise<unknown> {
  return new Promise((resolve) => {
    charger.react = (called) => {
      if (called === action) setImmediate(() => resolve(locationOf(charger.called.at(-1)?.payload)));
      return action === 'GetDiagnostics' ? { fileName: 'log.zip' } : {};
    };
  });
}

const locationOf = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null && 'location' in payload ? payload.location : undefined;

async function update(served: Buffer) {
  const url = await web.serve((_request, response) => void response.end(served));
  const request = signedUpdate({
    requestId: 41,
    location: `${url}/wall.bin`,
    signingCertificate: acme.cert,
    signature: signatureOf(image, acme.key),
  });
  return csms.call(identity, 'SignedUpdateFirmware', request, patienceMs);
}

test('SignedUpdateFirmware: the charger installs what was signed by UpdateFirmware, and the CSMS hears Installed', async () => {
  const offered = handed('UpdateFirmware');
  expect(await update(image)).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
  const location = await offered;
  await charger.say('FirmwareStatusNotification', { status: 'Downloading' });
  expect(await fetchAsCharger(location)).toEqual(image);
  for (const status of ['Downloaded', 'Installing', 'Installed']) {
    await charger.say('FirmwareStatusNotification', { status });
  }
  await until(() => news.length === 5);
  expect(news).toEqual(
    ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'].map((status) => ({
      action: 'SignedFirmwareStatusNotification',
      payload: { status, requestId: 41 },
    })),
  );
  expect(csms.book(identity).firmware).toEqual([]);
});

test('SignedUpdateFirmware with an altered image: InvalidSignature, and the charger never hears of it', async () => {
  const altered = Buffer.from(image);
  altered.writeUInt8(altered.readUInt8(1_000) ^ 1, 1_000);
  expect(await update(altered)).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
  await until(() => news.length === 2);
  const event = { type: 'InvalidFirmwareSignature', techInfo: expect.stringContaining('Acme Firmware Signing') };
  expect(news).toEqual([
    { action: 'SecurityEventNotification', payload: { ...event, timestamp: expect.any(String) } },
    { action: 'SignedFirmwareStatusNotification', payload: { status: 'InvalidSignature', requestId: 41 } },
  ]);
  expect(charger.called).toEqual([]);
});

test('GetLog: the charger is asked for its diagnostics, and Uploaded is heard when they are at the location', async () => {
  const arrived: (string | undefined)[] = [];
  const url = await web.serve((request, response) => {
    request.resume();
    request.on('end', () => {
      arrived.push(request.url);
      response.writeHead(201).end();
    });
  });
  const asked = handed('GetDiagnostics');
  const request = { requestId: 42, logType: 'DiagnosticsLog', log: { remoteLocation: `${url}/in/` } };
  const conf = await csms.call(identity, 'GetLog', request, patienceMs);
  expect(conf).toEqual({ kind: 'answered', payload: { status: 'Accepted', filename: 'log.zip' } });
  await uploadAsCharger(await asked, 'log.zip', randomBytes(10_000));
  await charger.say('DiagnosticsStatusNotification', { status: 'Uploaded' });
  await until(() => news.length === 1);
  expect(news).toEqual([{ action: 'LogStatusNotification', payload: { status: 'Uploaded', requestId: 42 } }]);
  expect(arrived).toEqual(['/in/log.zip']);
});
