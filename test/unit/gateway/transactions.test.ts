import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  answered,
  bootPayload,
  refused,
  startHarness,
  unreachable,
  type Harness,
} from '../../support/gateway-harness.ts';
import { meterPayload, startPayload, stopPayload } from '../../support/transaction-payloads.ts';
import { atRest } from '../../support/virtual-clock.ts';

let h: Harness;
beforeEach(async () => {
  h = await startHarness();
  await h.asks('BootNotification', bootPayload);
  h.csms.heard.length = 0;
});
afterEach(() => h.end());

const start = async (meterStart = 1000, connectorId = 1) => {
  const conf = await h.asks('StartTransaction', startPayload(meterStart, '2026-03-01T12:00:00Z', connectorId));
  return Number(conf['transactionId']);
};

describe('while the CSMS is there', () => {
  test("the charger gets the CSMS's own transaction id and idTagInfo", async () => {
    const conf = await h.asks('StartTransaction', startPayload());
    expect(conf).toEqual({ transactionId: 100, idTagInfo: { status: 'Accepted' } });
  });

  test('messages of a transaction arrive in order, unchanged', async () => {
    const id = await start();
    await h.asks('MeterValues', meterPayload(id, '1200'));
    await h.asks('StopTransaction', stopPayload(id));
    await atRest();
    expect(h.csms.heard.map(({ action, payload }) => [action, payload])).toEqual([
      ['StartTransaction', startPayload()],
      ['MeterValues', meterPayload(100, '1200')],
      ['StopTransaction', stopPayload(100)],
    ]);
  });

  test('MeterValues without any value are answered and not forwarded', async () => {
    expect(await h.asks('MeterValues', { connectorId: 1, meterValue: [] })).toEqual({});
    await atRest();
    expect(h.csms.actions()).toEqual([]);
  });

  test('an id above 32 bit is mapped: the charger cannot carry it', async () => {
    h.csms.nextTransactionId = 9_999_999_999;
    const id = await start();
    expect(id).toBeGreaterThanOrEqual(1_900_000_000);
    expect(id).toBeLessThanOrEqual(2_000_000_000);
    await h.asks('StopTransaction', stopPayload(id));
    await atRest();
    expect(h.csms.of('StopTransaction')[0]).toMatchObject({ transactionId: 9_999_999_999 });
  });

  test('a slow CSMS: provisional id after 8 s, and the mapping once it has answered', async () => {
    let release: (() => void) | undefined;
    const deliver = h.csms.deliver.bind(h.csms);
    h.csms.deliver = (station, action, payload, deadlineMs) => {
      if (action !== 'StartTransaction') return deliver(station, action, payload, deadlineMs);
      return new Promise((resolve) => {
        release = () => resolve(answered({ transactionId: 555, idTagInfo: { status: 'Accepted' } }));
      });
    };
    await h.asks('Authorize', { idTag: 'TAG-1' });
    const conf = h.asks('StartTransaction', startPayload());
    await h.clock.advance(8_000);
    const { transactionId, idTagInfo } = await conf;
    expect(Number(transactionId)).toBeGreaterThanOrEqual(1_900_000_000);
    expect(idTagInfo).toEqual({ status: 'Accepted' });
    await h.asks('MeterValues', meterPayload(Number(transactionId), '1'));
    release?.();
    await atRest();
    expect(h.csms.of('MeterValues')[0]).toMatchObject({ transactionId: 555 });
  });
});

