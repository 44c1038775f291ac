import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { JsonStage } from '../support/json-stage.ts';
import { callError } from '../support/rpc-csms.ts';

/*
 * Chargers with OCPP-J on `ocpp-rpc`, the whole gateway, and a CSMS on `ocpp-rpc`: both ends hold every message against
 * their own copy of the published schemas.
 */

const stage = new JsonStage({ config: { offline: { waitMs: 500 } } });

beforeAll(() => stage.set());
afterAll(() => stage.strike());

afterEach(async () => {
  stage.oblige();
  expect(stage.csms.violations).toEqual([]);
  expect(stage.edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
  await stage.leave();
});

const now = '2026-03-01T12:00:00Z';
const meterValues = (transactionId?: number) => ({
  connectorId: 1,
  ...(transactionId === undefined ? {} : { transactionId }),
  meterValue: [
    { timestamp: now, sampledValue: [{ value: '1500', unit: 'Wh', measurand: 'Energy.Active.Import.Register' }] },
  ],
});
const start = { connectorId: 1, idTag: 'TAG', meterStart: 10, timestamp: now };

describe('a charger with OCPP-J', () => {
  test('says everything to the CSMS that a charger can say, unchanged, and hears its answers', async () => {
    const charger = await stage.ready('CP1');
    await expect(charger.say('Heartbeat', {})).resolves.toEqual({ currentTime: expect.any(String) });
    await expect(charger.say('Authorize', { idTag: 'TAG' })).resolves.toEqual({ idTagInfo: { status: 'Accepted' } });
    const status = { connectorId: 1, status: 'Charging', errorCode: 'NoError', vendorId: 'V', timestamp: now };
    await expect(charger.say('StatusNotification', status)).resolves.toEqual({});
    const { transactionId } = await charger.say('StartTransaction', start);
    await charger.say('MeterValues', meterValues(Number(transactionId)));
    const stop = { transactionId, meterStop: 2000, timestamp: now, reason: 'EVDisconnected' };
    await charger.say('StopTransaction', stop);
    await expect(charger.say('DataTransfer', { vendorId: 'V', data: '{"a":1}' })).resolves.toEqual({
      status: 'Accepted',
    });
    expect(await stage.heard('CP1', 'StatusNotification')).toEqual([status]);
    expect(await stage.heard('CP1', 'StartTransaction')).toEqual([start]);
    expect(await stage.heard('CP1', 'MeterValues')).toEqual([meterValues(Number(transactionId))]);
    expect(await stage.heard('CP1', 'StopTransaction')).toEqual([stop]);
    expect(await stage.heard('CP1', 'DataTransfer')).toEqual([{ vendorId: 'V', data: '{"a":1}' }]);
    expect(charger.violations).toEqual([]);
  });

  test('is called by the CSMS on the connection that it holds', async () => {
    const charger = await stage.ready('CP2');
    charger.react = () => ({ status: 'Unlocked' });
    await expect(stage.csms.call('CP2', 'UnlockConnector', { connectorId: 1 })).resolves.toEqual({
      status: 'Unlocked',
    });
    charger.react = () => {
      throw callError('NotSupported', 'no list');
    };
    await expect(stage.csms.call('CP2', 'GetLocalListVersion', {})).resolves.toEqual({ listVersion: -1 });
    charger.react = () => {
      throw callError('InternalError', 'relay is stuck');
    };
    await expect(stage.csms.call('CP2', 'Reset', { type: 'Hard' })).rejects.toMatchObject({
      rpcErrorCode: 'InternalError',
      message: 'relay is stuck',
    });
    expect(charger.called.map(({ action }) => action)).toEqual(['UnlockConnector', 'GetLocalListVersion', 'Reset']);
  });

  test('is shown with its protocol, its address and its link', async () => {
    await stage.ready('CP3');
    expect(await stage.edge.view('CP3')).toMatchObject({
      wire: 'ocpp1.6-json',
      source: '127.0.0.1',
      standing: 'accepted',
      link: 'open',
    });
  });

  test('keys of the link to the CSMS are the answer of the gateway, not of the charger', async () => {
    const charger = await stage.ready('CP4');
    charger.react = () => ({ configurationKey: [{ key: 'LightIntensity', readonly: false, value: '50' }] });
    const conf = await stage.csms.call('CP4', 'GetConfiguration', {});
    expect(conf['configurationKey']).toEqual(
      expect.arrayContaining([
        { key: 'LightIntensity', readonly: false, value: '50' },
        { key: 'WebSocketPingInterval', readonly: false, value: '60' },
      ]),
    );
    const change = { key: 'WebSocketPingInterval', value: '30' };
    await expect(stage.csms.call('CP4', 'ChangeConfiguration', change)).resolves.toEqual({ status: 'Accepted' });
    expect(charger.called.map(({ action }) => action)).toEqual(['GetConfiguration']);
  });

  test('keeps its profiles itself, under its own transaction id', async () => {
    const charger = await stage.ready('CP5');
    const { transactionId } = await charger.say('StartTransaction', start);
    const csChargingProfiles = {
      chargingProfileId: 1,
      transactionId,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
    };
    const request = { connectorId: 1, csChargingProfiles };
    await expect(stage.csms.call('CP5', 'SetChargingProfile', request)).resolves.toEqual({ status: 'Accepted' });
    expect(charger.called).toContainEqual({ action: 'SetChargingProfile', payload: request });
  });
});

describe('a connection', () => {
  test('that is lost in the middle of a call: the CSMS hears so, and calls again on the next one', async () => {
    const charger = await stage.ready('CP10');
    charger.react = () => new Promise(() => undefined);
    const asked = stage.csms.call('CP10', 'ClearCache', {});
    await vi.waitUntil(() => charger.called.length === 1, { interval: 1, timeout: 30_000 });
    await charger.cut();
    await expect(asked).rejects.toMatchObject({ rpcErrorCode: 'GenericError' });
    const again = await stage.connected('CP10');
    await expect(stage.csms.call('CP10', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
    expect(again.called).toEqual([{ action: 'ClearCache', payload: {} }]);
  });

  test('that is not there: the call waits until the charger is back, though it says nothing', async () => {
    const charger = await stage.ready('CP11');
    await charger.close();
    await stage.logged('charger disconnected');
    const asked = stage.csms.call('CP11', 'ClearCache', {});
    await stage.connected('CP11');
    await expect(asked).resolves.toEqual({ status: 'Accepted' });
  });

  test('is replaced by a newer one of the same charger', async () => {
    const first = await stage.ready('CP12');
    const second = await stage.connected('cp12');
    await vi.waitUntil(() => first.closed.length === 1, { interval: 1, timeout: 30_000 });
    expect(first.closed).toEqual([1008]);
    await expect(second.say('Heartbeat', {})).resolves.toEqual({ currentTime: expect.any(String) });
    await expect(stage.csms.call('CP12', 'ClearCache', {})).resolves.toEqual({ status: 'Accepted' });
    expect([first.called.length, second.called.length]).toEqual([0, 1]);
  });

  test('of another address is refused while the first lives, since nothing is proven', async () => {
    const first = await stage.ready('CP13');
    await expect(stage.connected('CP13', { socket: { localAddress: '127.0.0.9' } })).rejects.toMatchObject({
      code: 403,
    });
    await expect(first.say('Heartbeat', {})).resolves.toEqual({ currentTime: expect.any(String) });
    expect(await stage.edge.view('CP13')).toMatchObject({ conflict: true });
  });

  test('whose transaction messages were not answered gives the same answer on the next one', async () => {
    const charger = await stage.ready('CP14');
    const answers: (() => void)[] = [];
    stage.csms.answer = (action) =>
      action === 'StartTransaction'
        ? new Promise((resolve) => answers.push(() => resolve(stage.confirm(action))))
        : stage.confirm(action);
    const said = charger.say('StartTransaction', start).catch((error: unknown) => error);
    await vi.waitUntil(() => answers.length === 1, { interval: 1, timeout: 30_000 });
    await charger.cut();
    await said;
    answers[0]?.();
    const again = await stage.connected('CP14');
    const { transactionId } = await again.say('StartTransaction', start);
    await again.say('StopTransaction', { transactionId, meterStop: 20, timestamp: now });
    const [stop] = await stage.heard('CP14', 'StopTransaction');
    expect(stop).toMatchObject({ transactionId });
    expect(stage.csms.of('CP14', 'StartTransaction')).toHaveLength(1);
  });
});

describe('an outage of the CSMS', () => {
  test('is not felt by the charger, and everything arrives under the id of the CSMS', async () => {
    const charger = await stage.ready('CP20');
    await stage.csms.goAway();
    await vi.waitUntil(async () => (await stage.edge.view('CP20'))?.link === 'connecting', {
      interval: 5,
      timeout: 30_000,
    });
    await expect(charger.say('Authorize', { idTag: 'NEW' })).resolves.toEqual({ idTagInfo: { status: 'Invalid' } });
    const { transactionId } = await charger.say('StartTransaction', start);
    expect(transactionId).toBeGreaterThanOrEqual(1_900_000_000);
    await charger.say('MeterValues', meterValues(Number(transactionId)));
    await charger.say('StopTransaction', { transactionId, meterStop: 30, timestamp: now });
    stage.csms.comeBack();
    const [stop] = await stage.heard('CP20', 'StopTransaction');
    const [values] = stage.csms.of('CP20', 'MeterValues');
    expect(stage.csms.of('CP20', 'StartTransaction')).toEqual([start]);
    expect(Number(stop?.['transactionId'])).toBeLessThan(1_900_000_000);
    expect(values?.['transactionId']).toBe(stop?.['transactionId']);
  });
});

test('a gateway that stops closes the connections of its chargers with 1001, without waiting for anybody', async () => {
  const other = new JsonStage();
  await other.set();
  const charger = await other.ready('CP30');
  await other.edge.close();
  await vi.waitUntil(() => charger.closed.length === 1, { interval: 1, timeout: 30_000 });
  expect(charger.closed).toEqual([1001]);
  await other.strike();
});
