import { describe, expect, test } from 'vitest';
import { answered, keyModel, Stage, unanswered, unheard } from './driver-stage.ts';

const rejected = answered({ status: 'Rejected' });

describe('a value is written', () => {
  test('when the limit changes, and read back at once', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(16);
    expect(stage.line.calls).toEqual([
      ['ChangeConfiguration', { key: 'Limit1', value: '16' }],
      ['GetConfiguration', { key: ['Limit1'] }],
    ]);
    expect(stage.written).toEqual({
      1: { value: '16', atMs: Date.parse('2026-03-01T12:00:00Z'), confirmed: true, paused: undefined },
    });
  });

  test('and read back too when the limit rises in between, and the rise has to wait', async () => {
    const stage = new Stage([keyModel()]);
    const call = stage.line.call.bind(stage.line);
    let answer: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (answer = resolve));
    stage.line.call = async (identity, action, payload) => {
      if (action === 'ChangeConfiguration') await written;
      return call(identity, action, payload);
    };
    await stage.limit(10);
    await stage.limit(16);
    answer();
    await stage.seconds(0);
    expect(stage.line.calls).toEqual([
      ['ChangeConfiguration', { key: 'Limit1', value: '10' }],
      ['GetConfiguration', { key: ['Limit1'] }],
    ]);
    expect(stage.written[1]).toMatchObject({ value: '10', confirmed: true });
  });

  test('only on change: the same limit again, other profiles, updates without news write nothing', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(16);
    stage.line.take('');
    await stage.limit(16);
    await stage.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 32]] });
    await stage.update();
    await stage.limit(16.4);
    await stage.minutes(600);
    expect(stage.line.calls).toEqual([]);
  });

  test('at the second at which the schedule changes, by one timer per connector', async () => {
    const stage = new Stage([keyModel()], { connectors: 2 });
    await stage.set(0, {
      purpose: 'TxDefaultProfile',
      periods: [
        [0, 16],
        [3600, 10],
        [7200, 20],
      ],
    });
    expect(stage.values()).toEqual(['16', '16']);
    expect(stage.clock.pending()).toBe(2);
    await stage.seconds(3599);
    expect(stage.values()).toEqual([]);
    await stage.seconds(1);
    expect(stage.values()).toEqual(['10', '10']);
    await stage.seconds(3600);
    expect(stage.values()).toEqual(['20', '20']);
    expect(stage.clock.pending()).toBe(0);
  });

  test('at most ten minutes late when the wall clock is set forward over it', async () => {
    const stage = new Stage([keyModel()]);
    await stage.set(0, {
      purpose: 'TxDefaultProfile',
      periods: [
        [0, 16],
        [36_000, 10],
      ],
    });
    await stage.seconds(1);
    stage.clock.jump(40_000_000);
    await stage.minutes(10);
    expect(stage.values()).toEqual(['16', '10']);
  });

  test('for what a transaction that begins now might draw, while none runs', async () => {
    const stage = new Stage([keyModel()]);
    await stage.update();
    expect(stage.values()).toEqual(['32']);
  });
});

describe('writes are rate-limited', () => {
  test('a rise waits for the interval since the last write, and only the last of several is written', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(10);
    stage.values();
    await stage.minutes(1);
    await stage.limit(16);
    await stage.limit(20);
    expect(stage.values()).toEqual([]);
    await stage.seconds(239);
    expect(stage.values()).toEqual([]);
    await stage.seconds(1);
    expect(stage.values()).toEqual(['20']);
  });

  test('a lower limit is written at once', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(20);
    await stage.limit(10);
    await stage.limit(8);
    expect(stage.values()).toEqual(['20', '10', '8']);
  });

  test('up and down inside the interval writes nothing', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(10);
    await stage.limit(20);
    await stage.limit(10);
    await stage.minutes(10);
    expect(stage.values()).toEqual(['10']);
  });

  test('a wall clock that is set back holds nothing up', async () => {
    const stage = new Stage([keyModel()]);
    await stage.minutes(300);
    await stage.limit(10);
    stage.clock.jump(-4 * 3_600_000);
    await stage.limit(20);
    expect(stage.values()).toEqual(['10', '20']);
  });
});

