import { describe, expect, test } from 'vitest';
import { actions, answered, charging, paused, Stage, stopStartModel, unanswered, unheard } from './driver-stage.ts';

describe('a session is stopped', () => {
  test('when its limit falls below 6 A, by the charger’s transaction id', async () => {
    const stage = await charging();
    await stage.limit(6);
    expect(stage.line.calls).toEqual([]);
    await stage.limit(5.9);
    expect(stage.line.calls).toEqual([['RemoteStopTransaction', { transactionId: 101 }]]);
    expect(stage.written[1]?.paused).toEqual({ idTag: 'TAG-1' });
  });

  test('at the second at which the schedule says so', async () => {
    const stage = await charging();
    await stage.set(0, {
      purpose: 'TxDefaultProfile',
      periods: [
        [0, 16],
        [600, 0],
      ],
    });
    await stage.seconds(479);
    expect(actions(stage)).toEqual([]);
    await stage.seconds(1);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
  });

  test('not before it has run for minOnS', async () => {
    const stage = new Stage([stopStartModel]);
    await stage.limit(0);
    await stage.begin(1);
    await stage.seconds(59);
    expect(actions(stage)).toEqual([]);
    await stage.seconds(1);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
  });

  test('without waiting for a wall clock that was set back', async () => {
    const stage = new Stage([stopStartModel]);
    await stage.minutes(300);
    await stage.begin(1);
    stage.clock.jump(-4 * 3_600_000);
    await stage.limit(0);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
  });

  test('with that it is our doing on disk before the call leaves', async () => {
    const stage = await charging();
    let writeDisk: () => void = () => undefined;
    stage.disk = new Promise((resolve) => {
      writeDisk = resolve;
    });
    await stage.limit(0);
    expect(actions(stage)).toEqual([]);
    writeDisk();
    await stage.seconds(0);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
    expect(stage.written[1]?.paused).toEqual({ idTag: 'TAG-1' });
  });

  test('once: while the charger ends it, and at updates without news, nobody asks again', async () => {
    const stage = await charging();
    await stage.limit(0);
    await stage.update();
    await stage.seconds(119);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
  });

  test('again when it still runs two minutes later; six times at most', async () => {
    const stage = await charging();
    await stage.limit(0);
    await stage.seconds(123);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
    await stage.seconds(1);
    expect(actions(stage)).toEqual(['RemoteStopTransaction', 'RemoteStopTransaction']);
    await stage.minutes(600);
    expect(actions(stage)).toHaveLength(6);
    expect(stage.anomalies).toEqual(Array.from({ length: 6 }, () => 'sessionNotStopped'));
  });

  test('no more when it may charge again and still runs', async () => {
    const stage = await charging();
    await stage.limit(0);
    await stage.minutes(1);
    await stage.limit(16);
    await stage.minutes(60);
    expect(actions(stage)).toEqual(['RemoteStopTransaction']);
    expect(stage.written[1]?.paused).toBeUndefined();
  });

  test('six times at most by a charger that says no; then it is not ours', async () => {
    const stage = await charging();
    stage.line.script = () => answered({ status: 'Rejected' });
    await stage.limit(0);
    await stage.minutes(600);
    expect(actions(stage)).toHaveLength(6);
    expect(stage.anomalies).toEqual(Array.from({ length: 6 }, () => 'sessionNotStopped'));
    expect(stage.written[1]?.paused).toBeUndefined();
    await stage.end(1);
    await stage.limit(16);
    await stage.minutes(60);
    expect(actions(stage)).not.toContain('RemoteStartTransaction');
  });

  test('if the charger may have heard the call, its end is our doing; if it has not, it is not', async () => {
    for (const [delivery, expected] of [
      [unanswered, 1],
      [unheard, 0],
    ] as const) {
      const stage = await charging();
      stage.line.script = () => delivery;
      await stage.limit(0);
      await stage.end(1);
      stage.line.script = () => undefined;
      stage.line.take('');
      await stage.limit(16);
      await stage.minutes(10);
      expect(stage.line.take('RemoteStartTransaction')).toHaveLength(expected);
    }
  });

  test('by the id of the latest one, when the end of an older one never came', async () => {
    const stage = new Stage([stopStartModel]);
    await stage.begin(1);
    await stage.minutes(2);
    await stage.begin(1);
    await stage.minutes(2);
    await stage.limit(0);
    expect(stage.line.take('RemoteStopTransaction')).toEqual([{ transactionId: 102 }]);
  });

  test('the youngest one, when the station limit is too low for all', async () => {
    const stage = new Stage([stopStartModel], { connectors: 2 });
    await stage.begin(2, 'OLD');
    await stage.minutes(1);
    await stage.begin(1, 'YOUNG');
    await stage.minutes(2);
    await stage.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 11.9]] });
    expect(stage.line.take('RemoteStopTransaction')).toEqual([{ transactionId: 102 }]);
    await stage.end(1);
    await stage.minutes(60);
    expect(stage.line.calls).toEqual([]);
    await stage.end(2);
    expect(stage.line.take('RemoteStartTransaction')).toEqual([{ connectorId: 1, idTag: 'YOUNG' }]);
  });
});

