import { afterEach, describe, expect, test } from 'vitest';
import { weekdays } from '../../../../src/transfers/campaigns/ports.ts';
import { answered } from '../../../support/gateway-harness.ts';
import { hourMs, minuteMs } from './campaign-facts.ts';
import { endStages, Stage } from './campaign-stage.ts';

/* Campaigns on the real jobs, doors and store, in virtual time. */

afterEach(endStages);

const all = ['Downloading', 'Downloaded', 'Installing', 'Installed'];

describe('a campaign', () => {
  test('updates wave by wave, each charger once; the CSMS hears what the chargers say', async () => {
    const stage = await Stage.open({ soakMs: hourMs });
    expect(await stage.campaigns.start('wall')).toMatchObject({ kind: 'done', value: { state: 'running', run: 1 } });
    expect(await stage.states()).toBe('running updating waiting');
    await stage.updates('CP1');
    await stage.becomes('running updated waiting');
    await stage.passes(58);
    expect(stage.offers('CP2')).toEqual([]);
    expect([...stage.holders]).toEqual(['campaign:wall/1']);
    await stage.passes(3);
    await stage.updates('CP2');
    await stage.becomes('done updated updated');
    expect([stage.offers('CP1').length, stage.offers('CP2').length]).toEqual([1, 1]);
    expect([stage.heard('CP1'), stage.heard('CP2')]).toEqual([all, all]);
    expect([stage.fetches, ...stage.holders]).toEqual([1]);
  });

  test('counts an update of the CSMS that comes between as such, and goes on', async () => {
    const stage = await Stage.open();
    await stage.campaigns.start('wall');
    await stage.offered('CP1');
    const payload = { location: stage.order.image.location, retrieveDate: '2026-03-01T12:00:00Z' };
    await stage.stage.asks('UpdateFirmware', payload);
    await stage.becomes('running superseded updating');
    await stage.updates('CP2');
    await stage.becomes('done superseded updated');
  });

  test('waits for a charger that an update of the CSMS keeps busy', async () => {
    const stage = await Stage.open();
    const payload = { location: stage.order.image.location, retrieveDate: '2026-03-01T12:00:00Z' };
    await stage.stage.asks('UpdateFirmware', payload);
    await stage.campaigns.start('wall');
    await stage.passes(3);
    expect((await stage.view()).members[0]).toMatchObject({
      state: 'waiting',
      reason: 'another update of it is under way',
    });
    await stage.offered('CP1');
    await stage.says('CP1', 'InstallationFailed');
    await stage.becomes('running updating waiting');
  });

  test('with an image that is not the one: nobody is offered it, the CSMS hears nothing, and it is over', async () => {
    const stage = await Stage.open({ image: { location: '', sha256: 'b'.repeat(64) } });
    await stage.campaigns.start('wall');
    await stage.becomes('aborted failed waiting');
    const { reason, members } = await stage.view();
    expect(reason).toBe('1 failed, and abortAfterFailures is 1');
    expect(members[0]?.reason).toMatch(/^Mismatch|hash|SHA-256/i);
    await stage.passes(3);
    expect([stage.offers('CP1'), stage.offers('CP2'), stage.heard('CP1')]).toEqual([[], [], []]);
  });

  test('is not done with a charger that says Installed and boots with the old firmware', async () => {
    const stage = await Stage.open({ verifyMs: 10 * minuteMs });
    await stage.campaigns.start('wall');
    await stage.offered('CP1');
    for (const status of all) await stage.says('CP1', status);
    await stage.boots('CP1', '1.0');
    await stage.passes(8);
    expect(await stage.states()).toBe('running updating waiting');
    await stage.passes(3);
    expect(await stage.states()).toBe('aborted failed waiting');
    expect((await stage.view()).members[0]?.reason).toBe('no boot with 2.0 in time: its firmware is 1.0');
  });

  test('lets a charger hear of the image when its transaction is over', async () => {
    const stage = await Stage.open();
    await stage.campaigns.start('wall');
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: '2026-03-01T12:00:00Z' };
    const { transactionId } = await stage.tells('CP1', 'StartTransaction', start);
    await stage.stage.until(async () => (await stage.stage.job()).state === 'verified');
    await stage.passes(5);
    expect(stage.offers('CP1')).toEqual([]);
    await stage.tells('CP1', 'StopTransaction', { transactionId, meterStop: 5, timestamp: '2026-03-01T12:06:00Z' });
    await stage.passes(3);
    expect(stage.offers('CP1')).toHaveLength(1);
  });

  test('takes back what it could not offer when the window closes, and begins again in the next', async () => {
    const windows = [
      { days: weekdays, fromMinute: 720, toMinute: 725 },
      { days: weekdays, fromMinute: 740, toMinute: 750 },
    ];
    const stage = await Stage.open({ windows });
    stage.stage.harness.chargers.answer = () => ({ kind: 'unreachable', reason: 'gone', sent: false });
    await stage.campaigns.start('wall');
    await stage.stage.until(async () => (await stage.stage.job()).state === 'verified');
    await stage.passes(6);
    expect(await stage.states()).toBe('running waiting waiting');
    expect((await stage.view()).opening).toEqual({ open: false, nextMs: Date.parse('2026-03-01T12:20:00Z') });
    stage.stage.harness.chargers.asked.splice(0);
    stage.stage.harness.chargers.answer = () => answered({});
    await stage.passes(13);
    expect([stage.offers('CP1'), (await stage.stage.desk().transfers({ open: true })).length]).toEqual([[], 0]);
    await stage.passes(2);
    await stage.updates('CP1');
    await stage.becomes('running updated updating');
    expect([stage.offers('CP1').length, stage.fetches]).toEqual([1, 1]);
  });

  test('answers a trigger of the CSMS with Idle before the charger has heard', async () => {
    const stage = await Stage.open();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: '2026-03-01T12:00:00Z' };
    await stage.campaigns.start('wall');
    await stage.tells('CP1', 'StartTransaction', start);
    await stage.stage.until(async () => (await stage.stage.job()).state === 'verified');
    await stage.stage.asks('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' });
    await stage.stage.until(() => stage.heard('CP1').length > 0);
    expect(stage.heard('CP1')).toEqual(['Idle']);
  });
});

