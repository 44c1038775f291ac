import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  answered,
  bootPayload,
  refused,
  startHarness,
  type Harness,
  type SettingsChange,
} from '../../support/gateway-harness.ts';
import { atRest } from '../../support/virtual-clock.ts';

let h: Harness;
const begin = async (change: SettingsChange = {}) => {
  await h?.end();
  h = await startHarness(change);
};
beforeEach(async () => {
  h = await startHarness();
});
afterEach(() => h.end());

const status = (connectorId: number, value: string, errorCode = 'NoError') => {
  return { connectorId, status: value, errorCode, timestamp: '2026-03-01T12:00:00Z' };
};

describe('BootNotification', () => {
  test("the CSMS's answer reaches the charger as it is", async () => {
    const conf = await h.asks('BootNotification', bootPayload);
    expect(conf).toEqual({ status: 'Accepted', currentTime: '2026-03-01T12:00:00Z', interval: 300 });
  });

  test('that waited for the link is told to the CSMS once', async () => {
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    h.csms.state = () => ({ kind: 'connecting', attempts: 0 });
    const conf = h.asks('BootNotification', bootPayload);
    await atRest();
    Reflect.deleteProperty(h.csms, 'state');
    h.csms.comeBack();
    expect(await conf).toMatchObject({ status: 'Accepted' });
    await atRest();
    expect(h.csms.of('BootNotification')).toHaveLength(2);
  });

  test('while the CSMS, which never saw the charger, is away: Pending, again in 60 s', async () => {
    h.csms.up = false;
    const conf = await h.asks('BootNotification', bootPayload);
    expect(conf).toEqual({ status: 'Pending', currentTime: '2026-03-01T12:00:00Z', interval: 60 });
  });

  test('while the CSMS, which accepted the charger before, is away: Accepted with its interval', async () => {
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Accepted', interval: 300 });
  });

  test('Rejected stays Rejected, over a restart too', async () => {
    h.csms.answer = () => ({ kind: 'answered', payload: { status: 'Rejected', currentTime: 'x', interval: 900 } });
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    await h.restart();
    expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Rejected', interval: 900 });
  });

  test('firstBoot: Accepted serves a closed fleet before the CSMS has seen it', async () => {
    await begin({ offline: { ...defaultOffline, firstBoot: 'Accepted' } });
    h.csms.up = false;
    expect(await h.asks('BootNotification', bootPayload)).toMatchObject({ status: 'Accepted', interval: 60 });
    expect(await h.asks('Heartbeat', {})).toHaveProperty('currentTime');
  });

  test('a CSMS slower than 8 s: the charger gets our answer, and the CSMS hears of the boot again', async () => {
    h.csms.answer = () => undefined;
    const conf = h.asks('BootNotification', bootPayload);
    await h.clock.advance(8_000);
    expect(await conf).toMatchObject({ status: 'Pending' });
    h.csms.answer = (message) => h.csms.oblige(message);
    await h.clock.advance(10_000);
    expect(h.csms.of('BootNotification')).toHaveLength(2);
  });

  test('a boot that the CSMS never heard of is replayed first when the link opens', async () => {
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    await h.asks('BootNotification', { ...bootPayload, firmwareVersion: '2.0' });
    await h.asks('StatusNotification', status(1, 'Available'));
    h.csms.heard.length = 0;
    h.csms.comeBack();
    await atRest();
    expect(h.csms.actions()).toEqual(['BootNotification', 'StatusNotification']);
    expect(h.csms.of('BootNotification')[0]).toMatchObject({ firmwareVersion: '2.0' });
  });

  test('no BootNotification after a mere reconnect', async () => {
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    h.csms.comeBack();
    await atRest();
    expect(h.csms.actions()).toEqual(['BootNotification']);
  });

  test('bootOnReconnect: always sends one on every link', async () => {
    await begin({ station: { bootOnReconnect: 'always' } });
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    h.csms.comeBack();
    await atRest();
    expect(h.csms.actions()).toEqual(['BootNotification', 'BootNotification']);
  });

  test('a charger that boots again and again does not multiply the replays to a mute CSMS', async () => {
    h.csms.answer = () => undefined;
    for (let round = 0; round < 20; round += 1) {
      const boot = h.asks('BootNotification', bootPayload);
      await atRest();
      await h.clock.advance(8_000);
      await boot;
    }
    const before = h.csms.of('BootNotification').length;
    await h.clock.advance(60_000);
    expect(h.csms.of('BootNotification').length - before).toBeLessThanOrEqual(3);
  });

  test('a link that takes its time and a CSMS that takes its own: 8 s in all', async () => {
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    h.csms.state = () => ({ kind: 'connecting', attempts: 0 });
    const conf = h.asks('Authorize', { idTag: 'TAG-9' });
    await atRest();
    await h.clock.advance(6_000);
    Reflect.deleteProperty(h.csms, 'state');
    h.csms.answer = () => undefined;
    h.csms.comeBack();
    await atRest();
    await h.clock.advance(2_000);
    expect(await Promise.race([conf, atRest().then(() => 'still waiting')])).toEqual({
      idTagInfo: { status: 'Invalid' },
    });
  });

  test('nothing else goes up until the CSMS accepts the boot, which is repeated at its interval', async () => {
    let verdict = 'Pending';
    h.csms.answer = (message) =>
      message.action === 'BootNotification'
        ? { kind: 'answered', payload: { status: verdict, currentTime: 'x', interval: 20 } }
        : h.csms.oblige(message);
    await h.asks('BootNotification', bootPayload);
    await h.asks('StartTransaction', { connectorId: 1, idTag: 'A', timestamp: '2026-03-01T12:00:00Z', meterStart: 1 });
    await atRest();
    expect(h.csms.actions()).toEqual(['BootNotification']);
    verdict = 'Accepted';
    await h.asks('BootNotification', bootPayload);
    await atRest();
    expect(h.csms.actions()).toEqual(['BootNotification', 'BootNotification', 'StartTransaction']);
  });
});

