import { safeTenths } from '../../optimizer/stack-safe.ts';
import { type PriceStep, phaseNames, type Site, type SiteConnector, type TreeNode } from '../../optimizer/site.ts';
import { localDay } from './local-day.ts';
import { importPrices } from '../../optimizer/tariff.ts';
import { formatTable, plain } from './table.ts';

/**
 * What the files of a site come to, for people: each node's current after headroom, each connector's limit and its
 * share while nobody speaks, and the prices of today. `prices` are those that its source gave, undefined when it was
 * not heard yet.
 */
export function siteLimits(site: Site, prices: readonly PriceStep[] | undefined, nowMs: number): string {
  const heading = `\nsite ${plain(site.id)} (${site.timezone}, ${site.nominalVoltageV} V)\n`;
  return [heading, nodeTable(site), '\n', connectorTable(site), '\n', priceLine(site, prices, nowMs)].join('');
}

function nodeTable(site: Site): string {
  const rows = ordered(site).map(({ node, depth }) => [
    `${'  '.repeat(depth)}${node.id}`,
    perPhase(phaseNames.map((_phase, at) => node.maxCurrentA[at] ?? 0)),
    `${node.headroomPct} %`,
    perPhase(phaseNames.map((_phase, at) => chainA(site, node, at))),
    node.contractKw === undefined
      ? ''
      : `${node.contractKw} kW${site.objective.peakPolicy === 'hard' ? '' : ' (no limit)'}`,
  ]);
  return formatTable(['NODE', 'FUSE', 'HEADROOM', 'LIMIT', 'CONTRACT'], rows);
}

/** Every node behind the one above it. */
function ordered({ tree }: Site): readonly { readonly node: TreeNode; readonly depth: number }[] {
  const below = (parent: string | undefined, depth: number): readonly { node: TreeNode; depth: number }[] =>
    tree.filter((node) => node.parent === parent).flatMap((node) => [{ node, depth }, ...below(node.id, depth + 1)]);
  return below(undefined, 0);
}

/** The least of the node and all above it on one phase, after headroom. */
function chainA({ tree }: Site, node: TreeNode | undefined, at: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let next = node; next !== undefined; ) {
    least = Math.min(least, (next.maxCurrentA[at] ?? 0) * (1 - next.headroomPct / 100));
    const { parent } = next;
    next = tree.find(({ id }) => id === parent);
  }
  return least;
}

function connectorTable(site: Site): string {
  const shares = safeTenths({ site, reserveA: [0, 0, 0], profiles: [] });
  const rows = site.connectors.map((connector, index) => [
    `${connector.chargePoint}/${connector.connector}`,
    connector.parent,
    connector.phases.join(' '),
    `${connector.minCurrentA} to ${ampere(alone(site, connector))}`,
    site.output.offlineSafeProfile ? ampere((shares[index] ?? 0) / 10) : 'none',
  ]);
  return formatTable(['CONNECTOR', 'NODE', 'PHASES', 'CURRENT', 'SHARE WHEN NOBODY SPEAKS'], rows);
}

/** What it could have if all others were empty. */
function alone(site: Site, { parent, phases, maxCurrentA }: SiteConnector): number {
  const node = site.tree.find(({ id }) => id === parent);
  return Math.min(maxCurrentA, ...phases.map((phase) => chainA(site, node, phaseNames.indexOf(phase))));
}

function perPhase(values: readonly number[]): string {
  const words = values.map(ampere);
  return words.every((word) => word === words[0]) ? (words[0] ?? '') : words.join(' / ');
}

const ampere = (value: number): string => `${Math.round(value * 10) / 10} A`;

const slotS = 900;

function priceLine(site: Site, prices: readonly PriceStep[] | undefined, nowMs: number): string {
  const { startS, endS, date } = localDay(site.timezone, nowMs);
  if (prices === undefined && site.importTariff.kind === 'none') return `price today (${date}): not known yet\n`;
  const slots = { startS, slotS, slotCount: (endS - startS) / slotS };
  const perKwh = importPrices(site, prices ?? [], slots);
  const least = Math.min(...perKwh);
  const most = Math.max(...perKwh);
  const range = least === most ? money(least) : `${money(least)} to ${money(most)}`;
  return `price today (${date}, ${slots.slotCount / 4} h): ${range} ${plain(site.currency)} per kWh; unmet energy counts as ${money(site.objective.unmetPerKwh)}\n`;
}

const money = (value: number): string => String(Math.round(value * 1e4) / 1e4);
