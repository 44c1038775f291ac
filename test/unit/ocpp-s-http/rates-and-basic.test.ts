import { expect, test } from 'vitest';
import { basicHeader, parseBasic } from '../../../src/front-door/basic.ts';
import { rateKey, RateLimiter } from '../../../src/front-door/rates.ts';

const takeMany = (limiter: RateLimiter, key: string, count: number, nowMs: number) =>
  Array.from({ length: count }, () => limiter.take(key, nowMs)).filter(Boolean).length;

test('a bucket gives its burst at once and its rate in the long run', () => {
  const limiter = new RateLimiter({ perSecond: 20, burst: 50 });
  expect(takeMany(limiter, 'a', 100, 0)).toBe(50);
  expect(takeMany(limiter, 'a', 100, 1_000)).toBe(20);
  expect(takeMany(limiter, 'a', 100, 60_000)).toBe(50);
});

test('one key does not use up the tokens of another', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
  expect([limiter.take('a', 0), limiter.take('a', 0), limiter.take('b', 0)]).toEqual([true, false, true]);
});

test('a flood of keys does not grow the table without bound', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
  for (let index = 0; index < 25_000; index += 1) limiter.take(`key ${index}`, index);
  expect(limiter.size).toBe(10_000);
});

test('how long it takes until there is a token is told without taking one', () => {
  const limiter = new RateLimiter({ perSecond: 0.5, burst: 1 });
  expect(limiter.waitMs('a', 0)).toBe(0);
  limiter.take('a', 0);
  expect([limiter.waitMs('a', 0), limiter.waitMs('a', 500), limiter.waitMs('b', 500)]).toEqual([2_000, 1_500, 0]);
  expect(limiter.take('a', 2_000)).toBe(true);
});

test.each([
  ['10.0.0.5', '10.0.0.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['2001:db8:1:2:3::', '2001:db8:1:2'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, key) => {
  expect(rateKey(address)).toBe(key);
});

test('Basic credentials are split at the first colon and the password stays bytes (RFC 7617)', () => {
  const header = `basic ${Buffer.concat([Buffer.from('DEPOT-07:'), Buffer.from([0xff, 0x3a, 0x00])]).toString('base64')}`;
  expect(parseBasic(header)).toEqual({ user: 'DEPOT-07', password: Buffer.from([0xff, 0x3a, 0x00]) });
});

test.each([undefined, 'Bearer abc', 'Basic', 'Basic ?', `Basic ${Buffer.from('nocolon').toString('base64')}`])(
  '%s holds no Basic credentials',
  (header) => {
    expect(parseBasic(header)).toBeUndefined();
  },
);

test('what basicHeader writes, parseBasic reads', () => {
  expect(parseBasic(basicHeader('box', 'pässwört:1'))).toEqual({ user: 'box', password: Buffer.from('pässwört:1') });
});
