import { describe, expect, test } from 'vitest';
import { type CampaignWindow, type Weekday, weekdays } from '../../../../src/transfers/campaigns/ports.ts';
import { isOpen, openingOf } from '../../../../src/transfers/campaigns/windows.ts';

const timezone = 'Europe/Berlin';
const stepMs = 5 * 60_000;

const at = (iso: string): number => Date.parse(iso);
const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function window(from: string, to: string, days: readonly Weekday[] = weekdays): CampaignWindow {
  return { days, fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

/** The spans in which it is open, to five minutes, as UTC. */
function opened(windows: readonly CampaignWindow[], from: string, hours: number): readonly string[] {
  const spans: string[] = [];
  let sinceMs: number | undefined;
  for (let ms = at(from); ms <= at(from) + hours * 3_600_000; ms += stepMs) {
    const open = isOpen({ timezone, windows }, ms);
    if (open && sinceMs === undefined) sinceMs = ms;
    if (open || sinceMs === undefined) continue;
    spans.push(`${new Date(sinceMs).toISOString().slice(5, 16)} to ${new Date(ms).toISOString().slice(5, 16)}`);
    sinceMs = undefined;
  }
  return spans;
}

test('a window opens by the clock on the wall, on its days', () => {
  // 2026-07-03 is a Friday; CEST is UTC+2
  expect(opened([window('01:00', '05:00', ['fri', 'sun'])], '2026-07-02T12:00:00Z', 96)).toEqual([
    '07-02T23:00 to 07-03T03:00',
    '07-04T23:00 to 07-05T03:00',
  ]);
});

test('over midnight it belongs to the day on which it opens; 24:00 is the end of the day', () => {
  expect(opened([window('23:00', '02:00', ['sat'])], '2026-07-03T12:00:00Z', 72)).toEqual([
    '07-04T21:00 to 07-05T00:00',
  ]);
  expect(opened([window('22:00', '24:00', ['sat'])], '2026-07-03T12:00:00Z', 72)).toEqual([
    '07-04T20:00 to 07-04T22:00',
  ]);
});

describe('clocks are set forward: 2026-03-29, 02:00 is 03:00', () => {
  const night = '2026-03-28T22:00:00Z';

  test.each([
    ['around the gap it is an hour shorter', '01:00', '05:00', ['03-29T00:00 to 03-29T03:00']],
    ['a beginning in the gap is an hour later', '02:30', '04:00', ['03-29T01:30 to 03-29T02:00']],
    ['an end in the gap is an hour later', '01:00', '02:30', ['03-29T00:00 to 03-29T01:30']],
    [
      'a window that the gap swallows is open for its length all the same',
      '02:30',
      '03:00',
      ['03-29T01:30 to 03-29T02:00'],
    ],
    ['one that is wholly inside too', '02:15', '02:45', ['03-29T01:15 to 03-29T01:45']],
  ])('%s', (_, from, to, spans) => {
    expect(opened([window(from, to, ['sun'])], night, 10)).toEqual(spans);
  });
});

describe('clocks are set back: 2026-10-25, 03:00 is 02:00', () => {
  const night = '2026-10-24T21:00:00Z';

  test.each([
    ['around the hour that comes twice it is an hour longer', '01:00', '05:00', ['10-24T23:00 to 10-25T04:00']],
    ['within that hour it opens once, the first time', '02:15', '02:45', ['10-25T00:15 to 10-25T00:45']],
    ['it begins with the first of two', '02:30', '04:00', ['10-25T00:30 to 10-25T03:00']],
    ['it ends with the first of two', '01:00', '02:30', ['10-24T23:00 to 10-25T00:30']],
  ])('%s', (_, from, to, spans) => {
    expect(opened([window(from, to, ['sun'])], night, 10)).toEqual(spans);
  });
});

test('it is told when it opens next, and nothing of a campaign without windows', () => {
  const windows = [window('01:00', '05:00', ['mon']), window('03:00', '06:00', ['mon'])];
  const next = (now: string) => openingOf({ timezone, windows }, at(now));
  expect(next('2026-07-03T12:00:00Z')).toEqual({ open: false, nextMs: at('2026-07-05T23:00:00Z') });
  expect(next('2026-07-06T00:00:00Z')).toEqual({ open: true, nextMs: at('2026-07-06T01:00:00Z') });
  expect(next('2026-07-06T03:30:00Z')).toEqual({ open: true, nextMs: at('2026-07-12T23:00:00Z') });
  expect(openingOf({ timezone, windows: [] }, 0)).toBeUndefined();
  expect(isOpen({ timezone, windows: [] }, 0)).toBe(true);
});
