import { createHash, randomBytes } from 'node:crypto';
import { createServer as createTlsServer } from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { refused, unreachable } from '../../../support/gateway-harness.ts';
import { createCa } from '../../../../src/demo/certificates.ts';
import { type FtpScript, scriptedFtp, type ScriptedFtp } from '../../../support/scripted-ftp.ts';
import { fetchAsCharger, type StageWish, type TransferStage } from '../../../support/transfer-stage.ts';
import { isIn, useTransferStages } from '../../../support/transfer-stages.ts';
import type { Handler } from '../../../support/web-server.ts';

/*
 * Fault scripts of firmware updates: whatever goes wrong, the last status that the CSMS hears is what is the case, and a
 * charger never hears of an image that was not verified.
 */

const { web, open } = useTransferStages();
const ftps: ScriptedFtp[] = [];
afterEach(async () => {
  for (const ftp of ftps.splice(0)) await ftp.close();
});

const image = randomBytes(60_000);
const whole: Handler = (_request, response) =>
  void response.writeHead(200, { 'Content-Length': image.length, ETag: '"v1"' }).end(image);

const update = (stage: TransferStage, location: string) =>
  stage.asks('UpdateFirmware', { retrieveDate: '2026-03-01T12:00:00Z', retries: 1, retryInterval: 1, location });

const offers = (stage: TransferStage) => stage.asked('UpdateFirmware');

/** The CSMS has heard this last, and hears nothing else in the day that follows. */
async function lastHeard(stage: TransferStage, status: string): Promise<void> {
  await stage.until(() => stage.heard('firmware').at(-1) === status, 20_000);
  await stage.harness.clock.skip(90_000_000);
  await stage.until(() => true);
  expect(stage.heard('firmware').at(-1)).toBe(status);
}