describe('while the CSMS is away (F13)', () => {
  test('start, meter values and stop are delivered afterwards with its id and their own times, over a restart', async () => {
    h.csms.goDown();
    const id = await start();
    await h.asks('MeterValues', meterPayload(id, '1200'));
    await h.restart();
    await h.asks('StopTransaction', stopPayload(id));
    h.csms.comeBack();
    await atRest();
    expect(h.csms.heard.map(({ action, payload }) => [action, payload])).toEqual([
      ['StartTransaction', startPayload()],
      ['MeterValues', meterPayload(100, '1200')],
      ['StopTransaction', stopPayload(100)],
    ]);
  });

  test('what waits is delivered after a restart although the charger stays silent', async () => {
    h.csms.goDown();
    await start();
    h.csms.up = true;
    await h.restart();
    await atRest();
    expect(h.csms.actions()).toEqual(['StartTransaction']);
  });

  test.each([
    ['equal ids', [7, 7]],
    ['descending ids', [9, 8]],
    ['zero and negative ids', [0, -1]],
  ])('two transactions on two connectors, interleaved; the CSMS gives %s (F14)', async (_name, given) => {
    h.csms.goDown();
    const [one, two] = [await start(1, 1), await start(2, 2)];
    await h.asks('MeterValues', meterPayload(one, '11', 1));
    await h.asks('MeterValues', meterPayload(two, '22', 2));
    await h.asks('StopTransaction', stopPayload(one, 11));
    await h.asks('StopTransaction', stopPayload(two, 22));
    const ids = [...given];
    h.csms.answer = (message) =>
      message.action === 'StartTransaction'
        ? answered({ transactionId: ids.shift() ?? 0, idTagInfo: { status: 'Accepted' } })
        : h.csms.oblige(message);
    h.csms.comeBack();
    await atRest(40);
    expect(h.csms.of('MeterValues').map((p) => p['transactionId'])).toEqual(given);
    expect(h.csms.of('StopTransaction').map((p) => [p['transactionId'], p['meterStop']])).toEqual([
      [given[0], 11],
      [given[1], 22],
    ]);
  });

  test('one row a time, for ever: timeouts and lost links never make a dead letter', async () => {
    h.csms.answer = () => undefined;
    const conf = h.asks('StartTransaction', startPayload());
    await h.clock.advance(3_600_000);
    await conf;
    expect(h.csms.of('StartTransaction').length).toBeGreaterThan(10);
    expect(new Set(h.csms.of('StartTransaction').map((p) => JSON.stringify(p))).size).toBe(1);
    expect(await h.store().counts()).toMatchObject({ waiting: 1, dead: 0 });
  });
});

describe('a charger that repeats itself (F12)', () => {
  test('StartTransaction: one transaction at the CSMS, the same answer again', async () => {
    const first = await h.asks('StartTransaction', startPayload());
    const again = await h.asks('StartTransaction', startPayload());
    await atRest();
    expect(again).toEqual(first);
    expect(h.csms.of('StartTransaction')).toHaveLength(1);
    expect(h.counted).toContain('duplicate charger');
  });

  test('the stored answer survives a restart and the end of the transaction', async () => {
    const id = await start();
    await h.asks('StopTransaction', stopPayload(id));
    await atRest();
    await h.restart();
    expect(await start()).toBe(id);
    expect(await h.asks('StopTransaction', stopPayload(id))).toEqual({});
    await atRest();
    expect(h.csms.actions()).toEqual(['StartTransaction', 'StopTransaction']);
  });

  test('at the same time, on two connections: one transaction, one id', async () => {
    const confs = await Promise.all([start(), start(), start()]);
    await atRest();
    expect(new Set(confs).size).toBe(1);
    expect(h.csms.of('StartTransaction')).toHaveLength(1);
  });

  test('while the CSMS is away: the same provisional id', async () => {
    h.csms.goDown();
    expect(await start()).toBe(await start());
  });

  test('MeterValues and StopTransaction: delivered once', async () => {
    const id = await start();
    for (let i = 0; i < 3; i += 1) await h.asks('MeterValues', meterPayload(id, '1'));
    for (let i = 0; i < 3; i += 1) await h.asks('StopTransaction', stopPayload(id));
    await atRest();
    expect(h.csms.actions()).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
  });

  test('other meter values under the same wsa:MessageID are another message', async () => {
    const id = await start();
    await h.asks('MeterValues', meterPayload(id, '1'));
    await h.asks('MeterValues', meterPayload(id, '2'));
    await atRest();
    expect(h.csms.of('MeterValues')).toHaveLength(2);
  });
});