describe('the operator', () => {
  test('pauses: what no charger has heard of is taken back; resumes: it is offered, once', async () => {
    const stage = await Stage.open();
    stage.stage.harness.chargers.answer = () => ({ kind: 'unreachable', reason: 'gone', sent: false });
    await stage.campaigns.start('wall');
    await stage.stage.until(async () => (await stage.stage.job()).state === 'verified');
    expect(await stage.campaigns.pause('wall')).toMatchObject({ kind: 'done', value: { state: 'paused' } });
    await stage.becomes('paused waiting waiting');
    expect(await stage.stage.job()).toMatchObject({ state: 'takenBack', open: false, told: undefined });
    stage.stage.harness.chargers.asked.splice(0);
    stage.stage.harness.chargers.answer = () => answered({});
    await stage.passes(10);
    expect(stage.offers('CP1')).toEqual([]);
    await stage.campaigns.resume('wall');
    await stage.offered('CP1');
    await stage.passes(10);
    expect(stage.offers('CP1')).toHaveLength(1);
  });

  test('aborts: nothing begins any more, and what the charger has is followed to its end', async () => {
    const stage = await Stage.open();
    await stage.campaigns.start('wall');
    await stage.offered('CP1');
    expect(await stage.campaigns.abort('wall')).toMatchObject({
      value: { state: 'aborted', reason: 'by the operator' },
    });
    await stage.updates('CP1');
    await stage.becomes('aborted updated waiting');
    await stage.passes(5);
    expect(stage.offers('CP2')).toEqual([]);
  });

  test('cancels one update: it is no failure', async () => {
    const stage = await Stage.open();
    await stage.campaigns.start('wall');
    await stage.offered('CP1');
    await stage.stage.desk().cancel((await stage.stage.job()).id);
    await stage.becomes('running cancelled updating');
    expect(stage.heard('CP1')).toEqual([]);
  });

  test('plans without doing anything', async () => {
    const stage = await Stage.open();
    await stage.boots('CP3', '2.0');
    expect(await stage.campaigns.plan('wall')).toEqual({
      kind: 'done',
      value: {
        name: 'wall',
        targetVersion: '2.0',
        members: [
          { station: 'CP1', wave: 0 },
          { station: 'CP2', wave: 1 },
        ],
        leftOut: [{ station: 'CP3', reason: 'has 2.0 already' }],
        opening: undefined,
      },
    });
    expect(await stage.campaigns.campaigns()).toEqual([]);
    expect(await stage.stage.desk().transfers({})).toEqual([]);
  });

  test('hears why nothing can be done', async () => {
    const stage = await Stage.open();
    const { campaigns } = stage;
    expect(await campaigns.pause('wall')).toEqual({ kind: 'refused', reason: 'campaign wall was never started' });
    expect(await campaigns.status('post')).toEqual({ kind: 'unknown', reason: 'no such file' });
    expect(await campaigns.resume('post')).toEqual({ kind: 'unknown', reason: 'no such file' });
    const { order } = stage;
    stage.order = { ...order, select: { vendors: ['Nobody'] } };
    const nobody = 'campaign wall selects no charger: see `campaign plan wall`';
    expect(await campaigns.start('wall')).toEqual({ kind: 'refused', reason: nobody });
    stage.order = order;
    await campaigns.start('wall');
    const running = 'campaign wall is running since 2026-03-01T12:00:00.000Z';
    expect(await campaigns.start('wall')).toEqual({ kind: 'refused', reason: running });
    expect(await campaigns.resume('wall')).toEqual({ kind: 'refused', reason: 'campaign wall is running' });
    await campaigns.abort('wall');
    expect(await campaigns.pause('wall')).toEqual({ kind: 'refused', reason: 'campaign wall is aborted' });
  });

  test('starts it anew: those who have the version are left out, and the file as it is now counts', async () => {
    const stage = await Stage.open();
    await stage.campaigns.start('wall');
    await stage.updates('CP1');
    await stage.becomes('running updated updating');
    await stage.campaigns.abort('wall');
    stage.order = { ...stage.order, requireIdle: false };
    expect(await stage.campaigns.start('wall')).toMatchObject({ kind: 'done', value: { run: 2 } });
    expect((await stage.view()).members.map(({ station }) => station)).toEqual(['CP2']);
  });
});

