import { expect, test } from 'vitest';
import { onCron } from '../../../src/main/cron.ts';
import type { ServedJob } from '../../../src/timetable/ports.ts';
import { Timetable, type TimetableJob } from '../../../src/timetable/timetable.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const hourMs = 3_600_000;

class Stage {
  readonly clock: VirtualClock;
  readonly kept = new Map<string, ServedJob>();
  readonly counted: string[] = [];
  readonly logged: string[] = [];
  /** Due times that were begun, in the order of their beginning. */
  readonly begun: string[] = [];
  /** What a run comes to. */
  work: TimetableJob['run'] = () => Promise.resolve('done');
  isDiskFull = false;

  constructor(startsAt: string) {
    this.clock = new VirtualClock(startsAt);
  }

  job(cron = '10 2 * * *', timezone = 'UTC'): TimetableJob {
    const run: TimetableJob['run'] = (dueMs, stopped) => {
      this.begun.push(new Date(dueMs).toISOString().slice(0, 16));
      return this.work(dueMs, stopped);
    };
    return { name: 'backup', times: { cron, timezone }, run };
  }

  start(...times: Parameters<Stage['job']>): Promise<Timetable> {
    const { clock } = this;
    const note = (event: string) => void this.logged.push(event);
    return Timetable.start([this.job(...times)], {
      store: {
        servedJobs: async () => [...this.kept.values()],
        saveServedJob: async (served) => {
          if (this.isDiskFull) throw new Error('the disk is full');
          this.kept.set(served.job, served);
        },
      },
      clock,
      log: { debug: note, info: note, warn: note, error: note },
      meters: { ran: (job, outcome) => void this.counted.push(`${job} ${outcome}`), newestBackup: () => undefined },
      everyMinute: (look) => onCron('* * * * *', clock, look),
    });
  }
}

test('a job runs at its times and at no other, at the minute', async () => {
  const stage = new Stage('2026-03-02T01:00:00Z');
  await stage.start();
  await stage.clock.advance(hourMs + 10 * 60_000 - 1);
  expect(stage.begun).toEqual([]);
  await stage.clock.advance(1);
  expect(stage.begun).toEqual(['2026-03-02T02:10']);
  await stage.clock.advance(24 * hourMs);
  expect(stage.begun).toEqual(['2026-03-02T02:10', '2026-03-03T02:10']);
  expect(stage.counted).toEqual(['backup done', 'backup done']);
});

test('other times hold from now on: nothing was missed by them, and what runs comes to its end', async () => {
  const stage = new Stage('2026-03-02T02:00:00Z');
  const ended: (() => void)[] = [];
  stage.work = () => new Promise((resolve) => ended.push(() => resolve('done')));
  const timetable = await stage.start();
  await stage.clock.advance(10 * 60_000);
  timetable.change([stage.job('5 2 * * *')]);
  ended.shift()?.();
  await stage.clock.advance(hourMs);
  expect(stage.begun).toEqual(['2026-03-02T02:10']);
  expect(stage.kept.get('backup')).toMatchObject({ cron: '5 2 * * *', servedMs: Date.parse('2026-03-02T02:10Z') });
  await stage.clock.advance(23 * hourMs);
  expect(stage.begun).toEqual(['2026-03-02T02:10', '2026-03-03T02:05']);
  ended.shift()?.();
  timetable.change([]);
  await stage.clock.advance(48 * hourMs);
  timetable.change([stage.job()]);
  await stage.clock.advance(60_000);
  expect([stage.begun.length, stage.counted]).toEqual([2, ['backup done', 'backup done']]);
});

test('the same times go on, with another run', async () => {
  const stage = new Stage('2026-03-02T02:00:00Z');
  const timetable = await stage.start();
  const other: number[] = [];
  timetable.change([{ ...stage.job(), run: async (dueMs) => (other.push(dueMs), 'done') }]);
  await stage.clock.advance(10 * 60_000);
  expect([stage.begun, other]).toEqual([[], [Date.parse('2026-03-02T02:10Z')]]);
});

test('the first start makes nothing up for the night before', async () => {
  const stage = new Stage('2026-03-01T12:00:00Z');
  await stage.start();
  await stage.clock.advance(hourMs);
  expect([stage.begun, stage.kept.get('backup')?.servedMs]).toEqual([[], Date.parse('2026-03-01T12:00:00Z')]);
});

