import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '../../../src/gateway/ports.ts';
import { answered, startHarness, type Harness, type SettingsChange } from '../../support/gateway-harness.ts';
import { OlderCharger } from '../../support/older-charger.ts';

/** What the gateway adds for chargers of OCPP 1.5 and 1.2, and what it keeps to itself. */
let h: Harness;
let charger: OlderCharger;
const begin = async (ocpp: '1.5' | '1.2', change: SettingsChange = {}) => {
  h = await startHarness(change);
  charger = new OlderCharger(h, ocpp);
  await charger.boot();
};
afterEach(() => h.end());

const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00Z`;
const statuses = async () => {
  await h.clock.advance(0);
  return h.csms.of('StatusNotification').map(({ connectorId, status }) => `${String(connectorId)} ${String(status)}`);
};
const command = async (action: string, payload: Payload) => {
  const reply = await h.csms.call('CP1', action, payload);
  return reply.kind === 'answered' ? reply.payload : reply.error.code;
};

describe.each(['1.5', '1.2'] as const)('%s: Occupied', (ocpp) => {
  beforeEach(() => begin(ocpp));

  test('before, in and after a transaction is Preparing, Charging and Finishing', async () => {
    await charger.status('Available');
    await charger.status('Occupied');
    const transaction = await charger.start(at(1));
    await charger.stop(transaction, at(30));
    await charger.status('Available');
    await charger.status('Occupied');
    expect(await statuses()).toEqual([
      '1 Available',
      '1 Preparing',
      '1 Charging',
      '1 Finishing',
      '1 Available',
      '1 Preparing',
    ]);
  });

  test('what it says of a change that the CSMS knows already goes no further', async () => {
    await charger.status('Available');
    const transaction = await charger.start(at(1));
    await charger.status('Occupied');
    await charger.stop(transaction, at(30));
    await charger.status('Occupied');
    await charger.status('Occupied');
    expect(await statuses()).toEqual(['1 Available', '1 Charging', '1 Finishing']);
  });

  test('after a boot is told again: the CSMS may have forgotten', async () => {
    await charger.start(at(1));
    await charger.status('Occupied');
    await h.clock.advance(1_000);
    await charger.boot();
    await charger.status('Occupied');
    await charger.status('Occupied');
    expect(await statuses()).toEqual(['1 Charging', '1 Charging']);
  });

  test('is of its own connector', async () => {
    await charger.start(at(1), 2);
    await charger.status('Occupied', 1);
    await charger.status('Occupied', 2);
    await charger.status('Occupied', 0);
    expect(await statuses()).toEqual(['2 Charging', '1 Preparing', '0 Available']);
  });

  test('after a restart of the gateway is told by the open transaction', async () => {
    await charger.start(at(1));
    await h.restart();
    await charger.status('Occupied');
    expect((await statuses()).at(-1)).toBe('1 Charging');
  });

  test('with an error is told each time, and a fault is not undone by the end of the transaction', async () => {
    await charger.status('Available');
    const transaction = await charger.start(at(1));
    await charger.status('Occupied', 1, 'HighTemperature');
    await charger.status('Faulted', 1, 'HighTemperature');
    await charger.stop(transaction, at(30));
    expect(await statuses()).toEqual(['1 Available', '1 Charging', '1 Charging', '1 Faulted']);
  });

  test('a transaction that the charger tells of afterwards does not make a free connector taken', async () => {
    h.clock.jump(3_600_000);
    await charger.status('Available');
    const transaction = await charger.start(at(1));
    await charger.stop(transaction, at(30));
    await charger.status('Occupied');
    expect(await statuses()).toEqual(['1 Available', '1 Preparing']);
  });

  test('a transaction that may not be is none', async () => {
    h.csms.answer = (message) =>
      message.action === 'StartTransaction'
        ? answered({ transactionId: 7, idTagInfo: { status: 'Blocked' } })
        : h.csms.oblige(message);
    await charger.status('Occupied');
    await charger.start(at(1));
    expect(await statuses()).toEqual(['1 Preparing']);
  });

  test('while the CSMS is away: it hears how things stand once it is back', async () => {
    await charger.says('Authorize', { idTag: 'TAG-1' });
    h.csms.goDown();
    await charger.status('Occupied');
    await h.clock.advance(1_000);
    const start = charger.start(at(1));
    await h.clock.advance(9_000);
    await start;
    h.csms.comeBack();
    await h.clock.advance(1_000);
    expect(await statuses()).toEqual(['1 Charging']);
  });
});

test('a charger of 1.6 tells its own statuses', async () => {
  h = await startHarness();
  await h.asks('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Wall 1' });
  await h.asks('StartTransaction', { connectorId: 1, idTag: 'TAG-1', timestamp: at(1), meterStart: 1 });
  expect(await statuses()).toEqual([]);
});

describe('1.2: MeterValues', () => {
  beforeEach(() => begin('1.2'));
  const meter = (connectorId: number) =>
    charger.says('MeterValues', { connectorId, values: [{ timestamp: at(5), value: 1500 }] });

  test('belong to the open transaction of their connector, and to none where there is none', async () => {
    await charger.start(at(1));
    await meter(1);
    await meter(2);
    await h.clock.advance(0);
    const sampledValue = [{ value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }];
    expect(h.csms.of('MeterValues')).toEqual([
      { connectorId: 1, transactionId: 100, meterValue: [{ timestamp: at(5), sampledValue }] },
      { connectorId: 2, meterValue: [{ timestamp: at(5), sampledValue }] },
    ]);
  });

  test('said twice, once before and once after the end, are one', async () => {
    const transaction = await charger.start(at(1));
    await meter(1);
    await charger.stop(transaction, at(30));
    await meter(1);
    await h.clock.advance(0);
    expect(h.csms.of('MeterValues')).toHaveLength(1);
  });
});

describe.each(['1.5', '1.2'] as const)('%s: why a transaction ended', (ocpp) => {
  beforeEach(() => begin(ocpp));
  const reason = async () => {
    await h.clock.advance(0);
    return h.csms.of('StopTransaction').at(-1)?.['reason'];
  };
  /** Runs a transaction, and something in it. */
  const ended = async (meanwhile: (transaction: number) => Promise<unknown>, more?: Payload) => {
    const transaction = await charger.start(at(1));
    await meanwhile(transaction);
    await charger.stop(transaction, at(30), more);
    return reason();
  };

  test('nothing is known, and somebody showed a card: none, which is Local', async () => {
    expect(await ended(async () => undefined)).toBeUndefined();
  });

  test('nobody showed a card: Other', async () => {
    expect(await ended(async () => undefined, {})).toBe('Other');
  });

  test('the CSMS wanted it, and the charger accepted: Remote', async () => {
    expect(await ended(() => command('RemoteStopTransaction', { transactionId: 100 }), {})).toBe('Remote');
  });

  test('the CSMS wanted the end of another one: not Remote', async () => {
    expect(await ended(() => command('RemoteStopTransaction', { transactionId: 5 }), {})).toBe('Other');
  });

  test('it refused the remote stop: not Remote', async () => {
    charger.react = () => ({ status: 'Rejected' });
    expect(await ended(() => command('RemoteStopTransaction', { transactionId: 100 }))).toBeUndefined();
  });

  test('the remote stop was more than five minutes ago: not Remote', async () => {
    const late = async () => {
      await command('RemoteStopTransaction', { transactionId: 100 });
      await h.clock.advance(300_001);
    };
    expect(await ended(late)).toBeUndefined();
  });

  test.each([
    ['Hard', 'HardReset'],
    ['Soft', 'SoftReset'],
  ])('it was to reset: %s is %s', async (type, expected) => {
    expect(await ended(() => command('Reset', { type }), {})).toBe(expected);
  });

  test('a reset before the transaction began has nothing to do with it', async () => {
    await command('Reset', { type: 'Soft' });
    expect(await ended(async () => undefined, {})).toBe('Other');
  });

  test('its connector was unlocked: UnlockCommand, and not that of another', async () => {
    expect(await ended(() => command('UnlockConnector', { connectorId: 1 }))).toBe('UnlockCommand');
    const transaction = await charger.start(at(31));
    await command('UnlockConnector', { connectorId: 2 });
    await charger.stop(transaction, at(40));
    expect(await reason()).toBeUndefined();
  });

  test('its tag was refused: DeAuthorized', async () => {
    h.csms.answer = (message) =>
      message.action === 'StartTransaction'
        ? answered({ transactionId: 7, idTagInfo: { status: 'Invalid' } })
        : h.csms.oblige(message);
    expect(await ended(async () => undefined, {})).toBe('DeAuthorized');
  });

  test('it booted meanwhile, and ends it with the time of before: Reboot', async () => {
    const booted = async () => {
      h.clock.jump(3_600_000);
      await charger.boot();
    };
    expect(await ended(booted, {})).toBe('Reboot');
  });

  test('gateway and charger were without power: Reboot', async () => {
    const blackout = async () => {
      h.clock.jump(3_600_000);
      await h.restart();
      await h.clock.advance(1_000);
      await charger.boot();
    };
    expect(await ended(blackout, {})).toBe('Reboot');
  });

  test('it tells of a transaction that was over before it booted: not Reboot', async () => {
    h.clock.jump(3_600_000);
    await charger.boot();
    expect(await ended(async () => undefined)).toBeUndefined();
  });

  test('a repeated StopTransaction is the same message, whatever is known by then', async () => {
    const transaction = await charger.start(at(1));
    await charger.stop(transaction, at(30));
    await command('Reset', { type: 'Hard' });
    await charger.stop(transaction, at(30));
    await h.clock.advance(0);
    expect(h.csms.of('StopTransaction')).toHaveLength(1);
  });
});

describe('1.2: what is too long for 1.6', () => {
  const long = 'A'.repeat(21);
  beforeEach(() => begin('1.2'));

  test('an idTag is Invalid, and the CSMS is not asked', async () => {
    expect(await charger.says('Authorize', { idTag: long })).toEqual({ idTagInfo: { status: 'Invalid' } });
    expect(h.csms.of('Authorize')).toEqual([]);
  });

  test('no transaction can begin with it, and one that ends does so without it', async () => {
    const start = { connectorId: 1, idTag: long, timestamp: at(1), meterStart: 1 };
    await expect(charger.says('StartTransaction', start)).rejects.toMatchObject({
      code: 'PropertyConstraintViolation',
    });
    const transaction = await charger.start(at(1));
    await charger.stop(transaction, at(30), { idTag: long });
    await h.clock.advance(0);
    expect(h.csms.of('StopTransaction')[0]).not.toHaveProperty('idTag');
  });

  test('what is for people is cut', async () => {
    await charger.boot({ chargePointVendor: long, chargePointModel: 'M' });
    expect(h.csms.of('BootNotification').at(-1)).toMatchObject({ chargePointVendor: 'A'.repeat(20) });
    expect(h.counted).toContain('anomaly shortened');
    expect(h.logged).toContainEqual({
      level: 'debug',
      event: 'charger text shortened',
      fields: { station: 'CP1', action: 'BootNotification', field: 'chargePointVendor', text: long },
    });
  });
});

test('1.5: a DataTransfer of too long a name is Rejected, and the CSMS is not asked', async () => {
  await begin('1.5');
  expect(await charger.says('DataTransfer', { vendorId: 'v'.repeat(256) })).toEqual({ status: 'Rejected' });
  expect(await charger.says('DataTransfer', { vendorId: 'v', messageId: 'm'.repeat(51) })).toEqual({
    status: 'Rejected',
  });
  expect(h.csms.of('DataTransfer')).toEqual([]);
});

test.each(['1.5', '1.2'] as const)('%s: Pending reaches the charger as Rejected, and is Pending here', async (ocpp) => {
  h = await startHarness();
  charger = new OlderCharger(h, ocpp);
  h.csms.answer = () => answered({ status: 'Pending', currentTime: at(0), interval: 0 });
  await charger.boot();
  const [record] = await h.store().stations();
  expect(record?.boot).toMatchObject({ told: 'Pending', csms: { status: 'Pending' } });
  await expect(charger.says('Authorize', { idTag: 'A' })).rejects.toMatchObject({ code: 'SecurityError' });
});
