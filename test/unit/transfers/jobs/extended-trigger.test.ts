import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Payload } from '../../../../src/gateway/ports.ts';
import { validateJsonRequest, validateJsonResponse } from '../../../../src/ocpp/validation.ts';
import { firmwareRoot, signatureOf, signedUpdate, signer } from '../../../support/firmware-signing.ts';
import { answered, bootPayload } from '../../../support/gateway-harness.ts';
import type { TransferStage } from '../../../support/transfer-stage.ts';
import { useTransferStages } from '../../../support/transfer-stages.ts';

/* ExtendedTriggerMessage for a charger with SOAP, which knows TriggerMessage at most. */

const { web, open } = useTransferStages({ wish: { firmwareRoots: firmwareRoot.cert }, conf: { status: 'Accepted' } });
const image = randomBytes(1_000);

async function trigger(stage: TransferStage, requestedMessage: string, rest: Payload = {}): Promise<Payload> {
  const request = { requestedMessage, ...rest };
  validateJsonRequest('ExtendedTriggerMessage', request);
  const conf = await stage.asks('ExtendedTriggerMessage', request);
  validateJsonResponse('ExtendedTriggerMessage', conf);
  return conf;
}

/** The CSMS hears this next, by that message. */
async function hears(stage: TransferStage, action: string, payload: Payload): Promise<void> {
  const before = stage.harness.csms.of(action).length;
  await stage.until(() => stage.harness.csms.of(action).length > before);
  expect(stage.harness.csms.of(action).at(-1)).toEqual(payload);
}

const update = async (stage: TransferStage) => {
  const { cert: signingCertificate, key } = signer();
  const url = await web.serve((_request, response) => void response.end(image));
  const signature = signatureOf(image, key);
  const request = signedUpdate({ requestId: 7, location: `${url}/wall.bin`, signingCertificate, signature });
  stage.harness.chargers.answer = () => answered({});
  await stage.asks('SignedUpdateFirmware', request);
  await stage.until(async () => (await stage.job()).state === 'offered');
};

test.each<readonly [string, Payload, Payload]>([
  ['BootNotification', {}, { status: 'Accepted' }],
  ['Heartbeat', {}, { status: 'Accepted' }],
  ['MeterValues', { connectorId: 1 }, { status: 'Rejected' }],
  ['StatusNotification', { connectorId: 2 }, { status: 'NotImplemented' }],
])('%s %j is asked of the charger by TriggerMessage, whose word is the answer', async (message, rest, conf) => {
  const stage = await open();
  stage.harness.chargers.answer = () => answered(conf);
  expect(await trigger(stage, message, rest)).toEqual(conf);
  expect(stage.asked('TriggerMessage')).toEqual([{ requestedMessage: message, ...rest }]);
});

test('a charger whose version has no TriggerMessage: the gateway sends what it knows', async () => {
  const stage = await open();
  const older = { identity: 'OLD', wire: 'ocpp1.5-soap' } as const;
  await stage.harness.asks('BootNotification', bootPayload, older);
  const call = (requestedMessage: string) =>
    stage.harness.csms.call('OLD', 'ExtendedTriggerMessage', { requestedMessage });
  expect(await call('BootNotification')).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
  await hears(stage, 'BootNotification', bootPayload);
  expect(await call('MeterValues')).toEqual({ kind: 'answered', payload: { status: 'NotImplemented' } });
});

test('SignChargePointCertificate: NotImplemented', async () => {
  const stage = await open();
  expect(await trigger(stage, 'SignChargePointCertificate')).toEqual({ status: 'NotImplemented' });
  expect(stage.asked('TriggerMessage')).toEqual([]);
});

test('FirmwareStatusNotification: of the open job, with its requestId; Idle without one', async () => {
  const stage = await open();
  const action = 'SignedFirmwareStatusNotification';
  expect(await trigger(stage, 'FirmwareStatusNotification')).toEqual({ status: 'Accepted' });
  await hears(stage, action, { status: 'Idle' });
  await update(stage);
  await trigger(stage, 'FirmwareStatusNotification');
  await hears(stage, action, { status: 'DownloadScheduled', requestId: 7 });
  await stage.says('firmware', 'Downloading');
  await stage.until(() => stage.harness.csms.of(action).length === 3);
  await trigger(stage, 'FirmwareStatusNotification');
  await hears(stage, action, { status: 'Downloading', requestId: 7 });
  expect(stage.asked('TriggerMessage')).toEqual([]);
});

test('the plain TriggerMessage tells of a signed job in the form in which the CSMS asked for it', async () => {
  const stage = await open();
  await update(stage);
  await stage.asks('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' });
  await hears(stage, 'SignedFirmwareStatusNotification', { status: 'DownloadScheduled', requestId: 7 });
});

test('LogStatusNotification: of the open job, in the form in which the CSMS asked for it', async () => {
  const stage = await open();
  stage.harness.chargers.answer = () => answered({ fileName: 'log.zip' });
  await trigger(stage, 'LogStatusNotification');
  await hears(stage, 'LogStatusNotification', { status: 'Idle' });
  const log = { remoteLocation: 'http://127.0.0.1/in/' };
  await stage.asks('GetLog', { requestId: 9, logType: 'DiagnosticsLog', log });
  await trigger(stage, 'LogStatusNotification');
  await hears(stage, 'LogStatusNotification', { status: 'Uploading', requestId: 9 });
  await stage.asks('GetDiagnostics', { location: 'http://127.0.0.1/in/' });
  await trigger(stage, 'LogStatusNotification');
  await hears(stage, 'DiagnosticsStatusNotification', { status: 'Uploading' });
});

test('a charger that reaches the CSMS’s locations itself has no log status, and tells its firmware status itself', async () => {
  const stage = await open({ station: { route: 'direct' } });
  expect(await trigger(stage, 'LogStatusNotification')).toEqual({ status: 'NotImplemented' });
  expect(await trigger(stage, 'FirmwareStatusNotification')).toEqual({ status: 'Accepted' });
  expect(stage.asked('TriggerMessage')).toEqual([{ requestedMessage: 'FirmwareStatusNotification' }]);
});
