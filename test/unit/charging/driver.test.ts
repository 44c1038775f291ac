import { describe, expect, test } from 'vitest';
import { answered, keyModel, Stage } from './driver-stage.ts';

describe('the station limit holds for all connectors together (OCPP 1.6 §3.12.3)', () => {
  const stationLimit = (limitA: number) => ({ purpose: 'ChargePointMaxProfile', periods: [[0, limitA]] }) as const;

  test('one session has it alone; a second one halves it; the first gets it back', async () => {
    const stage = new Stage([keyModel({ minIntervalS: 0 })], { connectors: 2 });
    await stage.set(0, stationLimit(20));
    expect(stage.values()).toEqual(['20', '20']);
    await stage.begin(1);
    expect(stage.values()).toEqual(['10']);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '20'],
        ['Limit2', '10'],
      ]),
    );
    await stage.begin(2);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '10'],
        ['Limit2', '10'],
      ]),
    );
    await stage.end(2);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '20'],
        ['Limit2', '10'],
      ]),
    );
  });

  test('a session whose end never came is not a second one on its connector', async () => {
    const stage = new Stage([keyModel({ minIntervalS: 0 })], { connectors: 2 });
    await stage.set(0, stationLimit(20));
    await stage.begin(1);
    await stage.minutes(1);
    await stage.begin(1);
    await stage.begin(2);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '10'],
        ['Limit2', '10'],
      ]),
    );
  });

  test('what one connector may not draw is left to the others', async () => {
    const stage = new Stage([keyModel({ minIntervalS: 0 })], { connectors: 2 });
    await stage.limit(8, 1);
    await stage.set(0, stationLimit(30));
    await stage.begin(1);
    await stage.begin(2);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '8'],
        ['Limit2', '22'],
      ]),
    );
  });

  test('with less than the minimum for each, the oldest session charges and the others wait', async () => {
    const stage = new Stage([keyModel({ minIntervalS: 0 })], { connectors: 3 });
    await stage.set(0, stationLimit(15));
    for (const connectorId of [2, 3, 1]) {
      await stage.seconds(1);
      await stage.begin(connectorId);
    }
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '0'],
        ['Limit2', '7'],
        ['Limit3', '7'],
      ]),
    );
    await stage.end(2);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '7'],
        ['Limit2', '0'],
        ['Limit3', '7'],
      ]),
    );
  });
});

describe('scope', () => {
  test('station: the sum of the connectors', async () => {
    const stage = new Stage([keyModel({ scope: 'station', keys: ['Total'], unit: 'dA' })], { connectors: 2 });
    await stage.limit(16, 1);
    await stage.limit(10.5, 2);
    expect(stage.line.configuration).toEqual(new Map([['Total', '265']]));
  });

  test('station: the station limit, if that is less', async () => {
    const stage = new Stage([keyModel({ scope: 'station', keys: ['Total'] })], { connectors: 2 });
    await stage.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 40]] });
    expect(stage.line.configuration).toEqual(new Map([['Total', '40']]));
  });

  test('everyConnector: the least that any session may draw', async () => {
    const stage = new Stage([keyModel({ scope: 'everyConnector', keys: ['Each'], minIntervalS: 0 })], {
      connectors: 2,
    });
    await stage.limit(20, 1);
    await stage.limit(10, 2);
    expect(stage.line.configuration).toEqual(new Map([['Each', '10']]));
    await stage.begin(1);
    expect(stage.line.configuration).toEqual(new Map([['Each', '20']]));
    await stage.begin(2);
    expect(stage.line.configuration).toEqual(new Map([['Each', '10']]));
    await stage.limit(0, 2);
    expect(stage.line.configuration).toEqual(new Map([['Each', '0']]));
  });

  test('connector: a list of keys is one per connector, and a connector without key is told of', async () => {
    const stage = new Stage([keyModel({ keys: ['Left', 'Right'] })], { connectors: 3 });
    await stage.limit(16);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Left', '16'],
        ['Right', '16'],
      ]),
    );
    expect(stage.anomalies).toEqual(['noKeyForConnector']);
  });

  test('a connector that appears later gets its value', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(16);
    await stage.connectors(2);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '16'],
        ['Limit2', '16'],
      ]),
    );
  });
});

describe('restarts', () => {
  test('of the gateway: what was confirmed is not written again', async () => {
    const before = new Stage([keyModel()]);
    await before.limit(16);
    const { clock, line, written } = before;
    const stage = new Stage([keyModel()], { clock, line, written });
    line.take('');
    await stage.limit(16);
    await stage.minutes(60);
    expect(line.calls).toEqual([]);
  });

  test('of the gateway: what was not confirmed is read back first', async () => {
    const written = { 1: { value: '16', atMs: 0, confirmed: false, paused: undefined } };
    const stage = new Stage([keyModel()], { written });
    stage.line.configuration.set('Limit1', '16');
    await stage.limit(16);
    expect(stage.line.calls.map(([action]) => action)).toEqual(['GetConfiguration']);
    expect(stage.written[1]?.confirmed).toBe(true);
  });

  test('of the charger: what it kept is not written again', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(16);
    stage.values();
    await stage.reboot();
    expect(stage.line.calls).toEqual([['GetConfiguration', { key: ['Limit1'] }]]);
    expect(stage.written[1]?.confirmed).toBe(true);
  });

  test.each(['32', '6'])('of the charger: what it forgot (now %s) is written again', async (found) => {
    const stage = new Stage([keyModel()]);
    await stage.limit(16);
    stage.values();
    await stage.minutes(10);
    stage.line.configuration.set('Limit1', found);
    await stage.reboot();
    expect(stage.values()).toEqual(['16']);
  });
});