/** What the far side does, from turn to turn, and what becomes of the update. */
const fetchFailures: readonly (readonly [string, Handler, wish?: StageWish])[] = [
  ['there is no such file', (_request, response) => void response.writeHead(404).end()],
  ['the presigned URL has expired', (_request, response) => void response.writeHead(403).end('<Error>expired</Error>')],
  ['the file is gone', (_request, response) => void response.writeHead(410).end()],
  ['the server fails each time', (_request, response) => void response.writeHead(503).end()],
  [
    'the file is short each time',
    (_request, response) => {
      response.writeHead(200, { 'Content-Length': image.length });
      response.write(image.subarray(0, 1_000), () => response.destroy());
    },
  ],
  [
    'the file is not what Repr-Digest says',
    (_request, response) => {
      const digest = createHash('sha256').update('another').digest('base64');
      response.writeHead(200, { 'Content-Length': image.length, 'Repr-Digest': `sha-256=:${digest}:` }).end(image);
    },
  ],
  [
    'the file is not what Content-MD5 says',
    (_request, response) => {
      const digest = createHash('md5').update('another').digest('base64');
      response.writeHead(200, { 'Content-Length': image.length, 'Content-MD5': digest }).end(image);
    },
  ],
  ['the file is empty', (_request, response) => void response.writeHead(200, { 'Content-Length': 0 }).end()],
  ['the file is too large', whole, { settings: { imageBytes: { least: 1, most: 1_000 } } }],
  [
    'the file is too large, and does not say so',
    (_request, response) => void response.end(image),
    { settings: { imageBytes: { least: 1, most: 1_000 } } },
  ],
  ['the spool is full', whole, { quotaBytes: 10_000 }],
  [
    'it leads to a metadata service',
    (_request, response) => void response.writeHead(302, { Location: 'http://169.254.169.254/latest/' }).end(),
  ],
  ['it leads around in circles', (request, response) => void response.writeHead(302, { Location: request.url }).end()],
  [
    'it leads to a local file',
    (_request, response) => void response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
  ],
  [
    'no byte comes any more',
    (_request, response) => {
      response.writeHead(200, { 'Content-Length': image.length });
      response.write(image.subarray(0, 1_000));
    },
    { stallMs: 300 },
  ],
  ['it is no HTTP', (request) => void request.socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
];

test.each(fetchFailures.map(([fault, handler, wish = {}]) => ({ fault, handler, wish })))(
  '$fault: DownloadFailed, and the charger never hears of it',
  async ({ handler, wish }) => {
    const stage = await open(wish);
    await update(stage, `${await web.serve(handler)}/wall.bin?key=presigned`);
    await lastHeard(stage, 'DownloadFailed');
    expect(stage.heard('firmware')).toEqual(['DownloadFailed']);
    expect(offers(stage)).toEqual([]);
    expect(await stage.job()).toMatchObject({ state: 'fetchFailed', open: false });
  },
);

test.each([
  ['a path of Windows', 'C:\\x\\fw.bin'],
  ['a local file', 'file:///etc/passwd'],
  ['a host without an address', 'http://images.invalid/fw.bin'],
  ['a port where nobody listens', 'http://127.0.0.1:1/fw.bin'],
  ['a private address', 'http://10.1.2.3/fw.bin'],
  ['the loopback, written short', 'http://127.1/fw.bin'],
  ['a metadata service', 'http://169.254.169.254/latest/meta-data'],
  ['a line break', 'ftp://a%0d%0aDELE x@127.0.0.1/fw.bin'],
])('the location is %s: DownloadFailed', async (_fault, location) => {
  const stage = await open({ allowed: location.includes('127.0.0.1:1') ? ['127.0.0.0/8'] : [] });
  await update(stage, location);
  await lastHeard(stage, 'DownloadFailed');
  expect(offers(stage)).toEqual([]);
});

test('nobody trustworthy vouches for the server: DownloadFailed', async () => {
  const server = createTlsServer(
    createCa('Nobody').issue({ commonName: '127.0.0.1', hosts: ['127.0.0.1'] }),
    (...turn) => whole(...turn, 1),
  );
  const stage = await open();
  await update(stage, `https://127.0.0.1:${await web.listen(server)}/fw.bin`);
  await lastHeard(stage, 'DownloadFailed');
  expect(offers(stage)).toEqual([]);
});

async function ftpWith(script: Partial<FtpScript>): Promise<string> {
  const ftp = await scriptedFtp({ file: image, ...script });
  ftps.push(ftp);
  return `${ftp.url}/wall.bin`;
}

test.each<readonly [string, Partial<FtpScript>]>([
  ['226 after a part of the file, each time', { cut: () => ({ after: 1_000, how: 'confirmed' }) }],
  ['no such file', { replies: { RETR: '550 no such file', SIZE: '550 no such file' } }],
  ['a wrong password', { replies: { PASS: '530 no' } }],
])('FTP with %s: DownloadFailed', async (_fault, script) => {
  const stage = await open();
  await update(stage, await ftpWith(script));
  await lastHeard(stage, 'DownloadFailed');
  expect(offers(stage)).toEqual([]);
});

/** The charger fetches what it was offered, and says all that a good charger says. */
async function install(stage: TransferStage): Promise<void> {
  await stage.until(isIn(stage, 'offered'), 20_000);
  await stage.says('firmware', 'Downloading');
  expect(await fetchAsCharger(offers(stage)[0]?.['location'])).toEqual(image);
  for (const status of ['Downloaded', 'Installing', 'Installed']) await stage.says('firmware', status);
}

test.each<readonly [string, Handler]>([
  [
    'the server fails once',
    (request, response, turn) => (turn === 1 ? void response.writeHead(503).end() : whole(request, response, turn)),
  ],
  [
    'the connection breaks once',
    (request, response, turn) => {
      if (turn > 1) return whole(request, response, turn);
      response.writeHead(200, { 'Content-Length': image.length, ETag: '"v1"' });
      response.write(image.subarray(0, 10_000), () => response.destroy());
    },
  ],
  [
    'the file changes while it is fetched',
    (_request, response, turn) => {
      if (turn > 1) return void response.writeHead(200, { 'Content-Length': image.length, ETag: '"v2"' }).end(image);
      response.writeHead(200, { 'Content-Length': image.length, ETag: '"v1"' });
      response.write(randomBytes(10_000), () => response.destroy());
    },
  ],
])('%s: the charger has the whole image, and Installed is heard', async (_fault, handler) => {
  const stage = await open();
  await update(stage, `${await web.serve(handler)}/wall.bin`);
  await install(stage);
  await lastHeard(stage, 'Installed');
});

async function offered(wish?: StageWish): Promise<TransferStage> {
  const stage = await open(wish);
  await update(stage, `${await web.serve(whole)}/wall.bin`);
  await stage.until(isIn(stage, 'offered'));
  return stage;
}

test('the charger refuses again and again: DownloadFailed', async () => {
  const stage = await open();
  stage.harness.chargers.answer = () => refused('InternalError');
  await update(stage, `${await web.serve(whole)}/wall.bin`);
  await lastHeard(stage, 'DownloadFailed');
  expect(offers(stage)).toHaveLength(3);
});

test('the charger is not reached for three days: DownloadFailed', async () => {
  const stage = await open();
  stage.harness.chargers.answer = () => unreachable(false);
  await update(stage, `${await web.serve(whole)}/wall.bin`);
  await stage.until(isIn(stage, 'verified'));
  await stage.harness.clock.skip(3 * 86_400_000);
  await lastHeard(stage, 'DownloadFailed');
});

test('the charger accepts, and never comes: DownloadFailed, and its URL is dead', async () => {
  const stage = await offered();
  await stage.harness.clock.skip(86_400_000);
  await lastHeard(stage, 'DownloadFailed');
  await expect(fetchAsCharger(offers(stage)[0]?.['location'])).rejects.toThrow();
});

test('a mute charger with the image: nobody knows, and nothing is said', async () => {
  const stage = await offered();
  await fetchAsCharger(offers(stage)[0]?.['location']);
  await stage.harness.clock.skip(86_400_000);
  await stage.until(isIn(stage, 'expired'));
  expect(stage.heard('firmware')).toEqual([]);
});

test('a mute charger of which statuses are inferred: Installed when it boots with other firmware', async () => {
  const stage = await offered({ station: { inferStatus: true } });
  await fetchAsCharger(offers(stage)[0]?.['location']);
  await stage.until(() => stage.heard('firmware').length === 2);
  const boot = { chargePointVendor: 'Acme', chargePointModel: 'Wall 1', firmwareVersion: '2.0' };
  await stage.harness.asks('BootNotification', boot, { peerAddress: '127.0.0.1' });
  await lastHeard(stage, 'Installed');
  expect(stage.heard('firmware')).toEqual(['Downloading', 'Downloaded', 'Installed']);
  expect(await stage.transcript()).toContain('inferred Installed from what the charger does');
});

test.each(['DownloadFailed', 'InstallationFailed'])('the charger’s own %s is its last word', async (status) => {
  const stage = await offered();
  await stage.says('firmware', 'Downloading');
  await stage.says('firmware', status);
  await lastHeard(stage, status);
});

test('a charger that claims what it cannot have: its word is passed on, and noted as a contradiction', async () => {
  const stage = await offered();
  await stage.says('firmware', 'Downloaded');
  await stage.until(() => stage.heard('firmware').length === 1);
  expect(stage.counted).toContain('contradiction downloaded');
  expect(await stage.transcript()).toContain(`but 0 of ${image.length} bytes have left this gateway`);
});

test('the operator cancels: DownloadFailed', async () => {
  const stage = await offered();
  await stage.desk().cancel((await stage.job()).id);
  await lastHeard(stage, 'DownloadFailed');
});

test('the gateway starts again while the charger downloads: Installed', async () => {
  const stage = await offered();
  await stage.says('firmware', 'Downloading');
  await stage.restart();
  const url = new URL(String(offers(stage)[0]?.['location']));
  url.port = String(stage.door().ftpPort);
  expect(await fetchAsCharger(url)).toEqual(image);
  for (const status of ['Downloaded', 'Installing', 'Installed']) await stage.says('firmware', status);
  await lastHeard(stage, 'Installed');
  expect(offers(stage)).toHaveLength(1);
});
