import { expect, test } from 'vitest';
import { Tally } from '../../../src/operator/tally.ts';

test('counts each combination of labels', () => {
  const tally = new Tally();
  tally.add('soap', 'Heartbeat');
  tally.add('json', 'Heartbeat');
  tally.add('soap', 'Heartbeat');
  expect(tally.counts().map(({ labels, count }) => ({ labels, count }))).toEqual([
    { labels: ['soap', 'Heartbeat'], count: 2 },
    { labels: ['json', 'Heartbeat'], count: 1 },
  ]);
});

test('counts without labels, and shows nothing before the first', () => {
  const tally = new Tally();
  expect(tally.counts()).toEqual([]);
  tally.add();
  expect(tally.counts().map(({ count }) => count)).toEqual([1]);
});

test('a peer that invents label values fills `other`, not the memory', () => {
  const tally = new Tally(3);
  for (let n = 0; n < 1000; n += 1) tally.add('soap', `Invented${n}`);
  expect(tally.counts().map(({ labels, count }) => [labels[1], count])).toEqual([
    ['Invented0', 1],
    ['Invented1', 1],
    ['Invented2', 1],
    ['other', 997],
  ]);
});
