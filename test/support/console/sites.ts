import type { SitePoint } from '../../../src/operator/views/overview.ts';

/** A site with a plan, in the words of the API: a day behind and a day ahead. */

const minuteMs = 60_000;
const hourS = 3_600;
const slotS = 900;

const round = (value: number) => Math.round(value * 10) / 10;
/** How much is going on at an hour of the day: little at night, a hill in the afternoon. */
const hill = (atS: number) => Math.max(0, Math.sin(((atS / hourS - 8) / 12) * Math.PI));
const priceAt = (atS: number) => round(10 * (0.21 + 0.12 * Math.sin((atS / hourS / 6) * Math.PI))) / 10;
const limitAt = (atS: number) => (Math.floor(atS / hourS) % 24 >= 17 && Math.floor(atS / hourS) % 24 < 19 ? 48 : 63);
const planAt = (atS: number) => round(Math.min(limitAt(atS), 14 + 44 * hill(atS - (atS % slotS))));

export const siteIds = ['north', 'harbour'] as const;

export function historyOf(
  site: string,
  nowMs: number,
): { readonly site: string; readonly points: readonly SitePoint[] } {
  const points = Array.from({ length: 24 * 60 }, (_, index): SitePoint => {
    const atMs = Math.floor(nowMs / minuteMs) * minuteMs - (24 * 60 - index) * minuteMs;
    const atS = atMs / 1_000;
    const planned = planAt(atS);
    const load = round(Math.max(4, planned - 3 + 2.5 * Math.sin(index / 7) + Math.sin(index * 1.7)));
    return {
      atMs,
      loadA: [load, round(load * 0.94), round(load * 0.9)],
      limitA: [limitAt(atS), limitAt(atS), limitAt(atS)],
      plannedA: [planned, planned, planned],
      pricePerKwh: priceAt(atS - (atS % hourS)),
    };
  });
  return { site, points };
}

export function planOf(nowMs: number, wish: { readonly energyKwh?: number } = {}): Record<string, unknown> {
  const startS = Math.floor(nowMs / 1_000 / slotS) * slotS;
  const times = Array.from({ length: 96 }, (_, slot) => startS + slot * slotS);
  const used = times.map(planAt);
  const limits = times.map(limitAt);
  const node = (id: string, phase: string, share: number) => ({
    id,
    phase,
    limitA: limits.map((limit) => round(limit * share)),
    usedA: used.map((value) => round(value * share)),
  });
  const connectors = Array.from({ length: 12 }, (_, index) => ({
    chargePoint: `DEPOT-${String(index + 1).padStart(3, '0')}`,
    connector: 1,
    phases: ['L1', 'L2', 'L3'],
    currentA: times.map((_, slot) => (slot > 20 + index ? 0 : 13.8 - index * 0.4)),
    energyKwh: index === 0 && wish.energyKwh !== undefined ? wish.energyKwh - 1.4 : round(38.2 - index * 1.7),
    unmetKwh: index === 3 || (index === 0 && wish.energyKwh !== undefined) ? 1.4 : 0,
    limitedBy:
      index === 3
        ? [
            { kind: 'node', id: 'row-b' },
            { kind: 'departure', id: 'DEPOT-004/1' },
          ]
        : [],
  }));
  return {
    status: 'optimal',
    engine: 'highs',
    objective: 61.24,
    bound: 61.2,
    gap: 0.0006,
    lpGap: 1e-9,
    solveMs: wish.energyKwh === undefined ? 84 : 61,
    slotMinutes: 15,
    slots: times.map((atS) => new Date(atS * 1_000).toISOString()),
    connectors,
    nodes: [
      ...['L1', 'L2', 'L3'].map((phase) => node('main', phase, 1)),
      ...['L1', 'L2', 'L3'].map((phase) => node('row-b', phase, 0.6)),
    ],
    cost: { energy: wish.energyKwh === undefined ? 58.1 : 63.4, peak: 3.14, currency: 'EUR' },
    peakKw: 39.7,
    profiles: [],
  };
}

export function siteOf(id: string, nowMs: number): Record<string, unknown> {
  const nowS = nowMs / 1_000;
  return {
    id,
    plan: { ...planOf(nowMs), at: new Date(nowMs - 42_000).toISOString() },
    alarms: [],
    measuredA: [41.2, 39.8, 38.1],
    installed: [],
    prices: Array.from({ length: 72 }, (_, index) => {
      const fromS = Math.floor(nowS / hourS) * hourS + (index - 24) * hourS;
      return { fromS, perKwh: priceAt(fromS) };
    }),
  };
}
