import { limitAt } from '../../../optimizer/external-limits.ts';
import { surplusNodeId, unbalanceNodeId } from '../../../optimizer/limit-nodes.ts';
import type { PlannedNode } from '../../../optimizer/plan-result.ts';
import { type ExternalLimit, phaseNames, type Site, type SiteConnector } from '../../../optimizer/site.ts';
import { effectOf, tenthsAt } from '../../../optimizer/stack-effect.ts';
import { pathOf } from '../../../optimizer/tree.ts';
import { allowedA, slotAt } from './allowance.ts';
import { connectorsOf } from './connectors.ts';
import type { Glance } from './glance.ts';
import type { MadePlan, NodeRule, SiteRule } from './ports.ts';

/** A node with less room than this has none: no step of 0.1 A fits. */
const fullA = 0.1;

/** Why each connector of a charger may draw what it may at this moment, by what the site was planned with last. */
export function siteRules(glance: Glance, chargePoint: string, atS: number): ReadonlyMap<number, SiteRule> {
  const { site } = glance.settings;
  return new Map(
    connectorsOf(site, chargePoint).map((connector) => [connector.connector, siteRule(glance, connector, atS)]),
  );
}

function siteRule({ settings, plan, ledger, situation }: Glance, connector: SiteConnector, atS: number): SiteRule {
  const { site } = settings;
  const { chargePoint, connector: number } = connector;
  const told = ledger.told({ chargePoint, connectorId: number });
  const session = situation?.scenario.sessions.find(
    (one) => one.chargePoint === chargePoint && one.connector === number,
  );
  const planned = plan?.result.connectors.find((one) => one.chargePoint === chargePoint && one.connector === number);
  const external = limitAt(situation?.scenario.external ?? [], atS);
  return {
    site: site.id,
    external: external && commandOf(external),
    nodes: nodesAbove(site, connector, plan, atS),
    plannedA: plan && allowedA(plan.result, connector, atS),
    limitedBy: planned?.limitedBy ?? [],
    told,
    toldA: told.length === 0 ? undefined : tenthsAt(effectOf(site, connector, told, atS, atS + 1), atS) / 10,
    carA: session?.maxCurrentA,
  };
}

/** Undefined for a step that ends a limit. */
function commandOf(limit: ExternalLimit): SiteRule['external'] {
  return limit.currentA === undefined && limit.kw === undefined ? undefined : limit;
}

/** The tree from the root down, then what the plan knows of the charger as a whole and of the site's surplus and balance. */
function nodesAbove(
  site: Site,
  connector: SiteConnector,
  plan: MadePlan | undefined,
  atS: number,
): readonly NodeRule[] {
  const path = pathOf(site, connector.parent).toReversed();
  const slot = plan && slotAt(plan.result, atS);
  const nodes = slot === undefined ? [] : (plan?.result.nodes ?? []);
  const inTree = new Set(site.tree.map(({ id }) => id));
  const beside = nodes.filter(({ id }) => !inTree.has(id) && isBeside(id, connector));
  return [...new Set([...path, ...beside.map(({ id }) => id)])].flatMap((id) => {
    const fuse = fuseOf(site, connector, id);
    const known = nodes.filter((node) => node.id === id).flatMap((node) => nodeNow(node, connector, slot ?? 0));
    const now = tightest(known) ?? fuse;
    if (now === undefined) return [];
    return {
      ...now,
      isRoot: fuse?.isRoot ?? false,
      isCommanded: fuse !== undefined && now.limitA < fuse.limitA - fullA,
    };
  });
}

type Node = Omit<NodeRule, 'isRoot' | 'isCommanded'>;

/** Whether a node that is none of the tree limits this connector. */
function isBeside(id: string, { chargePoint, phases }: SiteConnector): boolean {
  return id === chargePoint || id === surplusNodeId || (id === unbalanceNodeId && phases.length < 3);
}

function nodeNow(node: PlannedNode, connector: SiteConnector, slot: number): readonly Node[] {
  const isWhole = node.phase === 'all';
  if (!isWhole && !connector.phases.some((phase) => phase === node.phase)) return [];
  const limitA = node.limitA[slot];
  const usedA = node.usedA[slot];
  if (limitA === undefined || usedA === undefined) return [];
  const parts = isWhole ? phaseNames.length : 1;
  const isFull = limitA - usedA < fullA * (isWhole ? connector.phases.length : 1);
  return [{ id: node.id, limitA: limitA / parts, usedA: usedA / parts, isFull }];
}

function tightest(rules: readonly Node[]): Node | undefined {
  const leftA = ({ limitA, usedA = 0 }: Node) => limitA - usedA;
  return rules.toSorted((a, b) => Number(b.isFull) - Number(a.isFull) || leftA(a) - leftA(b))[0];
}

/** Without a plan: its fuse, on the phase of the connector that has least. */
function fuseOf({ tree }: Site, { phases }: SiteConnector, id: string): Omit<NodeRule, 'isCommanded'> | undefined {
  const node = tree.find((one) => one.id === id);
  if (node === undefined) return undefined;
  const { maxCurrentA, headroomPct, parent } = node;
  const least = Math.min(...phases.map((phase) => maxCurrentA[phase === 'L1' ? 0 : phase === 'L2' ? 1 : 2]));
  const limitA = least * (1 - headroomPct / 100);
  return { id, isRoot: parent === undefined, limitA, usedA: undefined, isFull: false };
}
