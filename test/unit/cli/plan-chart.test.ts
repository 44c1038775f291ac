import { expect, test } from 'vitest';
import type { PlanResult } from '../../../optimizer/plan-result.ts';
import { planChart } from '../../../src/cli/plan-chart.ts';

const slots = Array.from({ length: 24 }, (_, slot) => new Date(1_772_431_200_000 + slot * 900_000).toISOString());

/** 16 A in the first half under a limit of 32 A. */
const result: PlanResult = {
  status: 'optimal',
  engine: 'highs',
  objective: 3,
  bound: 3,
  gap: 0,
  lpGap: 0,
  solveMs: 1,
  slotMinutes: 15,
  slots,
  connectors: [
    {
      chargePoint: 'cp\u001b[2J',
      connector: 1,
      phases: ['L1'],
      currentA: slots.map((_, slot) => (slot < 12 ? 16 : 0)),
      energyKwh: 11.04,
      unmetKwh: 2,
      limitedBy: [{ kind: 'cap', id: 'cp/1' }],
    },
  ],
  nodes: [
    { id: 'main', phase: 'L1', limitA: slots.map(() => 32), usedA: slots.map((_, slot) => (slot < 12 ? 16 : 0)) },
    { id: 'main', phase: 'L2', limitA: slots.map(() => 32), usedA: slots.map(() => 1) },
  ],
  cost: { energy: 3, peak: 0, currency: 'EUR' },
  peakKw: 3.68,
  profiles: [],
};
const prices = slots.map((_, slot) => (slot < 12 ? 0.1 : 0.4));

test('load fills half of the height below a limit that is twice as high, on the fullest phase alone', () => {
  const lines = planChart(result, prices, 80).split('\n');
  const first = lines.indexOf('main L1') + 1;
  const picture = lines.slice(first, first + 8).map((line) => line.slice(15));
  expect(picture[0]).toBe('─'.repeat(24));
  expect(picture.slice(1, 4)).toEqual(['', '', '']);
  expect(picture.slice(4)).toEqual(['█', '█', '█', '█'].map((block) => block.repeat(12)));
  expect(lines).not.toContain('main L2');
});

test('the price stands below, lowest and highest are named', () => {
  const lines = planChart(result, prices, 80).split('\n');
  const price = lines.find((line) => line.startsWith('price'))?.slice(15);
  expect(price).toBe('▂'.repeat(12) + '█'.repeat(12));
  expect(lines.some((line) => line.startsWith('0.10-0.40') && line.includes('06:00'))).toBe(true);
});

test('a connector says its energy, what it lacks and why, without control characters', () => {
  const text = planChart(result, prices, 80);
  expect(text).toContain('11.04 kWh, at most 16 A, 2.00 kWh short (cap cp/1)');
  expect(text).toContain('cp?[2J/1');
  expect(text).not.toContain('\u001b');
});

test('no line is wider than the terminal, where several slots share a column', () => {
  const picture = planChart(result, prices, 27)
    .split('\n')
    .filter((line) => /[█─]/.test(line));
  expect(Math.max(...picture.map((line) => line.length))).toBeLessThanOrEqual(27);
});