describe('before a BootNotification was accepted (OCPP 1.6 §4.2)', () => {
  test('everything but transaction messages is refused with SecurityError', async () => {
    const reply = await h.says('Heartbeat', {});
    expect(reply).toMatchObject({ kind: 'refused', error: { code: 'SecurityError' } });
  });

  test('acceptBeforeBoot serves chargers that will not boot again', async () => {
    await begin({ station: { acceptBeforeBoot: true } });
    expect(await h.asks('Heartbeat', {})).toEqual({ currentTime: '2026-03-01T12:00:00Z' });
  });

  test('transaction messages are kept and answered all the same', async () => {
    const conf = await h.asks('StopTransaction', { transactionId: 7, timestamp: '2026-03-01T12:00:00Z', meterStop: 5 });
    expect(conf).toEqual({});
    await atRest();
    expect(h.csms.of('StopTransaction')).toHaveLength(1);
  });
});

describe('Heartbeat', () => {
  beforeEach(() => h.asks('BootNotification', bootPayload));

  test('is answered by the gateway and passed on at the interval of the CSMS', async () => {
    await h.asks('Heartbeat', {});
    await h.clock.advance(100_000);
    await h.asks('Heartbeat', {});
    await atRest();
    expect(h.csms.of('Heartbeat')).toHaveLength(1);
    await h.clock.advance(180_000);
    expect(h.csms.of('Heartbeat')).toHaveLength(2);
  });

  test('is answered while the CSMS is away', async () => {
    h.csms.goDown();
    expect(await h.asks('Heartbeat', {})).toEqual({ currentTime: '2026-03-01T12:00:00Z' });
  });
});

