import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeMistake } from '../../../src/config/place.ts';
import { type PriceReading, readPrices } from '../../../src/config/prices.ts';

const amsterdam: PriceReading = { timezone: 'Europe/Amsterdam', unit: undefined, adderPerKwh: 0 };

/** `[time in UTC, price]` of each step, or the mistakes. */
function read(text: string, reading: Partial<PriceReading> = {}): readonly (readonly [string, number] | string)[] {
  const prices = readPrices(text, 'prices', { ...amsterdam, ...reading });
  if (prices.kind === 'wrong') return prices.mistakes.map(describeMistake);
  return prices.steps.map(({ fromS, perKwh }) => [
    new Date(fromS * 1000).toISOString().slice(0, 16),
    Math.round(perKwh * 1e9) / 1e9,
  ]);
}

describe('forms', () => {
  const expected = [
    ['2026-01-10T00:00', 0.25],
    ['2026-01-10T01:00', -0.01],
  ];

  test.each([
    ['CSV with commas', 'from,perKwh\n2026-01-10T00:00Z,0.25\n2026-01-10T01:00Z,-0.01\n'],
    ['local times of the site', 'from,perKwh\n2026-01-10T01:00,0.25\n2026-01-10 02:00:00,-0.01'],
    ['decimal commas between semicolons', 'from;perKwh\r\n2026-01-10T01:00;0,25\r\n2026-01-10T02:00;-0,01\r\n'],
    ['decimal commas in quotes', '"perKwh","from"\n"0,25","2026-01-10T01:00"\n"-0,01","2026-01-10T02:00"'],
    [
      'tabs, comments, empty lines, a byte order mark',
      '\uFEFF# prices\n\nfrom\tperKwh\n2026-01-10T01:00\t2.5e-1\n\n2026-01-10T02:00\t-.01e0'.replace('-.01e0', '-0.01'),
    ],
    ['other columns', 'area,time,price,note\nNL,2026-01-10T01:00,0.25,\nNL,2026-01-10T02:00,-0.01,"cheap, at last"'],
    ['money per MWh by the name of the column', 'from,perMwh\n2026-01-10T01:00,250\n2026-01-10T02:00,-10'],
    [
      'an export of ENTSO-E in local time',
      '"MTU (CET/CEST)","Day-ahead Price [EUR/MWh]","Currency"\n"10.01.2026 01:00 - 10.01.2026 02:00","250.00","EUR"\n"10.01.2026 02:00 - 10.01.2026 03:00","-10","EUR"',
    ],
    [
      'an export of ENTSO-E in UTC',
      '"MTU (UTC)","Area","Day-ahead Price (EUR/MWh)"\n"10/01/2026 00:00 - 10/01/2026 01:00","BZN|NL",250\n"10/01/2026 01:00:00 - 10/01/2026 02:00:00","BZN|NL",-10',
    ],
    ['JSON', '[{"from":"2026-01-10T00:00Z","perKwh":0.25},{"from":"2026-01-10T02:00+01:00","perKwh":-0.01}]'],
    [
      'JSON in an object',
      '{"area":"NL","prices":[{"from":"2026-01-10T01:00","price":"0.25"},{"from":"2026-01-10T02:00","price":-0.01}]}',
    ],
  ])('%s', (_title, text) => {
    expect(read(text)).toEqual(expected);
  });

  test('unit: MWh is for every column, and the adder is per kWh', () => {
    const csv = 'from,perKwh\n2026-01-10T00:00Z,250\n2026-01-10T01:00Z,-10';
    expect(read(csv, { unit: 'MWh', adderPerKwh: 0.1 })).toEqual([
      ['2026-01-10T00:00', 0.35],
      ['2026-01-10T01:00', 0.09],
    ]);
    expect(read(csv.replace('perKwh', 'perMwh'), { unit: 'kWh' })[0]).toEqual(['2026-01-10T00:00', 250]);
  });
});

/** Local quarter-hours of a day, as the clock on the wall shows them. */
function wallClock(date: string, timezone: string): readonly string[] {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  const quarters = Array.from({ length: 220 }, (_, at) => Date.parse(`${date}T00:00Z`) + (at - 60) * 900_000);
  return quarters.map((ms) => clock.format(ms)).filter((text) => text.startsWith(date));
}

describe('days on which clocks change', () => {
  test.each([
    ['2026-03-29', 92],
    ['2026-10-25', 100],
    ['2026-06-01', 96],
  ])('%s has %d quarter-hours, each read as its own', (date, count) => {
    const clock = wallClock(date, 'Europe/Amsterdam');
    expect(clock).toHaveLength(count);
    const prices = readPrices(`from,perKwh\n${clock.map((time, at) => `${time},${at}`).join('\n')}`, 'x', amsterdam);
    const steps = prices.kind === 'read' ? prices.steps : [];
    expect(steps.map(({ perKwh }) => perKwh)).toEqual(clock.map((_time, at) => at));
    expect(steps.slice(1).map(({ fromS }, at) => fromS - (steps[at]?.fromS ?? 0))).toEqual(
      Array.from({ length: count - 1 }, () => 900),
    );
  });

  test('a local time that occurs twice and is written once is the first one', () => {
    expect(read('from,perKwh\n2026-10-25T01:00,1\n2026-10-25T02:00,2\n2026-10-25T03:00,3')).toEqual([
      ['2026-10-24T23:00', 1],
      ['2026-10-25T00:00', 2],
      ['2026-10-25T02:00', 3],
    ]);
  });

  test('a local time that clocks skip is a mistake; with its zone it is none', () => {
    expect(read('from,perKwh\n2026-03-29T01:00,1\n2026-03-29T02:00,2\n2026-03-29T03:00,3')).toEqual([
      'prices:3:1 2026-03-29T02:00 does not exist in Europe/Amsterdam, where clocks are set forward; leave it out, or write the zone',
    ]);
    expect(read('from,perKwh\n2026-03-29T02:00+01:00,2')).toEqual([['2026-03-29T01:00', 2]]);
  });
});

