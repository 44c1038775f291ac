import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueTimes, lookAt } from '../../../src/timetable/due-times.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const at = Date.parse;

/** All due times in a span, found one by one as the timetable does: from each to the next look, a minute later. */
function all(cron: string, timezone: string, from: string, to: string): readonly string[] {
  const due = dueTimes({ cron, timezone });
  const found: string[] = [];
  for (let ms = at(from); ms < at(to); ms += minuteMs) {
    const dueMs = due.lastWithin(ms, ms + minuteMs);
    if (dueMs !== undefined) found.push(new Date(dueMs).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

const berlin = 'Europe/Berlin';

describe('spring in Berlin: 02:00 to 03:00 is not there on 28 March 2027', () => {
  const spring = ['2027-03-27T12:00Z', '2027-03-29T12:00Z'] as const;

  test('a job of 02:30 runs once, at the moment of the change', () => {
    expect(all('30 2 * * *', berlin, ...spring)).toEqual(['2027-03-28T01:00Z', '2027-03-29T00:30Z']);
  });

  test('several times that are left out are one', () => {
    expect(all('*/20 2 28 3 *', berlin, ...spring)).toEqual(['2027-03-28T01:00Z']);
  });

  test('a job of 03:00 that comes at the same moment runs once too', () => {
    expect(all('0 2,3 * * *', berlin, '2027-03-27T23:30Z', '2027-03-28T12:00Z')).toEqual(['2027-03-28T01:00Z']);
  });

  test('a job of every quarter of an hour goes on without a gap', () => {
    const quarters = all('*/15 * * * *', berlin, '2027-03-28T00:00Z', '2027-03-28T03:00Z');
    expect(quarters).toHaveLength(12);
  });

  test('a time that another day leaves out is none', () => {
    expect(all('30 2 29 3 *', berlin, '2027-03-27T12:00Z', '2027-03-28T12:00Z')).toEqual([]);
  });
});

describe('autumn in Berlin: 02:00 to 03:00 is there twice on 25 October 2026', () => {
  test('a job of 02:30 runs once, the first time', () => {
    const due = all('30 2 * * *', berlin, '2026-10-24T12:00Z', '2026-10-26T12:00Z');
    expect(due).toEqual(['2026-10-25T00:30Z', '2026-10-26T01:30Z']);
  });

  test('a job of every quarter of an hour goes on without a gap', () => {
    expect(all('*/15 * * * *', berlin, '2026-10-25T00:00Z', '2026-10-25T03:00Z')).toHaveLength(12);
  });

  test('a change of half an hour (Lord Howe, 4 April 2027): 01:45 once, of two', () => {
    expect(all('45 1 * * *', 'Australia/Lord_Howe', '2027-04-03T12:00Z', '2027-04-04T12:00Z')).toEqual([
      '2027-04-03T14:45Z',
    ]);
  });
});

describe('the length of months, and other calendars', () => {
  test.each([
    ['29 February', '0 0 29 2 *', '2028-02-28T12:00Z', '2028-03-01T12:00Z', ['2028-02-29T00:00Z']],
    ['no 29 February', '0 0 29 2 *', '2027-02-28T12:00Z', '2027-03-01T12:00Z', []],
    ['the last day of February', '30 23 L * *', '2027-02-27T12:00Z', '2027-03-01T12:00Z', ['2027-02-28T23:30Z']],
    ['no 31 April', '0 12 31 * *', '2027-04-29T13:00Z', '2027-05-02T00:00Z', []],
    ['a weekday', '0 12 * * mon', '2027-04-24T13:00Z', '2027-04-27T00:00Z', ['2027-04-26T12:00Z']],
    ['day and weekday both', '0 12 13 * 5', '2026-03-12T00:00Z', '2026-03-15T00:00Z', ['2026-03-13T12:00Z']],
    ['the turn of the year', '0 0 1 1 *', '2026-12-31T12:00Z', '2027-01-01T12:00Z', ['2027-01-01T00:00Z']],
  ])('%s', (_case, cron, from, to, expected) => {
    expect(all(cron, 'UTC', from, to)).toEqual(expected);
  });

  test('the date is that of the zone', () => {
    expect(all('30 0 1 3 *', 'Pacific/Auckland', '2027-02-27T00:00Z', '2027-03-02T00:00Z')).toEqual([
      '2027-02-28T11:30Z',
    ]);
  });

  test('a whole day that is left out (Apia, 30 December 2011): once, at the change', () => {
    expect(all('30 12 30 12 *', 'Pacific/Apia', '2011-12-29T00:00Z', '2011-12-31T12:00Z')).toEqual([
      '2011-12-30T10:00Z',
    ]);
  });
});

test('whatever the zone and the day: a daily job runs once on each day of the calendar', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kolkata', 'UTC'];
  const wish = fc.record({
    timezone: fc.constantFrom(...zones),
    minute: fc.integer({ min: 0, max: 59 }),
    hour: fc.integer({ min: 0, max: 23 }),
    // around the changes of 2026 and 2027, and anywhere
    day: fc.integer({ min: 0, max: 700 }),
  });
  fc.assert(
    fc.property(wish, ({ timezone, minute, hour, day }) => {
      const due = dueTimes({ cron: `${minute} ${hour} * * *`, timezone });
      const from = at('2026-01-01T00:00Z') + day * dayMs;
      const runs: number[] = [];
      for (let ms = from; ms < from + 4 * dayMs; ms += hourMs) {
        const dueMs = due.lastWithin(ms, ms + hourMs);
        if (dueMs !== undefined) runs.push(dueMs);
      }
      const dates = runs.map((ms) => new Intl.DateTimeFormat('sv', { timeZone: timezone }).format(ms));
      expect(new Set(dates).size).toBe(dates.length);
      expect(runs.length).toBe(4);
    }),
    { numRuns: 60 },
  );
});

describe('what a look at the clock comes to', () => {
  const nightly = dueTimes({ cron: '10 2 * * *', timezone: 'UTC' });
  const look = (served: string, now: string) => lookAt(nightly, at(served), at(now));
  const due = (time: string) => ({ kind: 'due', dueMs: at(time) });
  const nothing = (until: string) => ({ kind: 'nothing', servedMs: at(until) });

  test.each([
    ['not yet', '2026-03-02T02:10Z', '2026-03-03T02:09:59Z', nothing('2026-03-03T02:09:59Z')],
    ['now', '2026-03-02T02:10Z', '2026-03-03T02:10Z', due('2026-03-03T02:10Z')],
    ['a time that was missed', '2026-03-02T02:10Z', '2026-03-03T20:00Z', due('2026-03-03T02:10Z')],
    ['once for many that were missed', '2026-02-02T02:10Z', '2026-03-03T20:00Z', due('2026-03-03T02:10Z')],
    ['served already', '2026-03-03T02:10Z', '2026-03-03T20:00Z', nothing('2026-03-03T20:00Z')],
    [
      'a clock that went back an hour: not twice',
      '2026-03-03T02:10Z',
      '2026-03-03T01:15Z',
      nothing('2026-03-03T02:10Z'),
    ],
    ['a clock that was years ahead', '2036-03-03T02:10Z', '2026-03-03T02:10Z', due('2026-03-03T02:10Z')],
    ['a clock that was years ahead, between', '2036-03-03T02:10Z', '2026-03-03T12:00Z', nothing('2026-03-03T12:00Z')],
  ])('%s', (_case, served, now, expected) => {
    expect(look(served, now)).toEqual(expected);
  });

  test('a missed time that is older than a day is let go', () => {
    const weekly = dueTimes({ cron: '10 2 * * 1', timezone: 'UTC' });
    const monday = '2026-03-02T02:10Z';
    expect(lookAt(weekly, at('2026-02-25T00:00Z'), at(monday) + dayMs - 1)).toEqual(due(monday));
    expect(lookAt(weekly, at('2026-02-25T00:00Z'), at(monday) + dayMs)).toMatchObject({ kind: 'nothing' });
  });

  test('a day of minutes is looked through in a moment', () => {
    const startedMs = performance.now();
    dueTimes({ cron: '10 2 29 2 *', timezone: berlin }).lastWithin(at('2026-03-02T00:00Z'), at('2026-03-03T00:00Z'));
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

test('what is no cron expression is an error', () => {
  expect(() => dueTimes({ cron: '61 * * * *', timezone: 'UTC' })).toThrow();
});
