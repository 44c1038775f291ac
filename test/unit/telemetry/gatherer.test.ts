import { beforeEach, describe, expect, test } from 'vitest';
import { type Batch, countOf, exchangesOf } from '../../../src/telemetry/batch.ts';
import { Gatherer } from '../../../src/telemetry/gatherer.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { exchange } from './exchanges.ts';

let clock: VirtualClock;
let passed: Batch[];
let dropped: number;
let gatherer: Gatherer;

beforeEach(() => {
  clock = new VirtualClock();
  passed = [];
  dropped = 0;
  gatherer = new Gatherer({
    clock,
    pass: (batch) => passed.push(batch),
    dropped: (messages) => {
      dropped += messages;
    },
  });
});

const say = (count: number, characters = 10) => {
  const request = 'x'.repeat(characters);
  for (let nth = 0; nth < count; nth += 1) gatherer.said(exchange({ request, answer: undefined, seq: nth }));
};

test('what is said in a quarter of a second goes in one batch, whole and in order', async () => {
  const first = exchange({ latencyMs: undefined, answer: undefined });
  const second = exchange({ station: 'CP-2', side: 'json', direction: 'out', seq: 7 });
  gatherer.said(first);
  gatherer.said(second);
  await clock.advance(249);
  expect(passed).toEqual([]);
  await clock.advance(1);
  expect(passed.map(exchangesOf)).toEqual([[first, second]]);
  expect(clock.pending()).toBe(0);
});

test.each([
  ['200 messages', 200, 10],
  ['256 KB of texts', 4, 65_536],
])('%s are a batch at once', (_, count, characters) => {
  say(count - 1, characters);
  expect(passed).toEqual([]);
  say(1, characters);
  expect(passed.map(countOf)).toEqual([count]);
});

test('what nobody takes any more is dropped and counted: what waits, is under way, or has just come', () => {
  say(450);
  gatherer.end();
  expect(dropped).toBe(450);
  expect(clock.pending()).toBe(0);
  gatherer.end();
  expect(dropped).toBe(450);
});

describe('a thread that does not keep up', () => {
  test('gets the next batch only when it has taken the one before', () => {
    say(400);
    expect(passed).toHaveLength(1);
    gatherer.taken();
    expect(passed).toHaveLength(2);
    gatherer.taken();
    expect(gatherer.isEmpty()).toBe(true);
  });

  test('leaves 8 MB waiting; beyond them the oldest are dropped and counted', () => {
    const perBatch = 4;
    for (let nth = 0; nth < 40; nth += 1) say(perBatch, 65_536);
    // One is on its way, 32 wait.
    expect(dropped).toBe(7 * perBatch);
    for (let nth = 0; nth < 33; nth += 1) gatherer.taken();
    expect(passed).toHaveLength(33);
    expect(dropped + passed.reduce((sum, batch) => sum + countOf(batch), 0)).toBe(40 * perBatch);
    expect(gatherer.isEmpty()).toBe(true);
  });
});