describe('below the minimum of 6 A (IEC 61851)', () => {
  test('zero: 0 is written, which pauses', async () => {
    const stage = new Stage([keyModel()]);
    await stage.limit(5.9);
    expect(stage.values()).toEqual(['0']);
  });

  test('minimum: the minimum is written; that it is too much for a session is told once', async () => {
    const stage = new Stage([keyModel({ below: 'minimum' })]);
    await stage.limit(0);
    expect(stage.anomalies).toEqual([]);
    await stage.begin(1);
    await stage.minutes(10);
    await stage.update();
    expect(stage.values()).toEqual(['6']);
    expect(stage.anomalies).toEqual(['limitBelowMinimum']);
    await stage.limit(10);
    await stage.limit(3);
    expect(stage.anomalies).toEqual(['limitBelowMinimum', 'limitBelowMinimum']);
  });
});

describe('a value that is not writable during a session', () => {
  const model = keyModel({ writableDuringSession: false, minIntervalS: 0 });

  test('waits for its end, and tells when the one that lies there is too high', async () => {
    const stage = new Stage([model]);
    await stage.limit(16);
    await stage.begin(1);
    await stage.limit(20);
    expect(stage.anomalies).toEqual([]);
    await stage.limit(10);
    await stage.minutes(60);
    expect(stage.values()).toEqual(['16']);
    expect(stage.anomalies).toEqual(['limitHeldBySession']);
    await stage.end(1);
    expect(stage.values()).toEqual(['10']);
  });

  test('of another connector does not wait', async () => {
    const stage = new Stage([model], { connectors: 2 });
    await stage.limit(16);
    await stage.begin(1);
    await stage.limit(10);
    expect(Object.fromEntries(stage.line.configuration)).toEqual({ Limit1: '16', Limit2: '10' });
  });

  test('is a share of the station limit that all connectors could draw', async () => {
    const stage = new Stage([model], { connectors: 2 });
    await stage.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 30]] });
    await stage.begin(1);
    expect(stage.line.configuration).toEqual(
      new Map([
        ['Limit1', '15'],
        ['Limit2', '15'],
      ]),
    );
  });
});

describe('a value that needs a reboot', () => {
  const model = keyModel({ rebootNeeded: true });
  const actions = (stage: Stage) => stage.line.calls.map(([action]) => action);

  test('is written, the charger reset, and read back after its boot', async () => {
    const stage = new Stage([model]);
    await stage.limit(16);
    expect(actions(stage)).toEqual(['ChangeConfiguration', 'Reset']);
    expect(stage.line.calls[1]).toEqual(['Reset', { type: 'Soft' }]);
    expect(stage.written[1]).toMatchObject({ value: '16', confirmed: false });
    stage.line.take('');
    await stage.seconds(30);
    await stage.reboot();
    expect(actions(stage)).toEqual(['GetConfiguration']);
    expect(stage.written[1]).toMatchObject({ value: '16', confirmed: true });
  });

  test('is never written, nor the charger reset, while any session runs', async () => {
    const stage = new Stage([model], { connectors: 2 });
    await stage.begin(2);
    await stage.limit(16);
    await stage.minutes(60);
    expect(stage.line.calls).toEqual([]);
    await stage.end(2);
    expect(actions(stage)).toContain('Reset');
  });

  test('is not followed by a reset if a session has begun meanwhile; then later', async () => {
    const stage = new Stage([model]);
    stage.line.script = (action) => {
      if (action === 'ChangeConfiguration') void stage.begin(1);
      return action === 'ChangeConfiguration' ? answered({ status: 'RebootRequired' }) : undefined;
    };
    await stage.limit(16);
    expect(actions(stage)).toEqual(['ChangeConfiguration']);
    stage.line.script = () => undefined;
    await stage.end(1);
    expect(actions(stage)).toEqual(['ChangeConfiguration', 'Reset']);
  });

  test('RebootRequired from a charger whose model does not say so counts as written, and resets nothing', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action) => {
      if (action !== 'ChangeConfiguration') return undefined;
      stage.line.configuration.set('Limit1', '16');
      return answered({ status: 'RebootRequired' });
    };
    await stage.limit(16);
    expect(actions(stage)).toEqual(['ChangeConfiguration', 'GetConfiguration']);
    expect(stage.written[1]).toMatchObject({ value: '16', confirmed: true });
  });
});

