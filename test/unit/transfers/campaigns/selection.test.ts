import { describe, expect, test } from 'vitest';
import type { WaveSize } from '../../../../src/transfers/campaigns/ports.ts';
import { fits, select } from '../../../../src/transfers/campaigns/selection.ts';
import { aCharger, anOrder } from './campaign-facts.ts';

test.each([
  ['CP-1', 'cp-1', true],
  ['CP-1', 'CP-10', false],
  ['CP-?', 'CP-1', true],
  ['CP-?', 'CP-10', false],
  ['*', '', true],
  ['CP-*', 'CP-', true],
  ['*-1', 'CP-1', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxcyyb', false],
  ['a*a', 'a', false],
  ['*ab', 'aab', true],
  ['1.?.*', '1.4.22', true],
  ['1.*', '10.1', false],
  ['*?', '', false],
  ['', '', true],
  ['**a**', 'bab', true],
  ['a+b', 'aab', false],
  [`${'a*'.repeat(40)}b`, 'a'.repeat(255), false],
])('%s fits %s: %s', (pattern, text, is) => {
  expect(fits(pattern, text)).toBe(is);
});

test('everybody who does not fit is left out, with the reason', () => {
  const order = anOrder({
    select: { chargers: ['CP-*'], vendors: ['acme'], models: ['Wall*'], firmware: ['1.*', '2.*'] },
  });
  const chargers = [
    aCharger('CP-1'),
    aCharger('XX-1'),
    aCharger('CP-2', { vendor: 'Other' }),
    aCharger('CP-3', { model: undefined }),
    aCharger('CP-4', { firmwareVersion: '3.0' }),
    aCharger('CP-5', { firmwareVersion: '2.0' }),
    aCharger('CP-6', { accepted: false }),
    aCharger('CP-7', { direct: true }),
    aCharger('CP-8', { commandable: false }),
    aCharger('CP-9', { silent: true, openTransactions: 1, busy: true }),
  ];
  const { members, leftOut } = select(order, chargers);
  expect(members.map(({ station }) => station)).toEqual(['CP-1', 'CP-9']);
  expect(Object.fromEntries(leftOut.map(({ station, reason }) => [station, reason]))).toEqual({
    'XX-1': 'it is not named',
    'CP-2': 'vendor is Other',
    'CP-3': 'model is unknown',
    'CP-4': 'firmware is 3.0',
    'CP-5': 'has 2.0 already',
    'CP-6': 'it is blocked, or not adopted',
    'CP-7': 'its transfers are direct',
    'CP-8': 'it takes no remote commands',
  });
  const unknown = select(anOrder({ select: { vendors: ['*'] } }), [aCharger('CP-1', { firmwareVersion: undefined })]);
  expect(unknown.leftOut[0]?.reason).toMatch(/never sent a BootNotification/);
});

test('the order is that of the patterns, then that of the identities', () => {
  const chargers = ['CP-10', 'CP-2', 'CP-1', 'CP-7'].map((identity) => aCharger(identity));
  const stations = (patterns: readonly string[]) =>
    select(anOrder({ select: { chargers: patterns } }), chargers).members.map(({ station }) => station);
  expect(stations(['*'])).toEqual(['CP-1', 'CP-2', 'CP-7', 'CP-10']);
  expect(stations(['CP-7', 'CP-1?', 'CP-*'])).toEqual(['CP-7', 'CP-10', 'CP-1', 'CP-2']);
});

describe('waves', () => {
  const count = (chargers: number): WaveSize => ({ kind: 'count', chargers });
  const part = (percent: number): WaveSize => ({ kind: 'part', percent });
  const sizes = (waves: readonly WaveSize[], total: number): readonly number[] => {
    const chargers = Array.from({ length: total }, (_, index) => aCharger(`CP-${index}`));
    const { members } = select(anOrder({ waves }), chargers);
    expect(members.map(({ wave }) => wave)).toEqual(members.map(({ wave }) => wave).toSorted((a, b) => a - b));
    const last = members.at(-1)?.wave ?? -1;
    return Array.from({ length: last + 1 }, (_, wave) => members.filter((one) => one.wave === wave).length);
  };

  test.each([
    ['none: all at once', [], 5, [5]],
    ['each counts those before it, and the rest is the last', [count(1), part(10), part(50)], 40, [1, 3, 16, 20]],
    ['a part is rounded up', [part(10), part(50)], 3, [1, 1, 1]],
    ['one that would be empty is none', [count(2), part(10), part(50)], 10, [2, 3, 5]],
    ['more than there are', [count(100)], 3, [3]],
    ['all of them', [part(50), part(100)], 4, [2, 2]],
  ])('%s', (_, waves, total, expected) => {
    expect(sizes(waves, total)).toEqual(expected);
  });
});