describe('Authorize', () => {
  beforeEach(() => h.asks('BootNotification', bootPayload));

  test('the CSMS decides', async () => {
    h.csms.answer = () => ({ kind: 'answered', payload: { idTagInfo: { status: 'Blocked' } } });
    expect(await h.asks('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Blocked' } });
  });

  test('while the CSMS is away an unknown tag is Invalid, never a Fault', async () => {
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  test('while the CSMS is away its last word on the tag counts, whatever the case', async () => {
    await h.asks('Authorize', { idTag: 'Tag' });
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'tAG' })).toEqual({ idTagInfo: { status: 'Accepted' } });
  });

  test('an expired word is not Accepted', async () => {
    const idTagInfo = { status: 'Accepted', expiryDate: '2026-03-01T12:00:10Z' };
    h.csms.answer = () => ({ kind: 'answered', payload: { idTagInfo } });
    await h.asks('Authorize', { idTag: 'A' });
    h.csms.goDown();
    await h.clock.advance(11_000);
    const conf = await h.asks('Authorize', { idTag: 'A' });
    expect(conf['idTagInfo']).not.toMatchObject({ status: 'Accepted' });
  });

  test('ConcurrentTx is no word on the tag: the word before it counts', async () => {
    await h.asks('Authorize', { idTag: 'TAG-1' });
    h.csms.answer = () => answered({ idTagInfo: { status: 'ConcurrentTx' } });
    expect(await h.asks('Authorize', { idTag: 'TAG-1' })).toEqual({ idTagInfo: { status: 'ConcurrentTx' } });
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'TAG-1' })).toEqual({ idTagInfo: { status: 'Accepted' } });
  });

  test('the local list goes before the cache', async () => {
    await h.asks('Authorize', { idTag: 'A' });
    const localAuthorizationList = [{ idTag: 'a', idTagInfo: { status: 'Blocked' } }];
    await h.csms.call('CP1', 'SendLocalList', { listVersion: 1, updateType: 'Full', localAuthorizationList });
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Blocked' } });
  });

  test('a differential list adds, changes and removes', async () => {
    const send = (updateType: string, localAuthorizationList: readonly unknown[]) =>
      h.csms.call('CP1', 'SendLocalList', { listVersion: 1, updateType, localAuthorizationList });
    await send('Full', [
      { idTag: 'A', idTagInfo: { status: 'Accepted' } },
      { idTag: 'B', idTagInfo: { status: 'Accepted' } },
    ]);
    await send('Differential', [{ idTag: 'A' }, { idTag: 'C', idTagInfo: { status: 'Accepted' } }]);
    h.csms.goDown();
    const verdicts = await Promise.all(['A', 'B', 'C'].map((idTag) => h.asks('Authorize', { idTag })));
    expect(verdicts.map((conf) => (conf['idTagInfo'] as { status: string }).status)).toEqual([
      'Invalid',
      'Accepted',
      'Accepted',
    ]);
  });

  test('a tag of a RemoteStart is good for ten minutes', async () => {
    await h.csms.call('CP1', 'RemoteStartTransaction', { idTag: 'REMOTE' });
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'REMOTE' })).toEqual({ idTagInfo: { status: 'Accepted' } });
    await h.clock.advance(601_000);
    expect(await h.asks('Authorize', { idTag: 'REMOTE' })).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  test('a RemoteStart does not shorten what the CSMS said of the tag', async () => {
    await h.asks('Authorize', { idTag: 'TAG-1' });
    await h.csms.call('CP1', 'RemoteStartTransaction', { idTag: 'TAG-1' });
    h.csms.goDown();
    await h.clock.advance(601_000);
    expect(await h.asks('Authorize', { idTag: 'TAG-1' })).toEqual({ idTagInfo: { status: 'Accepted' } });
  });

  test('ClearCache forgets what was cached', async () => {
    await h.asks('Authorize', { idTag: 'A' });
    await h.csms.call('CP1', 'ClearCache', {});
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  test('unknownIdTag: accept lets everybody charge', async () => {
    await begin({ offline: { ...defaultOffline, unknownIdTag: 'accept' } });
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    expect(await h.asks('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Accepted' } });
  });

  test('a CSMS slower than 8 s is answered for', async () => {
    h.csms.answer = () => undefined;
    const conf = h.asks('Authorize', { idTag: 'A' });
    await h.clock.advance(8_000);
    expect(await conf).toEqual({ idTagInfo: { status: 'Invalid' } });
  });

  test('CALLERROR InternalError becomes Invalid, SecurityError a fault', async () => {
    h.csms.answer = () => refused('InternalError');
    expect(await h.asks('Authorize', { idTag: 'A' })).toEqual({ idTagInfo: { status: 'Invalid' } });
    h.csms.answer = () => refused('SecurityError');
    expect(await h.says('Authorize', { idTag: 'A' })).toMatchObject({
      kind: 'refused',
      error: { code: 'SecurityError' },
    });
  });
});

