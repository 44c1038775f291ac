import type { SitePoint } from '../operator/views/overview.ts';
import { amperes, price } from './format.ts';
import type { Series } from './parts/chart.tsx';
import type { PlanResult, SiteSheet } from './shapes.ts';
import type { Words } from './words/en.ts';
import { pageNames, terms } from './words/words.ts';

export type SiteLines = { readonly timesS: readonly number[]; readonly series: readonly Series[] };

const hourS = 3_600;

const highest = (values: readonly number[] | undefined) =>
  values === undefined || values.length === 0 ? null : Math.max(...values);

const lowest = (values: readonly number[] | undefined) =>
  values === undefined || values.length === 0 ? null : Math.min(...values);

/** What the plan allows on the phase that is loaded most, and its limit, in each slot. */
type Slot = { readonly plannedA: number | null; readonly limitA: number | null };

/**
 * A site from `hours` ago on: its load (the phase that carries most), limit, plan and price; past now, what the plan says.
 */
export function siteLines(
  points: readonly SitePoint[],
  site: SiteSheet,
  nowS: number,
  texts: Words['chart'],
): SiteLines {
  const past = new Map(points.map((point) => [Math.floor(point.atMs / 1_000), point]));
  const ahead = new Map(
    slotsOf(site.plan).filter(([atS, slot]) => atS > nowS && slot.plannedA !== null && atS < nowS + 24 * hourS),
  );
  const timesS = [...new Set([...past.keys(), ...ahead.keys()])].toSorted((a, b) => a - b);
  const told = pricesAt(timesS, site.prices ?? []);
  const line = <V>(read: (point: SitePoint | undefined, slot: Slot | undefined) => V) =>
    timesS.map((atS) => read(past.get(atS), ahead.get(atS)));
  const prices = timesS.map((atS, index) => past.get(atS)?.pricePerKwh ?? told[index] ?? null);
  const series: Series[] = [
    { title: texts.load, ink: 'load', write: amperes, values: line((point) => highest(point?.loadA)) },
    {
      title: pageNames.value.plan,
      ink: 'plan',
      isStep: true,
      isDashed: true,
      write: amperes,
      values: line((point, slot) => highest(point?.plannedA) ?? slot?.plannedA ?? null),
    },
    {
      title: terms.value.limit,
      ink: 'limit',
      isStep: true,
      write: amperes,
      values: line((point, slot) => lowest(point?.limitA) ?? slot?.limitA ?? null),
    },
  ];
  const priced: Series = {
    title: texts.price,
    ink: 'price',
    isStep: true,
    scale: 'right',
    write: price,
    values: prices,
  };
  return { timesS, series: prices.some((value) => value !== null) ? [priced, ...series] : series };
}

/** The roots are told first. */
function slotsOf(plan: PlanResult | undefined): readonly (readonly [number, Slot])[] {
  if (plan === undefined) return [];
  const root = plan.nodes[0]?.id;
  const phases = plan.nodes.filter(({ id, phase }) => id === root && phase !== 'all');
  return plan.slots.map((iso, slot) => {
    const used = phases.flatMap(({ usedA }) => usedA[slot] ?? []);
    const limits = phases.flatMap(({ limitA }) => limitA[slot] ?? []);
    return [Date.parse(iso) / 1_000, { plannedA: highest(used), limitA: lowest(limits) }] as const;
  });
}

/** The price that holds at each time; both ascend, and the last step holds. */
function pricesAt(timesS: readonly number[], steps: NonNullable<SiteSheet['prices']>): readonly (number | undefined)[] {
  let next = 0;
  return timesS.map((atS) => {
    while ((steps[next]?.fromS ?? Number.POSITIVE_INFINITY) <= atS) next += 1;
    return steps[next - 1]?.perKwh;
  });
}