describe('a stopped session is started again', () => {
  test('with the same idTag on the same connector, when the limit allows it', async () => {
    const stage = await paused();
    await stage.minutes(10);
    await stage.limit(6);
    expect(stage.line.calls).toEqual([['RemoteStartTransaction', { connectorId: 1, idTag: 'TAG-1' }]]);
    await stage.begin(1);
    expect(stage.written[1]?.paused).toBeUndefined();
    await stage.minutes(60);
    expect(actions(stage)).toHaveLength(1);
  });

  test('not before it has rested for minOffS', async () => {
    const stage = await paused();
    await stage.limit(16);
    await stage.seconds(299);
    expect(actions(stage)).toEqual([]);
    await stage.seconds(1);
    expect(actions(stage)).toEqual(['RemoteStartTransaction']);
  });

  test('not when its driver, the charger or the CSMS had ended it', async () => {
    const stage = await charging();
    await stage.end(1);
    await stage.limit(0);
    await stage.limit(16);
    await stage.minutes(60);
    expect(actions(stage)).toEqual([]);
  });

  test('not when the car has left: its connector says Available', async () => {
    const stage = await paused();
    await stage.status(1, 'Finishing');
    await stage.status(1, 'Available');
    expect(stage.written[1]?.paused).toBeUndefined();
    await stage.status(1, 'Preparing');
    await stage.limit(16);
    await stage.minutes(60);
    expect(actions(stage)).toEqual([]);
  });

  test('not when the connector has become Available and the desk was not told', async () => {
    const stage = await paused();
    stage.line.facts = async () => ({ ...stage.facts(), statuses: { 1: 'Available' } });
    await stage.limit(16);
    await stage.minutes(60);
    expect(actions(stage)).toEqual([]);
    expect(stage.written[1]?.paused).toBeUndefined();
  });

  test('not when somebody began another one meanwhile; that one is stopped in its turn', async () => {
    const stage = await paused();
    await stage.begin(1, 'TAG-2');
    expect(stage.written[1]?.paused).toBeUndefined();
    await stage.minutes(1);
    expect(stage.line.take('RemoteStopTransaction')).toEqual([{ transactionId: 102 }]);
    expect(stage.written[1]?.paused).toEqual({ idTag: 'TAG-2' });
  });

  test('nor when another one had begun before anybody heard of the end of ours', async () => {
    const stage = await charging();
    await stage.limit(0);
    stage.transactions = [];
    await stage.minutes(1);
    await stage.begin(1, 'TAG-2');
    expect(stage.written[1]?.paused).toBeUndefined();
    await stage.limit(16);
    await stage.end(1);
    await stage.minutes(60);
    expect(stage.line.take('RemoteStartTransaction')).toEqual([]);
  });

  test('once: a start that the charger agreed to and that nobody makes use of is not repeated', async () => {
    const stage = await paused();
    await stage.minutes(10);
    await stage.limit(16);
    await stage.minutes(60);
    expect(actions(stage)).toEqual(['RemoteStartTransaction']);
    expect(stage.written[1]?.paused).toBeUndefined();
  });

  test('six times at most by a charger that says no; then it is over', async () => {
    const stage = await paused();
    stage.line.script = () => answered({ status: 'Rejected' });
    await stage.limit(16);
    await stage.minutes(600);
    expect(actions(stage)).toHaveLength(6);
    expect(stage.anomalies).toEqual(Array.from({ length: 6 }, () => 'sessionNotResumed'));
    expect(stage.written[1]?.paused).toBeUndefined();
  });

  test('only when its own TxProfile would allow it, although that ended with the transaction', async () => {
    const stage = await charging();
    await stage.set(1, {
      purpose: 'TxProfile',
      periods: [
        [0, 16],
        [600, 0],
        [3600, 16],
      ],
    });
    await stage.seconds(480);
    await stage.end(1);
    expect(stage.line.take('RemoteStopTransaction')).toHaveLength(1);
    await stage.seconds(2999);
    expect(actions(stage)).toEqual([]);
    await stage.seconds(1);
    expect(actions(stage)).toEqual(['RemoteStartTransaction']);
  });
});

