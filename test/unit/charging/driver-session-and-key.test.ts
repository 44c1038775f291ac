import { describe, expect, test } from 'vitest';
import { actions, charging, keyModel, Stage } from './driver-stage.ts';

describe('beside a key that cannot pause', () => {
  const model = keyModel({ below: 'minimum', minIntervalS: 0 }, { stopStart: { fromA: 6, minOnS: 60, minOffS: 300 } });

  test('the key follows the limit down to its minimum, below that the session is stopped', async () => {
    const stage = await charging([model]);
    await stage.limit(10);
    expect(stage.values()).toEqual(['10']);
    await stage.limit(4);
    expect(stage.line.configuration.get('Limit1')).toBe('6');
    expect(stage.line.take('RemoteStopTransaction')).toHaveLength(1);
    expect(stage.anomalies).toEqual([]);
    expect(stage.written[1]).toMatchObject({ value: '6', confirmed: true, paused: { idTag: 'TAG-1' } });
    await stage.end(1);
    await stage.limit(16);
    expect(stage.line.configuration.get('Limit1')).toBe('16');
    await stage.minutes(5);
    expect(stage.line.take('RemoteStartTransaction')).toHaveLength(1);
  });

  test('one value for the station: only the session that may not charge is stopped', async () => {
    const { write } = keyModel({ scope: 'station', keys: ['Total'], below: 'minimum', minIntervalS: 0 });
    const stage = await charging([{ ...model, write }], 2);
    await stage.begin(2);
    await stage.minutes(2);
    await stage.limit(0, 1);
    expect(stage.line.configuration.get('Total')).toBe('32');
    expect(stage.line.take('RemoteStopTransaction')).toEqual([{ transactionId: 101 }]);
    const both = await charging([{ ...model, write }], 2);
    await both.begin(2);
    await both.minutes(2);
    await both.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 10]] });
    expect(both.line.configuration.get('Total')).toBe('10');
    expect(both.line.take('RemoteStopTransaction')).toEqual([]);
  });

  test('what the stopped session was limited to is forgotten when its car has left', async () => {
    const stage = await charging([model]);
    await stage.set(1, { purpose: 'TxProfile', periods: [[0, 4]] });
    await stage.end(1);
    expect(stage.line.configuration.get('Limit1')).toBe('6');
    await stage.status(1, 'Available');
    await stage.update();
    expect(stage.line.configuration.get('Limit1')).toBe('32');
  });

  test('one key for every connector: who may charge goes on, who may not is stopped', async () => {
    const every = {
      ...model,
      ...keyModel({ scope: 'everyConnector', keys: ['Each'], minIntervalS: 0 }),
      stopStart: model.stopStart,
    };
    const stage = await charging([every], 2);
    await stage.begin(2);
    await stage.minutes(2);
    await stage.limit(16, 1);
    await stage.limit(0, 2);
    expect(stage.line.configuration.get('Each')).toBe('16');
    expect(stage.line.take('RemoteStopTransaction')).toEqual([{ transactionId: 102 }]);
  });
});

test('driveBy: remoteStopStart takes no other means, whatever the model has', async () => {
  const stage = new Stage([keyModel()], { settings: { driveBy: 'remoteStopStart' } });
  await stage.begin(1);
  await stage.minutes(2);
  await stage.limit(5);
  expect(actions(stage)).toEqual(['RemoteStopTransaction']);
});
