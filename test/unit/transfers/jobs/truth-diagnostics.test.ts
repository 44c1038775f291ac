import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type FtpScript, scriptedFtp, type ScriptedFtp } from '../../../support/scripted-ftp.ts';
import { type StageWish, type TransferStage, uploadAsCharger } from '../../../support/transfer-stage.ts';
import { answersWith, openInbox, useTransferStages } from '../../../support/transfer-stages.ts';
import type { Handler } from '../../../support/web-server.ts';

/*
 * Fault scripts of diagnostics: Uploaded is heard when the file is at the CSMS's location, and only then; UploadFailed
 * when it never will be.
 */

const { web, open } = useTransferStages({ wish: { station: { protocol: 'http' } }, conf: { fileName: 'log.zip' } });
const ftps: ScriptedFtp[] = [];
afterEach(async () => {
  for (const ftp of ftps.splice(0)) await ftp.close();
});

const file = randomBytes(40_000);

async function asked(location: string, wish: StageWish = {}): Promise<TransferStage> {
  const stage = await open(wish);
  await stage.asks('GetDiagnostics', { location, retries: 1, retryInterval: 1 });
  return stage;
}

const urlOf = (stage: TransferStage) => String(stage.asked('GetDiagnostics')[0]?.['location']);
const upload = (stage: TransferStage, bytes = file) => uploadAsCharger(urlOf(stage), 'log.zip', bytes);

async function lastHeard(stage: TransferStage, expected: string): Promise<void> {
  await stage.until(() => stage.heard('diagnostics').at(-1) === expected, 20_000);
  await stage.harness.clock.skip(90_000_000);
  await stage.until(() => true);
  expect(stage.heard('diagnostics').at(-1)).toBe(expected);
}

test.each<readonly [string, (turn: number) => Handler | undefined]>([
  ['takes it', () => undefined],
  ['fails once', (turn) => (turn === 1 ? answersWith(503) : undefined)],
  ['breaks once', (turn) => (turn === 1 ? (request) => request.socket.resetAndDestroy() : undefined)],
])('the location %s: Uploaded, and the file is there', async (_case, fault) => {
  const { arrived, url } = await openInbox(web, fault);
  const stage = await asked(url);
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await lastHeard(stage, 'Uploaded');
  expect(arrived).toEqual(new Map([['/in/log.zip', file]]));
});

test.each<readonly [string, Handler, StageWish]>([
  ['forbids it', answersWith(403), {}],
  ['is gone', answersWith(404), {}],
  ['fails each time', answersWith(500), {}],
  ['breaks each time', (request) => void request.socket.resetAndDestroy(), {}],
  ['never answers', (request) => void request.resume(), { stallMs: 300 }],
])('the location %s: UploadFailed', async (_case, handler, wish) => {
  const { url } = await openInbox(web, () => handler);
  const stage = await asked(url, wish);
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await lastHeard(stage, 'UploadFailed');
  expect(stage.heard('diagnostics')).toEqual(['UploadFailed']);
});

test.each([
  ['no URL', 'C:\\x\\'],
  ['a local folder', 'file:///var/spool/'],
  ['a private address', 'http://10.1.2.3/in/'],
  ['a metadata service', 'http://169.254.169.254/'],
  ['a host without an address', 'http://inbox.invalid/in/'],
])('the location is %s: UploadFailed', async (_case, location) => {
  const stage = await asked(location, { allowed: [] });
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await lastHeard(stage, 'UploadFailed');
});

test.each<readonly [string, Partial<FtpScript>]>([
  ['says 226 for a part', { cut: () => ({ after: 1_000, how: 'confirmed' }), size: () => 1_000 }],
  ['has no room', { replies: { STOR: '552 no room', APPE: '552 no room' } }],
])('an FTP location %s: UploadFailed', async (_case, script) => {
  const ftp = await scriptedFtp(script);
  ftps.push(ftp);
  const stage = await asked(`${ftp.url}/in/`);
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await lastHeard(stage, 'UploadFailed');
});

/** A charger that stops in the middle of its upload. */
function half(stage: TransferStage): Promise<void> {
  const { hostname, port, pathname } = new URL(urlOf(stage));
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).once('close', () => resolve());
    socket.write(`PUT ${pathname}log.zip HTTP/1.1\r\nHost: x\r\nContent-Length: ${file.length}\r\n\r\n`);
    socket.write(file.subarray(0, 10_000), () => socket.end());
  });
}

test('half of the file, and Uploaded: UploadFailed', async () => {
  const { arrived, url } = await openInbox(web);
  const stage = await asked(url);
  await half(stage);
  await stage.says('diagnostics', 'Uploaded');
  await stage.harness.clock.advance(31_000);
  await lastHeard(stage, 'UploadFailed');
  expect(arrived.size).toBe(0);
});

test('half of the file, then all of it: Uploaded', async () => {
  const { arrived, url } = await openInbox(web);
  const stage = await asked(url);
  await half(stage);
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await lastHeard(stage, 'Uploaded');
  expect(arrived).toEqual(new Map([['/in/log.zip', file]]));
});

test('a file that is too large: the charger is refused, and UploadFailed', async () => {
  const { arrived, url } = await openInbox(web);
  const stage = await asked(url, { settings: { mostDiagnosticsBytes: 1_000 } });
  await expect(upload(stage)).rejects.toThrow();
  await stage.says('diagnostics', 'UploadFailed');
  await lastHeard(stage, 'UploadFailed');
  expect(arrived.size).toBe(0);
});

test('no room in the spool: the charger is refused, and UploadFailed', async () => {
  const { url } = await openInbox(web);
  const stage = await asked(url, { quotaBytes: 10_000 });
  await expect(upload(stage)).rejects.toThrow();
  await stage.says('diagnostics', 'UploadFailed');
  await lastHeard(stage, 'UploadFailed');
});

test('the operator cancels: UploadFailed, and nothing is brought', async () => {
  const { arrived, url } = await openInbox(web);
  const stage = await asked(url);
  await upload(stage);
  await stage.desk().cancel((await stage.job()).id);
  await lastHeard(stage, 'UploadFailed');
  expect(arrived.size).toBe(0);
});

test('a second request supersedes: only its file is brought, and the first one’s URL is dead', async () => {
  const first = await openInbox(web);
  const second = await openInbox(web);
  const stage = await asked(first.url);
  const oldUrl = urlOf(stage);
  await stage.asks('GetDiagnostics', { location: second.url });
  await expect(uploadAsCharger(oldUrl, 'log.zip', file)).rejects.toThrow();
  await uploadAsCharger(stage.asked('GetDiagnostics')[1]?.['location'], 'log.zip', file);
  await stage.says('diagnostics', 'Uploaded');
  await lastHeard(stage, 'Uploaded');
  expect([first.arrived.size, second.arrived.size]).toEqual([0, 1]);
});
