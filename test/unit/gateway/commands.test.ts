import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Delivery, Payload } from '../../../src/gateway/ports.ts';
import {
  answered,
  bootPayload,
  refused,
  startHarness,
  unreachable,
  type Harness,
  type SettingsChange,
} from '../../support/gateway-harness.ts';
import { atRest } from '../../support/virtual-clock.ts';

let h: Harness;
const begin = async (change: SettingsChange = {}) => {
  h = await startHarness(change);
  await h.asks('BootNotification', bootPayload);
};
beforeEach(() => begin());
afterEach(() => h.end());

const calls = () => h.chargers.asked.map(({ action }) => action);

describe('a call of the CSMS', () => {
  test('reaches the charger at its callback address, and its answer comes back', async () => {
    h.chargers.answer = () => answered({ status: 'Unlocked' });
    const reply = await h.csms.call('CP1', 'UnlockConnector', { connectorId: 1 });
    expect(reply).toEqual({ kind: 'answered', payload: { status: 'Unlocked' } });
    expect(h.chargers.asked).toMatchObject([
      { target: { identity: 'CP1', url: 'http://10.0.0.7:8081/ocpp' }, payload: { connectorId: 1 } },
    ]);
  });

  test("the charger's fault comes back with its code", async () => {
    h.chargers.answer = () => refused('NotSupported');
    const reply = await h.csms.call('CP1', 'ClearCache', {});
    expect(reply).toMatchObject({ kind: 'refused', error: { code: 'NotSupported' } });
  });

  test('one at a time per charger, in order', async () => {
    const pending: ((delivery: Delivery) => void)[] = [];
    h.chargers.answer = () => new Promise((resolve) => pending.push(resolve));
    const replies = [1, 2, 3].map((connectorId) => h.csms.call('CP1', 'UnlockConnector', { connectorId }));
    for (const expected of [1, 2, 3]) {
      await atRest();
      expect(h.chargers.asked).toHaveLength(expected);
      pending.shift()?.(answered({ status: 'Unlocked' }));
    }
    await Promise.all(replies);
    expect(h.chargers.asked.map(({ payload }) => payload['connectorId'])).toEqual([1, 2, 3]);
  });

  test('more than sixteen waiting calls are refused at once', async () => {
    h.chargers.answer = () => new Promise(() => undefined);
    for (let i = 0; i < 16; i += 1) void h.csms.call('CP1', 'ClearCache', {});
    const reply = await h.csms.call('CP1', 'ClearCache', {});
    expect(reply).toMatchObject({ kind: 'refused', error: { code: 'GenericError' } });
  });

  test('a charger without address: told in words, at once', async () => {
    await h.asks('Heartbeat', {}, { identity: 'CP2', callbacks: [] }).catch(() => undefined);
    expect(await h.csms.call('CP2', 'ClearCache', {})).toMatchObject({
      kind: 'refused',
      error: { code: 'GenericError', message: expect.stringContaining('no callback address') },
    });
  });

  test('a charger that cannot be reached is tried again at its next message, within 15 s', async () => {
    h.chargers.answer = () => unreachable(false);
    const reply = h.csms.call('CP1', 'ClearCache', {});
    await h.clock.advance(5_000);
    h.chargers.answer = () => answered({ status: 'Accepted' });
    await h.asks('Heartbeat', {});
    expect(await reply).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
    expect(calls()).toEqual(['ClearCache', 'ClearCache']);
  });

  test('a call that may have arrived is never repeated', async () => {
    h.chargers.answer = () => unreachable(true);
    const reply = await h.csms.call('CP1', 'Reset', { type: 'Hard' });
    expect(reply).toMatchObject({ kind: 'refused', error: { code: 'GenericError' } });
    expect(calls()).toEqual(['Reset']);
  });

  test('an address that belongs to another charger now is forgotten', async () => {
    h.chargers.answer = () => refused('IdentityMismatch');
    await h.csms.call('CP1', 'ClearCache', {});
    const reply = await h.csms.call('CP1', 'ClearCache', {});
    expect(reply).toMatchObject({ error: { message: expect.stringContaining('another charger') } });
    expect(h.chargers.asked).toHaveLength(1);
  });

  test('a charger that says nothing of its address is called at the one it said before', async () => {
    await h.asks('Heartbeat', {}, { callbacks: [] });
    expect(await h.csms.call('CP1', 'ClearCache', {})).toMatchObject({ kind: 'answered' });
  });

  test('a charger that has moved and does not say where it listens is not called where it was: another may be there', async () => {
    await h.clock.advance(600_000);
    await h.asks('Heartbeat', {}, { callbacks: [], peerAddress: '10.0.0.9' });
    const reply = h.csms.call('CP1', 'ClearCache', {});
    await h.clock.advance(15_000);
    expect(await reply).toMatchObject({ kind: 'refused', error: { code: 'GenericError' } });
    expect(h.chargers.asked).toEqual([]);
  });

  test('a transaction id too large for SOAP that nobody knows is refused', async () => {
    const reply = await h.csms.call('CP1', 'RemoteStopTransaction', { transactionId: 9_999_999_999 });
    expect(reply).toMatchObject({ kind: 'refused', error: { code: 'PropertyConstraintViolation' } });
    expect(calls()).toEqual([]);
  });
});