describe('StatusNotification', () => {
  beforeEach(() => h.asks('BootNotification', bootPayload));

  test('after an outage the CSMS hears the last status of each connector and every error, no history', async () => {
    h.csms.goDown();
    h.csms.heard.length = 0;
    await h.asks('StatusNotification', status(1, 'Available'));
    await h.asks('StatusNotification', status(2, 'Available'));
    await h.asks('StatusNotification', status(1, 'Faulted', 'GroundFailure'));
    await h.asks('StatusNotification', status(1, 'Preparing'));
    await h.asks('StatusNotification', status(1, 'Charging'));
    h.csms.comeBack();
    await atRest();
    const heard = h.csms.of('StatusNotification').map((p) => `${String(p['connectorId'])} ${String(p['status'])}`);
    expect(heard).toEqual(['2 Available', '1 Faulted', '1 Charging']);
  });

  test('while the CSMS listens it hears every one', async () => {
    for (const value of ['Available', 'Preparing', 'Charging']) await h.asks('StatusNotification', status(1, value));
    await atRest();
    expect(h.csms.of('StatusNotification')).toHaveLength(3);
  });
});

test('StatusNotifications said while the CSMS holds the boot back are no history either', async () => {
  await begin({ station: { acceptBeforeBoot: true } });
  h.csms.answer = (message) =>
    message.action === 'BootNotification'
      ? answered({ status: 'Pending', currentTime: '2026-03-01T12:00:00Z', interval: 60 })
      : h.csms.oblige(message);
  await h.asks('BootNotification', bootPayload);
  for (const value of ['Available', 'Preparing', 'Charging']) await h.asks('StatusNotification', status(1, value));
  h.csms.answer = (message) => h.csms.oblige(message);
  await h.asks('BootNotification', bootPayload);
  await atRest();
  expect(h.csms.of('StatusNotification').map((payload) => payload['status'])).toEqual(['Charging']);
});

describe('DataTransfer', () => {
  beforeEach(() => h.asks('BootNotification', bootPayload));

  test('passes in both directions', async () => {
    expect(await h.asks('DataTransfer', { vendorId: 'acme', data: 'x' })).toEqual({ status: 'Accepted', data: 'x' });
  });

  test('is Rejected while the CSMS is away', async () => {
    h.csms.goDown();
    expect(await h.asks('DataTransfer', { vendorId: 'acme' })).toEqual({ status: 'Rejected' });
  });

  test('of a listed vendor is kept and delivered later', async () => {
    await begin({ offline: { ...defaultOffline, queueDataTransferVendorIds: ['ACME'] } });
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    expect(await h.asks('DataTransfer', { vendorId: 'acme', data: 'x' })).toEqual({ status: 'Accepted' });
    h.csms.comeBack();
    await atRest();
    expect(h.csms.of('DataTransfer')).toEqual([{ vendorId: 'acme', data: 'x' }]);
  });

  test('CALLERROR NotImplemented becomes UnknownVendorId', async () => {
    h.csms.answer = () => refused('NotImplemented');
    expect(await h.asks('DataTransfer', { vendorId: 'acme' })).toEqual({ status: 'UnknownVendorId' });
  });
});

describe('statuses of transfers', () => {
  test('the last unfinished one and all final ones are delivered after an outage', async () => {
    await h.asks('BootNotification', bootPayload);
    h.csms.goDown();
    for (const value of ['Downloading', 'Downloaded', 'DownloadFailed', 'Downloading', 'Installed']) {
      await h.asks('FirmwareStatusNotification', { status: value });
    }
    h.csms.comeBack();
    await atRest();
    const heard = h.csms.of('FirmwareStatusNotification').map((payload) => payload['status']);
    expect(heard).toEqual(['DownloadFailed', 'Downloading', 'Installed']);
  });
});

const defaultOffline = {
  waitMs: 8_000,
  unknownIdTag: 'reject',
  firstBoot: 'Pending',
  pendingIntervalS: 60,
  onLateInvalid: 'stop',
  queueDataTransferVendorIds: [],
} as const;
