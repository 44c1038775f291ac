import { limitAt } from '../../../optimizer/external-limits.ts';
import type { ExternalLimit, PerPhase, PriceStep, Site, TreeNode } from '../../../optimizer/site.ts';
import { importPrices } from '../../../optimizer/tariff.ts';
import type { Glance } from './glance.ts';
import type { SiteOutlook } from './ports.ts';

/** What a site reckons with from now to its horizon: what a kWh costs, and what its roots allow. */
export function outlookOf({ settings, situation }: Glance, atS: number): SiteOutlook {
  const { site } = settings;
  const { prices = [], external = [] } = situation?.scenario ?? {};
  const slotCount = Math.ceil((site.horizonHours * 60) / site.slotMinutes);
  return { prices: priceSteps(site, prices, atS, slotCount), limits: limitSteps(site, external, atS) };
}

/** What a kWh costs at this moment, as its outlook has it; undefined: that is not known. */
export function priceNow(
  { settings, situation }: Pick<Glance, 'settings' | 'situation'>,
  atS: number,
): number | undefined {
  return priceSteps(settings.site, situation?.scenario.prices ?? [], atS, 1)[0]?.perKwh;
}

/** None where nobody sent prices and the site has no tariff. */
function priceSteps(site: Site, prices: readonly PriceStep[], atS: number, slotCount: number): readonly PriceStep[] {
  if (prices.length === 0 && site.importTariff.kind === 'none') return [];
  const slotS = site.slotMinutes * 60;
  const startS = Math.floor(atS / slotS) * slotS;
  const slots = { startS, slotS, slotCount };
  const steps = Array.from(importPrices(site, prices, slots), (perKwh, slot) => ({
    fromS: startS + slot * slotS,
    perKwh,
  }));
  return steps.filter(({ perKwh }, index) => index === 0 || perKwh !== steps[index - 1]?.perKwh);
}

function limitSteps(site: Site, external: readonly ExternalLimit[], atS: number): SiteOutlook['limits'] {
  const endS = atS + site.horizonHours * 3600;
  const borders = external.map(({ fromS }) => fromS).filter((fromS) => fromS > atS && fromS < endS);
  const roots = site.tree.filter(({ parent }) => parent === undefined);
  return [atS, ...borders].map((fromS) => {
    const commanded = limitAt(external, fromS);
    const on = (phase: 0 | 1 | 2) => roots.reduce((sum, root) => sum + rootA(site, root, commanded, phase), 0);
    return { fromS, currentA: [on(0), on(1), on(2)] satisfies PerPhase<number> };
  });
}

/** A power for all phases is shared by them evenly. */
function rootA(site: Site, root: TreeNode, commanded: ExternalLimit | undefined, phase: 0 | 1 | 2): number {
  const { currentA, kw = Number.POSITIVE_INFINITY } = commanded ?? {};
  const fuseA = root.maxCurrentA[phase] * (1 - root.headroomPct / 100);
  return Math.min(fuseA, currentA?.[phase] ?? Number.POSITIVE_INFINITY, (kw * 1000) / site.nominalVoltageV / 3);
}