describe('keys of the link to the CSMS (security whitepaper, OCPP 1.6 §9)', () => {
  const get = async (key?: readonly string[]) => {
    const reply = await h.csms.call('CP1', 'GetConfiguration', key === undefined ? {} : { key });
    return reply.kind === 'answered' ? reply.payload : {};
  };
  const set = (key: string, value: string) => h.csms.call('CP1', 'ChangeConfiguration', { key, value });
  const chargerConf: Payload = {
    configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
    unknownKey: ['Foo'],
  };
  beforeEach(() => {
    h.chargers.answer = () => answered(chargerConf);
  });

  test("are merged into the charger's own; AuthorizationKey is never readable", async () => {
    const conf = await get();
    expect(conf['configurationKey']).toEqual([
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'CpoName', readonly: false, value: '' },
      { key: 'SecurityProfile', readonly: false, value: '0' },
      { key: 'WebSocketPingInterval', readonly: false, value: '60' },
    ]);
  });

  test('asked for alone, the charger is not called', async () => {
    const conf = await get(['websocketpinginterval', 'AuthorizationKey']);
    expect(conf).toEqual({
      configurationKey: [{ key: 'WebSocketPingInterval', readonly: false, value: '60' }],
      unknownKey: ['AuthorizationKey'],
    });
    expect(calls()).toEqual([]);
  });

  test('asked for among others, the charger is asked for the others only', async () => {
    await get(['HeartbeatInterval', 'CpoName']);
    expect(h.chargers.asked.at(-1)?.payload).toEqual({ key: ['HeartbeatInterval'] });
  });

  test('AuthorizationKey: kept, used for the next link, over a restart, never forwarded', async () => {
    const key = '0123456789abcdef0123456789abcdef';
    expect(await set('AuthorizationKey', key)).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
    expect(h.csms.opened.get('CP1')?.password?.toString('hex')).toBe(key);
    await h.restart();
    await h.asks('Heartbeat', {});
    expect(h.csms.opened.get('CP1')?.password?.toString('hex')).toBe(key);
    expect(calls()).toEqual([]);
  });

  test('AuthorizationKey that is no key of 16 to 20 bytes is Rejected', async () => {
    for (const value of ['', 'secret', '00'.repeat(15), '00'.repeat(21)]) {
      expect(await set('AuthorizationKey', value)).toMatchObject({ payload: { status: 'Rejected' } });
    }
  });

  test('WebSocketPingInterval: taken, 0 too, negative Rejected', async () => {
    expect(await set('WebSocketPingInterval', '0')).toMatchObject({ payload: { status: 'Accepted' } });
    expect(h.csms.opened.get('CP1')?.pingIntervalS).toBe(0);
    expect(await set('WebSocketPingInterval', '-1')).toMatchObject({ payload: { status: 'Rejected' } });
  });

  test('SecurityProfile cannot be changed from afar', async () => {
    expect(await set('SecurityProfile', '3')).toMatchObject({ payload: { status: 'Rejected' } });
  });

  test("other keys are the charger's", async () => {
    h.chargers.answer = () => answered({ status: 'RebootRequired' });
    expect(await set('HeartbeatInterval', '60')).toMatchObject({ payload: { status: 'RebootRequired' } });
  });
});
