import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { JsonStage } from '../support/json-stage.ts';
import { callError } from '../support/rpc-csms.ts';
import type { RpcCharger } from '../support/rpc-charger.ts';

/* The security extension of OCPP 1.6 through the gateway, both ends holding the published schemas against it. */

const stage = new JsonStage();
let charger: RpcCharger;

beforeAll(async () => {
  await stage.set();
  charger = await stage.ready('CP1');
});
afterAll(() => stage.strike());

afterEach(() => {
  stage.oblige();
  charger.called.length = 0;
  expect([...stage.csms.violations, ...charger.violations]).toEqual([]);
});

const hash = (serialNumber: string) => ({
  hashAlgorithm: 'SHA256',
  issuerNameHash: 'aa',
  issuerKeyHash: 'bb',
  serialNumber,
});
const log = { log: { remoteLocation: 'ftp://files/log' }, logType: 'SecurityLog', requestId: 1_700_000_000_000 };
const firmware = {
  location: 'https://files/fw',
  retrieveDateTime: '2026-03-01T12:00:00Z',
  signingCertificate: 'PEM',
  signature: 'c2ln',
};

describe('from the charger', () => {
  test.each([
    ['SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: '2026-03-01T12:00:00Z' }],
    ['LogStatusNotification', { status: 'Uploaded', requestId: 1_700_000_000_000 }],
    ['SignedFirmwareStatusNotification', { status: 'InvalidSignature', requestId: 3 }],
  ])('%s reaches the CSMS', async (action, payload) => {
    await expect(charger.say(action, payload)).resolves.toEqual({});
    expect(await stage.heard('CP1', action)).toEqual([payload]);
  });

  test('a CSMS that does not know the extension costs no dead letter', async () => {
    stage.csms.answer = (action) => {
      if (action === 'SecurityEventNotification') throw callError('NotImplemented');
      return stage.confirm(action);
    };
    await charger.say('SecurityEventNotification', { type: 'StartupOfTheDevice', timestamp: '2026-03-01T12:00:01Z' });
    await stage.logged('notice dropped that csms refused');
    expect(stage.edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a certificate for its link to the gateway is nothing that the CSMS could sign', async () => {
    await expect(charger.say('SignCertificate', { csr: 'PEM' })).resolves.toEqual({ status: 'Rejected' });
    expect(stage.csms.of('CP1', 'SignCertificate')).toEqual([]);
  });
});

describe('from the CSMS', () => {
  test.each<[string, Payload, Payload]>([
    ['GetLog', log, { status: 'Accepted', filename: 'log.txt' }],
    ['SignedUpdateFirmware', { requestId: 2, firmware }, { status: 'InvalidCertificate' }],
    ['ExtendedTriggerMessage', { requestedMessage: 'Heartbeat' }, { status: 'Accepted' }],
    [
      'InstallCertificate',
      { certificateType: 'ManufacturerRootCertificate', certificate: 'PEM' },
      { status: 'Accepted' },
    ],
    [
      'GetInstalledCertificateIds',
      { certificateType: 'ManufacturerRootCertificate' },
      { status: 'Accepted', certificateHashData: [hash('1')] },
    ],
  ])('%s reaches the charger', async (action, request, conf) => {
    charger.react = () => conf;
    await expect(stage.csms.call('CP1', action, request)).resolves.toEqual(conf);
    expect(charger.called).toEqual([{ action, payload: request }]);
  });

  test.each<[string, Payload, Payload]>([
    ['CertificateSigned', { certificateChain: 'PEM' }, { status: 'Rejected' }],
    [
      'InstallCertificate',
      { certificateType: 'CentralSystemRootCertificate', certificate: 'PEM' },
      { status: 'Rejected' },
    ],
    ['GetInstalledCertificateIds', { certificateType: 'CentralSystemRootCertificate' }, { status: 'NotFound' }],
    ['ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' }, { status: 'NotImplemented' }],
  ])('%s %j is about the link to the CSMS, and answered by the gateway', async (action, request, conf) => {
    await expect(stage.csms.call('CP1', action, request)).resolves.toEqual(conf);
    expect(charger.called).toEqual([]);
  });

  test('DeleteCertificate takes away others than those by which the charger knows the gateway', async () => {
    charger.react = (action) =>
      action === 'DeleteCertificate'
        ? { status: 'Accepted' }
        : { status: 'Accepted', certificateHashData: [hash('99'), hash('AB')] };
    const asked = (serialNumber: string) =>
      stage.csms.call('CP1', 'DeleteCertificate', { certificateHashData: hash(serialNumber) });
    await expect(asked('ab')).resolves.toEqual({ status: 'NotFound' });
    expect(charger.called.map(({ action }) => action)).toEqual(['GetInstalledCertificateIds']);
    await expect(asked('7')).resolves.toEqual({ status: 'Accepted' });
    expect(charger.called.at(-1)).toEqual({
      action: 'DeleteCertificate',
      payload: { certificateHashData: hash('7') },
    });
  });

  test('a charger that does not know the extension says so itself', async () => {
    charger.react = () => {
      throw callError('NotImplemented');
    };
    await expect(stage.csms.call('CP1', 'GetLog', log)).rejects.toMatchObject({ rpcErrorCode: 'NotImplemented' });
  });

  test('a charger with SOAP does not have it, but for what the gateway does in its place', async () => {
    await stage.booted('SOAP1');
    const asked = stage.csms.call('SOAP1', 'InstallCertificate', {
      certificateType: 'ManufacturerRootCertificate',
      certificate: 'PEM',
    });
    await expect(asked).rejects.toMatchObject({ rpcErrorCode: 'NotImplemented' });
  });
});