describe('one mistake refuses the whole list, and all are told with line and column', () => {
  const rows = (...lines: readonly string[]) => ['from,perKwh', ...lines].join('\n');

  test.each([
    ['nothing', '', ['1:1 the first line must name the columns, among them "from"; it names none']],
    ['only names', 'from,perKwh\n', ['1:1 holds no price']],
    [
      'no names',
      '2026-01-10T00:00Z,0.2\n',
      ['1:1 the first line must name the columns, among them "from"; it names "2026-01-10T00:00Z", "0.2"'],
    ],
    [
      'no price column',
      'from,money\n',
      ['1:1 the first line must name the columns, among them "perKwh"; it names "from", "money"'],
    ],
    [
      'no number',
      rows('2026-01-10T00:00Z,NaN', '2026-01-10T01:00Z,  n/a'),
      ['2:19 must be a price such as 0.25, not "NaN"', '3:21 must be a price such as 0.25, not "n/a"'],
    ],
    ['an infinite number', rows('2026-01-10T00:00Z,1e999'), ['2:19 must be a price such as 0.25, not "1e999"']],
    [
      'no price at all',
      rows('2026-01-10T00:00Z,', '2026-01-10T01:00Z'),
      ['2:19 is missing: a price stands here', '3:1 is missing: a price stands here'],
    ],
    [
      'thousands apart',
      'from;perKwh\n2026-01-10T00:00Z;1.234,56',
      ['2:19 must be a price such as 0.25, not "1.234,56"'],
    ],
    [
      'a decimal comma among commas',
      rows('2026-01-10T00:00Z,0,25'),
      [
        '2:21 the row has more cells than the 2 of the first line; a decimal comma needs ; between the cells, or quotes',
      ],
    ],
    ['no time', rows('today,0.2'), ['2:1 must be a time such as 2026-03-29T00:00+01:00, not "today"']],
    [
      'a day that is none',
      rows('2026-02-30T00:00,0.2', '2026-02-30T00:00Z,0.2'),
      [
        '2:1 must be a time that exists, not "2026-02-30T00:00"',
        '3:1 must be a time that exists, not "2026-02-30T00:00Z"',
      ],
    ],
    [
      'times that do not rise',
      rows('2026-01-10T01:00Z,1', '2026-01-10T01:00Z,2', '2026-01-10T00:00Z,3'),
      [
        '3:1 2026-01-10T01:00:00Z is not later than 2026-01-10T01:00:00Z in the row above',
        '4:1 2026-01-10T00:00:00Z is not later than 2026-01-10T01:00:00Z in the row above',
      ],
    ],
    ['JSON cut short', '[{"from":"2026-01-10T00:00Z","perKw', ['1:36 is no JSON']],
    ['JSON with NaN', '[{"from": "2026-01-10T00:00Z", "perKwh": NaN}]', ['1:1 is no JSON']],
    ['JSON without a list', '{"price": 1}', ['1:1 must be a list of prices, or have one as "prices"']],
    [
      'JSON with odd entries',
      '[{"from":"2026-01-10T00:00Z","perKwh":"dear"},\n {"perKwh":1},\n 7]',
      [
        '1:39 [0].perKwh: must be a price such as 0.25, not "dear"',
        '2:2 [1].from: is missing: a time stands here',
        '3:2 [2].from: is missing: a time stands here',
        '3:2 [2].perKwh: is missing: a price stands here',
      ],
    ],
    [
      'too much',
      rows(...Array.from({ length: 5001 }, () => '2026-01-10T00:00Z,1')),
      ['1:1 holds 5001 prices; at most 5000 are read'],
    ],
  ])('%s', (_title, text, mistakes) => {
    expect(read(text)).toEqual(mistakes.map((mistake) => `prices:${mistake}`));
  });

  test('whatever the text, reading ends in ascending finite prices or in mistakes', () => {
    const lines = fc.array(
      fc.stringMatching(/^(from|perKwh|2026-0[1-3]-[0-3]\d[T ][0-2]\d:[0-5]0Z?|[-0-9.,;"\t #{}[\]]{0,9})[,;]?/),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          lines.map((some) => ['from,perKwh', ...some].join('\n')),
        ),
        (text) => {
          const prices = readPrices(text, 'x', amsterdam);
          if (prices.kind === 'wrong') return prices.mistakes.length > 0;
          return prices.steps.every(
            ({ fromS, perKwh }, at) =>
              Number.isFinite(perKwh) && fromS > (prices.steps[at - 1]?.fromS ?? Number.NEGATIVE_INFINITY),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('the price list that we ship is sound: a day of 23 hours, with prices below 0', () => {
  const file = fileURLToPath(new URL('../../../config/tariffs/day-ahead.csv', import.meta.url));
  const steps = read(readFileSync(file, 'utf8'));
  expect(steps).toHaveLength(23);
  expect(steps[11]).toEqual(['2026-03-29T10:00', -0.0021]);
});
