import { describe, expect, test } from 'vitest';
import type { SiteStatus } from '../../../src/charging/site/ports.ts';
import type { SitePoint } from '../../../src/telemetry/ports.ts';
import { pointOf, watchSites } from '../../../src/telemetry/site-watch.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const minuteMs = 60_000;
const startMs = Date.parse('2026-03-01T12:00:00Z');

const connector = (chargePoint: string, phases: readonly ('L1' | 'L2' | 'L3')[], currentA: readonly number[]) => ({
  chargePoint,
  connector: 1,
  phases,
  currentA,
  energyKwh: 1,
  unmetKwh: 0,
  limitedBy: [],
});

const status: SiteStatus = {
  id: 'yard',
  plan: {
    atS: startMs / 1000,
    result: {
      status: 'optimal',
      engine: 'highs',
      objective: 1,
      bound: 1,
      gap: 0,
      lpGap: 0,
      solveMs: 2,
      slotMinutes: 15,
      slots: ['2026-03-01T12:00:00Z', '2026-03-01T12:15:00Z'],
      connectors: [connector('A', ['L1', 'L2', 'L3'], [16, 8]), connector('B', ['L2'], [10, 0])],
      nodes: [
        { id: 'main', phase: 'L1', limitA: [63, 40], usedA: [20, 10] },
        { id: 'main', phase: 'L2', limitA: [62, 41], usedA: [30, 10] },
        { id: 'main', phase: 'L3', limitA: [61, 42], usedA: [20, 10] },
        { id: 'row', phase: 'L1', limitA: [16, 16], usedA: [10, 10] },
      ],
      cost: { energy: 1, peak: 0, currency: 'EUR' },
      peakKw: 7,
      profiles: [],
    },
  },
  alarms: [],
  measuredA: [10.5, 0, 3],
  pricePerKwh: 0.31,
  installed: [],
};

describe('what is kept of a minute', () => {
  test('is what is measured, and what the plan says of the slot that holds then', () => {
    expect(pointOf(status, startMs)).toEqual({
      atMs: startMs,
      loadA: [10.5, 0, 3],
      limitA: [63, 62, 61],
      plannedA: [16, 26, 16],
      pricePerKwh: 0.31,
    });
    expect(pointOf(status, startMs + 15 * minuteMs)).toMatchObject({ limitA: [40, 41, 42], plannedA: [8, 8, 8] });
  });

  test.each([
    ['before a plan', { ...status, plan: undefined }, startMs],
    ['behind its end', status, startMs + 30 * minuteMs],
    ['before its beginning', status, startMs - 1],
  ])('is what is measured alone %s', (_, one, atMs) => {
    expect(pointOf(one, atMs)).toEqual({ atMs, loadA: [10.5, 0, 3], pricePerKwh: 0.31 });
  });

  test('has no limit where the root has none on each phase, and no price while none is known', () => {
    const nodes = status.plan?.result.nodes.slice(0, 2) ?? [];
    const plan = status.plan && { ...status.plan, result: { ...status.plan.result, nodes } };
    const point = pointOf({ ...status, plan, pricePerKwh: undefined }, startMs);
    expect(point).toEqual({ atMs: startMs, loadA: [10.5, 0, 3], plannedA: [16, 26, 16] });
  });
});

test('each site is looked at at the beginning of each minute, until the watch ends', async () => {
  const clock = new VirtualClock('2026-03-01T12:00:20Z');
  const kept: (readonly [string, SitePoint])[] = [];
  const sites = { sites: () => ['yard', 'gone'], status: (id: string) => (id === 'yard' ? status : undefined) };
  const end = watchSites(sites, { keep: (site, point) => kept.push([site, point]) }, clock);
  await clock.advance(39_999);
  expect(kept).toEqual([]);
  await clock.advance(2 * minuteMs);
  expect(kept.map(([site, { atMs }]) => [site, atMs])).toEqual([
    ['yard', startMs + minuteMs],
    ['yard', startMs + 2 * minuteMs],
  ]);
  end();
  await clock.advance(5 * minuteMs);
  expect(kept).toHaveLength(2);
  expect(clock.pending()).toBe(0);
});
