import { expect, test } from 'vitest';
import type { PlanResult } from '../../../../optimizer/plan-result.ts';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import type { SiteChange, Trial } from '../../../../src/charging/site/ports.ts';
import { Stage } from './control-stage.ts';

async function busyYard(): Promise<Stage> {
  const stage = await new Stage().start();
  stage.begin('CP-A', 7);
  await stage.clock.advance(20_000);
  stage.taken();
  return stage;
}

async function planned(stage: Stage, change: SiteChange): Promise<Trial & { kind: 'planned' }> {
  const trial = await stage.sites.tryOut('yard', change);
  if (trial.kind !== 'planned') throw new Error(`it was ${trial.kind}`);
  return trial;
}

const carOn = ({ connectors }: PlanResult, chargePoint: string) =>
  connectors.find((one) => one.chargePoint === chargePoint);
const firstA = (plan: PlanResult) => carOn(plan, 'CP-A')?.currentA[0];
const energyKwh = (plan: PlanResult, chargePoint: string) => carOn(plan, chargePoint)?.energyKwh ?? 0;

test('a lower limit, another wish, another car: both plans come back', async () => {
  const stage = await busyYard();
  const lower = await planned(stage, { limitA: 10 });
  expect([firstA(lower.present), firstA(lower.changed)]).toEqual([30, 10]);
  const modest = await planned(stage, { sessions: [{ chargePoint: 'CP-A', connector: 1, maxCurrentA: 7 }] });
  expect([firstA(modest.present), firstA(modest.changed)]).toEqual([30, 7]);
  const another = await planned(stage, { sessions: [{ chargePoint: 'CP-B', connector: 1 }] });
  expect(energyKwh(another.present, 'CP-B')).toBe(0);
  expect(energyKwh(another.changed, 'CP-B')).toBeGreaterThan(0);
  expect(energyKwh(another.changed, 'CP-A')).toBeLessThan(energyKwh(another.present, 'CP-A'));
});

test('nothing is applied, and the next plan is as it would have been', async () => {
  const stage = await busyYard();
  const [saves, asked] = [stage.kept.saves.length, stage.asked.length];
  const before = stage.sites.status('yard')?.plan;
  await planned(stage, { limitA: 6, sessions: [{ chargePoint: 'CP-A', connector: 1, priority: 0 }] });
  await stage.clock.advance(5_000);
  expect([stage.taken(), stage.kept.saves.length, stage.asked.length]).toEqual([[], saves, asked]);
  expect(stage.sites.status('yard')?.plan).toBe(before);
  stage.begin('CP-B', 8);
  await stage.clock.advance(20_000);
  expect(stage.asked.at(-1)?.site.tree).toMatchObject([{ maxCurrentA: [30, 30, 30] }]);
});

test('one at a time; none before the first plan', async () => {
  const stage = await busyYard();
  const first = stage.sites.tryOut('yard', {});
  expect(await stage.sites.tryOut('yard', {})).toEqual({ kind: 'busy' });
  expect(await first).toMatchObject({ kind: 'planned' });
  expect(await stage.sites.tryOut('yard', {})).toMatchObject({ kind: 'planned' });
  const fresh = new Stage();
  fresh.sites.configure([fresh.settings]);
  expect(await fresh.sites.tryOut('yard', {})).toEqual({ kind: 'unplanned' });
});

test.each<[string, SiteChange]>([
  ['connector', { sessions: [{ chargePoint: 'CP-X', connector: 1 }] }],
  ['departureS', { sessions: [{ chargePoint: 'CP-A', connector: 1, departureS: 1 }] }],
  [
    'prices.steps[1].fromS',
    {
      prices: [
        { fromS: 5, perKwh: 1 },
        { fromS: 5, perKwh: 2 },
      ],
    },
  ],
])('a bad %s is named', async (field, change) => {
  const stage = await busyYard();
  const failure = await stage.sites.tryOut('yard', change).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(OcppError);
  expect(String(failure)).toContain(`${field}: expected`);
});

test('the outlook: prices as they were sent, and what the root allows', async () => {
  const stage = await busyYard();
  const { nowS } = stage;
  expect(stage.sites.outlook('yard')).toEqual({ prices: [], limits: [{ fromS: nowS, currentA: [30, 30, 30] }] });
  const slotS = Math.floor(nowS / 900) * 900;
  stage.sites.signal('yard', {
    kind: 'prices',
    steps: [
      { fromS: slotS, perKwh: 0.2 },
      { fromS: slotS + 3600, perKwh: 0.4 },
    ],
  });
  stage.sites.signal('yard', {
    kind: 'external',
    steps: [{ fromS: nowS, currentA: [20, 16, 40] }, { fromS: nowS + 1800 }],
  });
  await stage.clock.advance(20_000);
  expect(stage.sites.outlook('yard')).toEqual({
    prices: [
      { fromS: slotS, perKwh: 0.2 },
      { fromS: slotS + 3600, perKwh: 0.4 },
    ],
    limits: [
      { fromS: stage.nowS, currentA: [20, 16, 30] },
      { fromS: nowS + 1800, currentA: [30, 30, 30] },
    ],
  });
  expect(stage.sites.outlook('other')).toBeUndefined();
});

test('the price of this moment is that of the outlook: the tariff’s, until one is sent', async () => {
  const stage = await busyYard();
  const { settings, sites } = stage;
  const priceNow = () => sites.status('yard')?.pricePerKwh;
  expect(priceNow()).toBeUndefined();
  const tariff = { kind: 'fixed', perKwh: 0.3 } as const;
  sites.configure([{ ...settings, site: { ...settings.site, importTariff: tariff } }]);
  await stage.clock.advance(20_000);
  expect(priceNow()).toBe(0.3);
  sites.signal('yard', { kind: 'prices', steps: [{ fromS: Math.floor(stage.nowS / 900) * 900, perKwh: 0.2 }] });
  await stage.clock.advance(20_000);
  expect(priceNow()).toBe(0.2);
});