describe('rest', () => {
  test('each charger is left at the rest value of its model, and at nothing else after that', async () => {
    const stage = new Stage([keyModel()], { connectors: 2 });
    await stage.limit(16);
    stage.values();
    await stage.driver.rest(3000);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '6'],
        ['Limit2', '6'],
      ]),
    );
    expect(stage.clock.pending()).toBe(0);
    stage.values();
    await stage.limit(20);
    await stage.minutes(60);
    expect(stage.line.calls).toEqual([]);
  });

  test('a charger that comes in meanwhile is not driven any more', async () => {
    const stage = new Stage([keyModel()]);
    await stage.driver.rest(3000);
    await stage.limit(16);
    expect(stage.line.calls).toEqual([]);
  });

  test('at that of its own, of the whole station where the key is one', async () => {
    const options = { connectors: 2, settings: { restCurrentA: 8 } };
    const stage = new Stage([keyModel({ scope: 'station', keys: ['Total'], unit: 'W', minimum: 1 })], options);
    await stage.limit(16);
    await stage.driver.rest(3000);
    expect(stage.line.configuration.get('Total')).toBe(String(8 * 230 * 3 * 2));
  });

  test('the first limit after the next start does not wait for the interval', async () => {
    const before = new Stage([keyModel()]);
    await before.limit(16);
    await before.minutes(10);
    await before.driver.rest(3000);
    const { clock, line, written } = before;
    const stage = new Stage([keyModel()], { clock, line, written });
    line.take('');
    await stage.limit(16);
    expect(stage.values()).toEqual(['16']);
  });

  test('what lies there already is not written again', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(6);
    stage.values();
    await stage.driver.rest(3000);
    expect(stage.line.calls).toEqual([]);
  });

  test('a charger that does not answer holds nobody up for longer than it may', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(16);
    stage.line.call = () => new Promise(() => undefined);
    let isOver = false;
    const resting = stage.driver.rest(3000).then(() => {
      isOver = true;
    });
    await stage.clock.advance(2999);
    expect(isOver).toBe(false);
    await stage.clock.advance(1);
    await resting;
  });

  test('no value that the session forbids', async () => {
    const stage = new Stage([keyModel({ writableDuringSession: false })]);
    await stage.limit(16);
    await stage.begin(1);
    await stage.driver.rest(3000);
    expect(stage.values()).toEqual(['16']);
    expect(stage.logged).toContain('rest value not written');
  });
});

describe('who is driven', () => {
  test('nobody without a model; told once', async () => {
    const stage = new Stage([keyModel()], { boot: { chargePointVendor: 'Other', chargePointModel: 'One' } });
    await stage.limit(16);
    await stage.limit(10);
    expect(stage.line.calls).toEqual([]);
    expect(stage.logged.filter((event) => event === 'charger not driven')).toHaveLength(1);
  });

  test('one that boots as another model is driven by that from then on', async () => {
    const other = keyModel({ keys: ['Other'] }, { name: 'other', vendors: ['Other'] });
    const stage = new Stage([keyModel(), other]);
    await stage.limit(16);
    stage.boot = { chargePointVendor: 'OTHER', chargePointModel: 'One' };
    await stage.limit(12);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '16'],
        ['Other', '12'],
      ]),
    );
  });

  test('one that is released is left as it is', async () => {
    const stage = new Stage([keyModel()]);
    await stage.set(0, {
      purpose: 'TxDefaultProfile',
      periods: [
        [0, 16],
        [60, 10],
      ],
    });
    stage.driver.release('CP-1');
    await stage.minutes(5);
    expect(stage.values()).toEqual(['16']);
  });
});

describe('DataTransfer', () => {
  const { write: _write, ...model } = keyModel();
  const transfer = {
    ...model,
    write: {
      kind: 'dataTransfer',
      vendorId: 'ABL',
      messageId: 'SetLimit',
      data: 'logicalid={connector};value={value}',
      unit: 'A',
      scope: 'connector',
      step: 1,
      minimum: 6,
      below: 'zero',
      writableDuringSession: true,
      minIntervalS: 60,
    },
  } as const;

  test('carries the value, is confirmed by its Accepted, and sent again after a boot', async () => {
    const stage = new Stage([transfer]);
    await stage.limit(16);
    const sent = { vendorId: 'ABL', messageId: 'SetLimit', data: 'logicalid=1;value=16' };
    expect(stage.line.calls).toEqual([['DataTransfer', sent]]);
    expect(stage.written[1]).toMatchObject({ value: '16', confirmed: true });
    await stage.reboot();
    expect(stage.line.transfers).toEqual([sent, sent]);
  });

  test.each(['Rejected', 'UnknownVendorId', 'UnknownMessageId'])('answered %s is a refusal', async (status) => {
    const stage = new Stage([transfer]);
    stage.line.script = () => answered({ status });
    await stage.limit(16);
    await stage.minutes(600);
    expect(stage.line.calls).toHaveLength(6);
    expect(stage.written).toEqual({});
  });
});
