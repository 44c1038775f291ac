import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Payload } from '../../../../src/gateway/ports.ts';
import { validateJsonRequest, validateJsonResponse } from '../../../../src/ocpp/validation.ts';
import { answered, refused, unreachable } from '../../../support/gateway-harness.ts';
import { type StageWish, type TransferStage, uploadAsCharger } from '../../../support/transfer-stage.ts';
import { answersWith, openInbox, useTransferStages } from '../../../support/transfer-stages.ts';
import type { Handler } from '../../../support/web-server.ts';

/*
 * Fault scripts of GetLog for a charger with SOAP: Uploaded is heard when the log is at the CSMS's location, and only
 * then. Everything that the CSMS hears is of the published schemas.
 */

const { web, open } = useTransferStages({ wish: { station: { protocol: 'http' } }, conf: { fileName: 'log.zip' } });
const file = randomBytes(40_000);

async function getLog(stage: TransferStage, log: Payload, rest: Payload = {}): Promise<Payload> {
  const request = { requestId: 7, logType: 'DiagnosticsLog', retries: 1, retryInterval: 1, ...rest, log };
  validateJsonRequest('GetLog', request);
  const conf = await stage.asks('GetLog', request);
  validateJsonResponse('GetLog', conf);
  return conf;
}

async function asked(remoteLocation: string, wish?: StageWish): Promise<TransferStage> {
  const stage = await open(wish);
  expect(await getLog(stage, { remoteLocation })).toEqual({ status: 'Accepted', filename: 'log.zip' });
  return stage;
}

const upload = (stage: TransferStage, turn = 0) =>
  uploadAsCharger(stage.asked('GetDiagnostics')[turn]?.['location'], 'log.zip', file);
const heard = (stage: TransferStage) => stage.harness.csms.of('LogStatusNotification');
const logged = (requestId: number, ...statuses: readonly string[]) =>
  statuses.map((word) => ({ status: word, requestId }));

/** The CSMS has heard these, and hears nothing else in the day that follows; nothing comes by the plain message. */
async function hears(stage: TransferStage, ...expected: readonly unknown[]): Promise<void> {
  await stage.until(() => heard(stage).length >= expected.length, 20_000);
  await stage.harness.clock.skip(90_000_000);
  await stage.until(() => true);
  expect(heard(stage)).toEqual(expected);
  expect(stage.heard('diagnostics')).toEqual([]);
}

test('the charger is asked by GetDiagnostics, of the same period and with the same patience', async () => {
  const stage = await open();
  const period = { oldestTimestamp: '2026-02-01T00:00:00Z', latestTimestamp: '2026-02-02T00:00:00Z' };
  await getLog(stage, { remoteLocation: 'http://127.0.0.1/in/', ...period });
  expect(stage.asked('GetDiagnostics')).toEqual([
    {
      startTime: '2026-02-01T00:00:00Z',
      stopTime: '2026-02-02T00:00:00Z',
      retries: 1,
      retryInterval: 1,
      location: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\w+\/$/),
    },
  ]);
});

test('the location takes it: Uploading, and Uploaded when it is there', async () => {
  const { arrived, url: remoteLocation } = await openInbox(web);
  const stage = await asked(remoteLocation);
  for (const word of ['Uploading', 'Uploading']) await stage.says('diagnostics', word);
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await hears(stage, ...logged(7, 'Uploading', 'Uploaded'));
  expect(arrived).toEqual(new Map([['/in/log.zip', file]]));
});

test.each<readonly [string, Handler, string]>([
  ['does not know us', answersWith(401), 'PermissionDenied'],
  ['forbids it', answersWith(403), 'PermissionDenied'],
  ['is gone', answersWith(404), 'UploadFailure'],
  ['fails each time', answersWith(500), 'UploadFailure'],
  ['breaks each time', (request) => void request.socket.resetAndDestroy(), 'UploadFailure'],
])('the location %s', async (_fault, handler, word) => {
  const { url: remoteLocation } = await openInbox(web, () => handler);
  const stage = await asked(remoteLocation);
  await upload(stage);
  await stage.says('diagnostics', 'Uploaded');
  await hears(stage, ...logged(7, word));
});

