import { expect, test } from 'vitest';
import { LastCommits } from '../../../src/store/commit-times.ts';

test('the last thousand commits count, by rank', () => {
  const commits = new LastCommits();
  expect(commits.times()).toBeUndefined();
  commits.add(9);
  expect(commits.times()).toEqual({ medianS: 9, p99S: 9, longestS: 9 });
  for (let nth = 1; nth <= 1_000; nth += 1) commits.add(nth / 1_000);
  expect(commits.times()).toEqual({ medianS: 0.5, p99S: 0.99, longestS: 1 });
});