test('what a gateway that did not run has missed is served once, when it starts', async () => {
  const stage = new Stage('2026-03-01T12:00:00Z');
  (await stage.start()).stop();
  await stage.clock.advance(5 * 24 * hourMs);
  await stage.start();
  await stage.clock.advance(60_000);
  expect(stage.begun).toEqual(['2026-03-06T02:10']);
});

test('a machine that slept serves once', async () => {
  const stage = new Stage('2026-03-01T12:00:00Z');
  await stage.start('*/10 * * * *');
  await stage.clock.skip(5 * hourMs + 61_000);
  await stage.clock.advance(60_000);
  expect(stage.begun).toEqual(['2026-03-01T17:00']);
});

test('other times than before begin anew', async () => {
  const stage = new Stage('2026-03-01T12:00:00Z');
  (await stage.start()).stop();
  await stage.clock.advance(24 * hourMs);
  await stage.start('0 6 * * *');
  await stage.clock.advance(60_000);
  expect(stage.begun).toEqual([]);
});

test('a job runs once at a time; what came due meanwhile is served once, when it is over', async () => {
  const stage = new Stage('2026-03-01T12:00:00Z');
  let end: (outcome: 'done') => void = () => undefined;
  stage.work = () => new Promise((resolve) => (end = resolve));
  await stage.start('*/10 * * * *');
  await stage.clock.advance(35 * 60_000);
  expect(stage.begun).toEqual(['2026-03-01T12:10']);
  end('done');
  await stage.clock.advance(60_000);
  expect(stage.begun).toEqual(['2026-03-01T12:10', '2026-03-01T12:30']);
});

test('a kill in the middle: the time is served by the next run, another start does not serve it again', async () => {
  const stage = new Stage('2026-03-02T02:00:00Z');
  stage.work = () => new Promise(() => undefined);
  (await stage.start()).stop();
  await stage.clock.advance(15 * 60_000);
  const first = await stage.start();
  expect(stage.begun).toEqual(['2026-03-02T02:10']);
  first.stop();
  stage.work = () => Promise.resolve('done');
  (await stage.start()).stop();
  await stage.clock.advance(0);
  expect(stage.begun).toEqual(['2026-03-02T02:10', '2026-03-02T02:10']);
});

test('a run that a stop cut short has served nothing', async () => {
  const stage = new Stage('2026-03-02T02:09:00Z');
  stage.work = (_dueMs, stopped) =>
    new Promise((_resolve, reject) => stopped.addEventListener('abort', () => reject(new Error('closed'))));
  const timetable = await stage.start();
  await stage.clock.advance(60_000);
  timetable.stop();
  await stage.clock.advance(60_000);
  expect([stage.counted, stage.logged]).toEqual([[], ['scheduled job began', 'scheduled job cut short']]);
  expect(stage.kept.get('backup')?.servedMs).toBe(Date.parse('2026-03-02T02:09:00Z'));
});

test('a job that fails, or throws, is counted, and waits for its next time', async () => {
  const stage = new Stage('2026-03-02T02:09:00Z');
  stage.work = () => Promise.reject(new Error('our own bug'));
  await stage.start();
  await stage.clock.advance(hourMs);
  stage.work = () => Promise.resolve('failed');
  await stage.clock.advance(24 * hourMs);
  expect(stage.begun).toEqual(['2026-03-02T02:10', '2026-03-03T02:10']);
  expect(stage.counted).toEqual(['backup failed', 'backup failed']);
  expect(stage.logged).toContain('scheduled job failed');
});

test('a served time that cannot be written is not served again by this run', async () => {
  const stage = new Stage('2026-03-02T02:09:00Z');
  await stage.start();
  stage.isDiskFull = true;
  await stage.clock.advance(hourMs);
  expect(stage.begun).toEqual(['2026-03-02T02:10']);
  expect(stage.logged).toContain('served time not kept');
});

test('both changes of clocks: 02:30 in Berlin runs on each day, once', async () => {
  for (const [day, times] of [
    ['2027-03-27', ['2027-03-28T01:00', '2027-03-29T00:30']],
    ['2026-10-24', ['2026-10-25T00:30', '2026-10-26T01:30']],
  ] as const) {
    const stage = new Stage(`${day}T22:00:00Z`);
    await stage.start('30 2 * * *', 'Europe/Berlin');
    await stage.clock.advance(28 * hourMs);
    expect(stage.begun).toEqual(times);
  }
});