describe('reading back', () => {
  test('a number that is written otherwise is the same number', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action) =>
      action === 'GetConfiguration'
        ? answered({ configurationKey: [{ key: 'LIMIT1', readonly: false, value: '16.00' }] })
        : undefined;
    await stage.limit(16);
    expect(stage.written[1]).toMatchObject({ value: '16', confirmed: true });
  });

  test('OCPP 1.2 has no GetConfiguration: Accepted is all there is', async () => {
    const stage = new Stage([keyModel()]);
    stage.wire = 'ocpp1.2-soap';
    await stage.limit(16);
    expect(stage.line.calls).toEqual([['ChangeConfiguration', { key: 'Limit1', value: '16' }]]);
    expect(stage.written[1]).toMatchObject({ value: '16', confirmed: true });
    await stage.reboot();
    expect(stage.values()).toEqual(['16', '16']);
  });

  test('a lower value is the charger’s rounding: confirmed', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action) =>
      action === 'GetConfiguration'
        ? answered({ configurationKey: [{ key: 'Limit1', readonly: false, value: '10' }] })
        : undefined;
    await stage.limit(11);
    await stage.minutes(60);
    expect(stage.values()).toEqual(['11']);
    expect(stage.written[1]).toMatchObject({ value: '11', confirmed: true });
  });

  test('a higher value is not followed: written again with growing waits, six times in all', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action) =>
      action === 'GetConfiguration'
        ? answered({ configurationKey: [{ key: 'Limit1', readonly: false, value: '32' }] })
        : undefined;
    await stage.limit(11);
    expect(stage.values()).toEqual(['11']);
    await stage.seconds(4);
    expect(stage.values()).toEqual(['11']);
    await stage.minutes(600);
    expect(stage.values()).toHaveLength(4);
    expect(stage.anomalies).toEqual(Array.from({ length: 6 }, () => 'limitNotFollowed'));
    expect(stage.written[1]).toMatchObject({ value: '32' });
  });

  test('a key that cannot be read is asked for six times and not written again', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action, { key }) =>
      action === 'GetConfiguration' ? answered({ unknownKey: key }) : undefined;
    await stage.limit(11);
    await stage.minutes(600);
    expect(stage.line.calls.filter(([action]) => action === 'GetConfiguration')).toHaveLength(6);
    expect(stage.values()).toEqual(['11']);
    expect(stage.written[1]).toMatchObject({ value: '11', confirmed: false });
  });
});

describe('failures', () => {
  test('a refused value is tried six times, with growing waits, logged and counted', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action) => (action === 'ChangeConfiguration' ? rejected : undefined);
    await stage.limit(16);
    await stage.minutes(600);
    expect(stage.values()).toHaveLength(6);
    expect(stage.anomalies).toEqual(Array.from({ length: 6 }, () => 'limitNotWritten'));
    expect(stage.logged.filter((event) => event === 'limit not in the charger')).toHaveLength(6);
    expect(stage.clock.pending()).toBe(0);
    expect(stage.written).toEqual({});
  });

  test('another value is tried afresh', async () => {
    const stage = new Stage([keyModel()]);
    stage.line.script = (action) => (action === 'ChangeConfiguration' ? rejected : undefined);
    await stage.limit(16);
    await stage.minutes(600);
    stage.line.script = () => undefined;
    stage.values();
    await stage.limit(10);
    expect(stage.values()).toEqual(['10']);
  });

  test.each([
    ['never heard', unheard],
    ['perhaps heard', unanswered],
  ])('a charger that cannot be reached (%s) is tried on, at least every ten minutes', async (_title, delivery) => {
    const stage = new Stage([keyModel()]);
    stage.line.script = () => delivery;
    await stage.limit(16);
    await stage.minutes(24 * 60);
    const attempts = stage.values().length;
    expect(attempts).toBeGreaterThan(24 * 6);
    expect(attempts).toBeLessThan(24 * 6 * 1.5 + 10);
    stage.line.script = () => undefined;
    await stage.minutes(10);
    expect(stage.values()).toEqual(['16']);
  });

  test('a value that could not be kept on disk is known nonetheless', async () => {
    const stage = new Stage([keyModel()]);
    stage.fillDisk();
    await stage.limit(16);
    await stage.update();
    await stage.minutes(60);
    expect(stage.values()).toEqual(['16']);
    expect(stage.logged).toContain('written limit not kept');
  });
});