test.each(['C:\\x\\', 'file:///var/spool/', 'http://10.1.2.3/in/', 'http://inbox.invalid/in/'])(
  'the location is %s: UploadFailure',
  async (location) => {
    const stage = await asked(location, { allowed: [] });
    await upload(stage);
    await stage.says('diagnostics', 'Uploaded');
    await hears(stage, ...logged(7, 'UploadFailure'));
  },
);

describe('the charger', () => {
  test('says UploadFailed: UploadFailure', async () => {
    const stage = await asked((await openInbox(web)).url);
    await stage.says('diagnostics', 'Uploading');
    await stage.says('diagnostics', 'UploadFailed');
    await hears(stage, ...logged(7, 'Uploading', 'UploadFailure'));
  });

  test('claims an upload that never came: UploadFailure', async () => {
    const stage = await asked((await openInbox(web)).url);
    await stage.says('diagnostics', 'Uploaded');
    await stage.harness.clock.skip(31_000);
    await hears(stage, ...logged(7, 'UploadFailure'));
    expect(stage.counted).toContain('contradiction uploaded');
  });

  test('has no diagnostics: Accepted without a name, and nothing follows', async () => {
    const stage = await open();
    stage.harness.chargers.answer = () => answered({});
    expect(await getLog(stage, { remoteLocation: 'http://127.0.0.1/in/' })).toEqual({ status: 'Accepted' });
    await hears(stage);
  });

  test.each([
    ['refuses', () => refused('NotSupported')],
    ['is not reached', () => unreachable(true)],
  ])('%s: Rejected', async (_fault, answer) => {
    const stage = await open();
    stage.harness.chargers.answer = answer;
    expect(await getLog(stage, { remoteLocation: 'http://127.0.0.1/in/' })).toEqual({ status: 'Rejected' });
    await hears(stage);
  });

  test('is mute after its upload: the log is brought all the same', async () => {
    const stage = await asked((await openInbox(web)).url);
    await upload(stage);
    await stage.harness.clock.skip(61_000);
    await hears(stage, ...logged(7, 'Uploaded'));
  });
});

test('the gateway starts again before the upload: Uploaded', async () => {
  const stage = await asked((await openInbox(web)).url);
  await stage.restart();
  const location = new URL(String(stage.asked('GetDiagnostics')[0]?.['location']));
  location.port = String(stage.door().httpPort);
  await uploadAsCharger(location, 'log.zip', file);
  await stage.says('diagnostics', 'Uploaded');
  await hears(stage, ...logged(7, 'Uploaded'));
});

test('a newer request cancels an open one: AcceptedCanceled, and each ends with its own requestId', async () => {
  const { url: remoteLocation } = await openInbox(web);
  const stage = await asked(remoteLocation);
  await stage.says('diagnostics', 'Uploading');
  const conf = await getLog(stage, { remoteLocation }, { requestId: 8 });
  expect(conf).toEqual({ status: 'AcceptedCanceled', filename: 'log.zip' });
  await upload(stage, 1);
  await stage.says('diagnostics', 'Uploaded');
  await hears(stage, ...logged(7, 'Uploading', 'UploadFailure'), ...logged(8, 'Uploaded'));
});

test('a newer request that the charger refuses: Rejected, and the older one is over all the same', async () => {
  const { url: remoteLocation } = await openInbox(web);
  const stage = await asked(remoteLocation);
  stage.harness.chargers.answer = () => refused('InternalError');
  expect(await getLog(stage, { remoteLocation }, { requestId: 8 })).toEqual({ status: 'Rejected' });
  await hears(stage, ...logged(7, 'UploadFailure'));
});

test('a security log: Rejected, the charger has none', async () => {
  const stage = await open();
  const conf = await getLog(stage, { remoteLocation: 'http://127.0.0.1/in/' }, { logType: 'SecurityLog' });
  expect(conf).toEqual({ status: 'Rejected' });
  expect(stage.asked('GetDiagnostics')).toEqual([]);
});

test('a charger that reaches the CSMS’s locations itself: NotImplemented, so that the CSMS asks by GetDiagnostics', async () => {
  const stage = await open({ station: { route: 'direct' } });
  const asking = getLog(stage, { remoteLocation: 'http://127.0.0.1/in/' });
  await expect(asking).rejects.toMatchObject({ code: 'NotImplemented' });
});