describe('CALLERRORs (F11, OCPP 1.6 §3.7.1)', () => {
  test('are retried after 60, 120, 180 … s, then the next message flows', async () => {
    let refusals = 3;
    h.csms.answer = (message) => (refusals-- > 0 ? refused('InternalError') : h.csms.oblige(message));
    const conf = h.asks('MeterValues', meterPayload(5, '1'));
    await h.asks('MeterValues', meterPayload(5, '2'));
    await conf;
    await atRest();
    const at = async (ms: number) => {
      await h.clock.advance(ms);
      return h.csms.of('MeterValues').length;
    };
    expect(await at(59_000)).toBe(1);
    expect(await at(2_000)).toBe(2);
    expect(await at(118_000)).toBe(2);
    expect(await at(3_000)).toBe(3);
    expect(await at(181_000)).toBe(5);
    expect(await h.store().counts()).toMatchObject({ waiting: 0, dead: 0 });
  });

  test('for ever: after the last attempt a dead letter with all that depends on it; other transactions flow', async () => {
    h.csms.goDown();
    const bad = await start(1, 1);
    await h.asks('MeterValues', meterPayload(bad, '1', 1));
    const good = await start(2, 2);
    await h.asks('StopTransaction', stopPayload(bad, 9));
    h.csms.answer = (message) =>
      message.payload['meterStart'] === 1 ? refused('FormationViolation') : h.csms.oblige(message);
    h.csms.comeBack();
    await h.clock.advance(3_600_000);
    await h.asks('MeterValues', meterPayload(bad, 'late', 1));
    await h.asks('StopTransaction', stopPayload(good, 3));
    await atRest();
    expect(h.csms.of('StartTransaction').filter((p) => p['meterStart'] === 1)).toHaveLength(5);
    expect(h.csms.of('MeterValues')).toEqual([]);
    expect(h.csms.of('StopTransaction').map((p) => p['meterStop'])).toEqual([3]);
    expect(await h.store().counts()).toMatchObject({ waiting: 0, dead: 4 });
  });

  test('the operator puts a dead group back: it is delivered in its old order with the id of then', async () => {
    h.csms.goDown();
    const id = await start();
    await h.asks('MeterValues', meterPayload(id, '1'));
    await h.asks('StopTransaction', stopPayload(id));
    h.csms.answer = () => refused('InternalError');
    h.csms.comeBack();
    await h.clock.advance(3_600_000);
    const dead = await h.store().outbox({ dead: true });
    h.csms.answer = (message) => h.csms.oblige(message);
    h.csms.heard.length = 0;
    expect(await h.gateway().operator.retry(dead[0]?.seq ?? 0)).toBe(3);
    await atRest(40);
    expect(h.csms.actions()).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    expect(h.csms.of('StopTransaction')[0]).toMatchObject({ transactionId: 100 });
  });

  test('are not for notices: a refused one holds nothing up', async () => {
    h.csms.answer = (message) =>
      message.payload['status'] === 'Available' || message.action === 'FirmwareStatusNotification'
        ? refused('InternalError')
        : h.csms.oblige(message);
    for (const value of ['Available', 'Preparing', 'Charging']) {
      await h.asks('StatusNotification', { connectorId: 1, status: value, errorCode: 'NoError' });
    }
    await h.asks('FirmwareStatusNotification', { status: 'Installed' });
    await atRest(30);
    expect(h.csms.of('StatusNotification').map((p) => p['status'])).toEqual(['Available', 'Preparing', 'Charging']);
    expect(await h.store().counts()).toMatchObject({ waiting: 0, dead: 1 });
  });

  test('do not wait longer when the wall clock is put back', async () => {
    h.csms.answer = () => refused('InternalError');
    await h.asks('MeterValues', meterPayload(5, '1'));
    await atRest();
    h.csms.answer = (message) => h.csms.oblige(message);
    h.clock.jump(-10 * 365 * 86_400_000);
    await h.clock.advance(61_000);
    expect(await h.store().counts()).toMatchObject({ waiting: 0, dead: 0 });
  });

  test('notices overtake a transaction message that waits', async () => {
    h.csms.answer = (message) => (message.action === 'MeterValues' ? refused('InternalError') : h.csms.oblige(message));
    await h.asks('MeterValues', meterPayload(5, '1'));
    await atRest();
    await h.asks('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
    await atRest();
    expect(h.csms.actions()).toEqual(['MeterValues', 'StatusNotification']);
  });
});

describe('remote commands and ids (F15)', () => {
  test("RemoteStopTransaction with the CSMS's id reaches the charger with its own", async () => {
    h.csms.goDown();
    const id = await start();
    h.csms.comeBack();
    await atRest();
    const reply = await h.csms.call('CP1', 'RemoteStopTransaction', { transactionId: 100 });
    expect(reply).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
    expect(h.chargers.asked.at(-1)).toMatchObject({ action: 'RemoteStopTransaction', payload: { transactionId: id } });
  });

  test('SetChargingProfile too, over a restart', async () => {
    h.csms.goDown();
    const id = await start();
    h.csms.up = true;
    await h.restart();
    await atRest();
    const csChargingProfiles = { chargingProfileId: 1, transactionId: 100 };
    await h.csms.call('CP1', 'SetChargingProfile', { connectorId: 1, csChargingProfiles });
    expect(h.chargers.asked.at(-1)?.payload).toEqual({
      connectorId: 1,
      csChargingProfiles: { chargingProfileId: 1, transactionId: id },
    });
  });
});

describe('a CSMS that names an id in the same breath as it gives it', () => {
  test('the charger hears its own id', async () => {
    h.csms.goDown();
    const id = await start();
    let reply: unknown;
    h.csms.answer = (message) => {
      if (message.action !== 'StartTransaction') return h.csms.oblige(message);
      const delivery = h.csms.oblige(message);
      queueMicrotask(() => {
        reply = h.csms.call('CP1', 'RemoteStopTransaction', { transactionId: 100 });
      });
      return delivery;
    };
    h.csms.comeBack();
    await atRest();
    expect(await reply).toEqual({ kind: 'answered', payload: { status: 'Accepted' } });
    expect(h.chargers.asked).toMatchObject([{ action: 'RemoteStopTransaction', payload: { transactionId: id } }]);
  });
});

describe('late refusal (F16)', () => {
  const refuseStart = () => {
    h.csms.answer = (message) =>
      message.action === 'StartTransaction'
        ? answered({ transactionId: 100, idTagInfo: { status: 'Invalid' } })
        : h.csms.oblige(message);
  };

  test('the charger is told to stop, and its Remote becomes DeAuthorized', async () => {
    await h.asks('Authorize', { idTag: 'TAG-1' });
    h.csms.goDown();
    const id = await start();
    refuseStart();
    h.csms.comeBack();
    await atRest();
    expect(h.chargers.asked).toMatchObject([{ action: 'RemoteStopTransaction', payload: { transactionId: id } }]);
    await h.asks('StopTransaction', { ...stopPayload(id), reason: 'Remote' });
    await atRest();
    expect(h.csms.of('StopTransaction')[0]).toMatchObject({ transactionId: 100, reason: 'DeAuthorized' });
  });

  test('a charger that cannot be reached is told at its next message, over a restart', async () => {
    await h.asks('Authorize', { idTag: 'TAG-1' });
    h.csms.goDown();
    await start();
    refuseStart();
    h.chargers.answer = () => unreachable(false);
    h.csms.comeBack();
    await h.clock.advance(16_000);
    await h.restart();
    h.chargers.answer = () => answered({ status: 'Accepted' });
    h.chargers.asked.length = 0;
    await h.asks('Heartbeat', {});
    await atRest();
    expect(h.chargers.asked).toMatchObject([{ action: 'RemoteStopTransaction' }]);
    await h.asks('Heartbeat', {});
    await atRest();
    expect(h.chargers.asked).toHaveLength(1);
  });

  test('refused in time: the charger hears it itself and is not called', async () => {
    refuseStart();
    const conf = await h.asks('StartTransaction', startPayload());
    expect(conf['idTagInfo']).toEqual({ status: 'Invalid' });
    expect(h.chargers.asked).toEqual([]);
  });
});

describe('transaction ids that cannot be (wire quirk 24)', () => {
  test('-1: the open transaction of the connector, if there is exactly one', async () => {
    await start();
    await h.asks('MeterValues', meterPayload(-1, '1'));
    await atRest();
    expect(h.csms.of('MeterValues')[0]).toMatchObject({ transactionId: 100 });
  });

  test('a StopTransaction for a transaction that nobody knows is delivered unchanged', async () => {
    await h.asks('StopTransaction', stopPayload(4711));
    await atRest();
    expect(h.csms.of('StopTransaction')[0]).toMatchObject({ transactionId: 4711 });
  });
});