test('of several stopped ones, no more are started than the station can carry', async () => {
  const stage = new Stage([stopStartModel], { connectors: 3 });
  for (const connectorId of [1, 2, 3]) {
    await stage.begin(connectorId);
    await stage.minutes(2);
  }
  await stage.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 6]] });
  await stage.end(2);
  await stage.end(3);
  await stage.minutes(10);
  stage.line.take('');
  await stage.set(0, { purpose: 'ChargePointMaxProfile', periods: [[0, 12]] });
  await stage.begin(2);
  await stage.minutes(10);
  expect(stage.line.calls).toEqual([['RemoteStartTransaction', { connectorId: 2, idTag: 'TAG-1' }]]);
});

describe('after a restart of the gateway', () => {
  test('a stopped session is still known, and its time off counted anew', async () => {
    const before = await paused();
    await before.minutes(10);
    const { clock, line, written } = before;
    const stage = new Stage([stopStartModel], { clock, line, written });
    await stage.limit(16);
    await stage.seconds(299);
    expect(actions(stage)).toEqual([]);
    await stage.seconds(1);
    expect(stage.line.calls).toEqual([['RemoteStartTransaction', { connectorId: 1, idTag: 'TAG-1' }]]);
  });

  test('one that was being stopped is asked to stop again', async () => {
    const before = await charging();
    await before.limit(0);
    const { clock, line, written, transactions, store } = before;
    const stage = new Stage([stopStartModel], { clock, line, written });
    Object.assign(stage, { transactions, store });
    line.take('');
    await stage.update();
    expect(stage.line.calls).toEqual([['RemoteStopTransaction', { transactionId: 101 }]]);
    await stage.end(1);
    expect(stage.written[1]?.paused).toEqual({ idTag: 'TAG-1' });
  });

  test('the TxProfile of one that was being stopped goes on to count', async () => {
    const before = await charging();
    await before.set(1, {
      purpose: 'TxProfile',
      periods: [
        [0, 0],
        [7200, 16],
      ],
    });
    before.driver.release('CP-1');
    const { clock, line, written, transactions, store } = before;
    const stage = new Stage([stopStartModel], { clock, line, written });
    Object.assign(stage, { transactions, store });
    await stage.update();
    await stage.end(1);
    line.take('');
    await stage.minutes(60);
    expect(stage.line.calls).toEqual([]);
    await stage.minutes(60);
    expect(actions(stage)).toEqual(['RemoteStartTransaction']);
  });
});
