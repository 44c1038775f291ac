import { describe, expect, test } from 'vitest';
import { wantedRange } from '../../../src/transfers/http/ranges.ts';

const validators = { etag: '"abc"', lastModified: 'Sun, 01 Mar 2026 12:00:00 GMT' };
const wanted = (range: string | undefined, ifRange?: string, bytes = 1000) =>
  wantedRange(range, ifRange, bytes, validators);
const part = (from: number, to: number) => ({ kind: 'part', from, to });

describe('Range (RFC 9110 §14.2)', () => {
  test.each([
    ['bytes=0-499', part(0, 500)],
    ['bytes=500-', part(500, 1000)],
    ['bytes=-200', part(800, 1000)],
    ['bytes=-2000', part(0, 1000)],
    ['bytes=999-', part(999, 1000)],
    ['bytes=0-99999', part(0, 1000)],
    ['Bytes=0-0', part(0, 1)],
    ['bytes= 5-6 ', part(5, 7)],
  ])('%s is a part', (range, expected) => expect(wanted(range)).toEqual(expected));

  test.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0', 'bytes=1000-,2000-'])('%s cannot be served: 416', (range) =>
    expect(wanted(range)).toEqual({ kind: 'none' }),
  );

  test.each([
    undefined,
    'bytes=',
    'bytes=-',
    'bytes=9-5',
    'bytes=a-b',
    'items=0-5',
    'bytes=0-1,x',
    'bytes=0-1, 5-6',
    'bytes=0-1,5000-',
    `bytes=${'0-0,'.repeat(2000)}0-0`,
    'bytes=99999999999999999999-',
  ])('%s asks for the whole file', (range) => expect(wanted(range)).toEqual({ kind: 'whole' }));

  test('of an empty file there is no part', () => {
    expect(wanted('bytes=0-', undefined, 0)).toEqual({ kind: 'none' });
    expect(wanted('bytes=-5', undefined, 0)).toEqual({ kind: 'none' });
  });
});

describe('If-Range (RFC 9110 §13.1.5)', () => {
  test.each(['"abc"', validators.lastModified])('%s is current: the part', (ifRange) =>
    expect(wanted('bytes=5-', ifRange)).toEqual(part(5, 1000)),
  );

  test.each(['"xyz"', 'W/"abc"', 'Sun, 01 Mar 2026 12:00:01 GMT', ''])('%s is not: the whole file', (ifRange) =>
    expect(wanted('bytes=5-', ifRange)).toEqual({ kind: 'whole' }),
  );
});