describe('after a restart', () => {
  test('a campaign goes on where it was, and nobody is offered anything twice', async () => {
    const stage = await Stage.open();
    await stage.campaigns.start('wall');
    await stage.downloads('CP1');
    await stage.stage.restart();
    expect(await stage.states()).toBe('running updating waiting');
    await stage.installs('CP1');
    await stage.becomes('running updated updating');
    await stage.downloads('CP2');
    await stage.stage.restart();
    await stage.installs('CP2');
    await stage.becomes('done updated updated');
    await stage.stage.restart();
    expect(await stage.states()).toBe('done updated updated');
    expect([stage.offers('CP1').length, stage.offers('CP2').length]).toEqual([1, 1]);
  });

  test('a beginning that the campaign could not remember is found at its job', async () => {
    const stage = await Stage.open();
    stage.failures = 1;
    await expect(stage.campaigns.start('wall')).rejects.toThrow('the disk is full');
    expect(await stage.states()).toBe('running waiting waiting');
    await stage.stage.restart();
    await stage.becomes('running updating waiting');
    await stage.updates('CP1');
    await stage.becomes('running updated updating');
    expect(stage.offers('CP1')).toHaveLength(1);
  });

  test('so it is without a restart, when the disk is full for a moment', async () => {
    const stage = await Stage.open();
    stage.failures = 1;
    await expect(stage.campaigns.start('wall')).rejects.toThrow('the disk is full');
    await stage.updates('CP1');
    await stage.becomes('running updated updating');
    expect(stage.offers('CP1')).toHaveLength(1);
  });
});
