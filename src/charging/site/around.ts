import type { ExternalLimit, PerPhase, Scenario, Site, SiteConnector, TreeNode } from '../../../optimizer/site.ts';
import { phaseNames } from '../../../optimizer/site.ts';

/** Current that a connector may draw whatever is planned, amperes on each of its phases. */
export type Reserved = { readonly connector: SiteConnector; readonly currentA: number };

/**
 * The scenario without the connectors that cannot be told anything now: what they may draw is taken off every limit above
 * them, and off what others command for the whole site.
 */
export function planAround(scenario: Scenario, reserved: readonly Reserved[]): Scenario {
  if (reserved.length === 0) return scenario;
  const { site, shares, sessions, external } = scenario;
  const isReserved = (chargePoint: string, number: number) =>
    reserved.some(({ connector }) => connector.chargePoint === chargePoint && connector.connector === number);
  return {
    ...scenario,
    site: { ...site, tree: site.tree.map((node) => narrowed(site, node, below(site, node.id, reserved))) },
    // what they may draw is reckoned with already
    ...(shares === undefined
      ? {}
      : {
          shares: site.connectors.map(({ chargePoint, connector }, index) =>
            isReserved(chargePoint, connector) ? 0 : (shares[index] ?? 0),
          ),
        }),
    sessions: sessions.filter(({ chargePoint, connector }) => !isReserved(chargePoint, connector)),
    external: external.map((limit) => commanded(site, limit, reserved)),
  };
}

function narrowed(site: Site, node: TreeNode, reserved: readonly Reserved[]): TreeNode {
  if (reserved.length === 0) return node;
  const share = 1 - node.headroomPct / 100;
  const { contractKw } = node;
  return {
    ...node,
    maxCurrentA: eachPhase((phase) =>
      share === 0 ? 0 : Math.max(0, node.maxCurrentA[phase] - onPhase(reserved, phase) / share),
    ),
    ...(contractKw === undefined ? {} : { contractKw: Math.max(0, contractKw - powerKw(site, reserved)) }),
  };
}

function commanded(site: Site, { fromS, currentA, kw }: ExternalLimit, reserved: readonly Reserved[]): ExternalLimit {
  return {
    fromS,
    ...(currentA === undefined
      ? {}
      : { currentA: eachPhase((phase) => Math.max(0, currentA[phase] - onPhase(reserved, phase))) }),
    ...(kw === undefined ? {} : { kw: Math.max(0, kw - powerKw(site, reserved)) }),
  };
}

function onPhase(reserved: readonly Reserved[], phase: 0 | 1 | 2): number {
  return reserved
    .filter(({ connector }) => connector.phases.includes(phaseNames[phase]))
    .reduce((sum, { currentA }) => sum + currentA, 0);
}

function powerKw({ nominalVoltageV }: Site, reserved: readonly Reserved[]): number {
  return reserved.reduce(
    (sum, { connector, currentA }) => sum + (currentA * connector.phases.length * nominalVoltageV) / 1000,
    0,
  );
}

/** Those that hang on a node, directly or not. */
function below(site: Site, id: string, reserved: readonly Reserved[]): readonly Reserved[] {
  return reserved.filter(({ connector }) => pathOf(site, connector.parent).includes(id));
}

function pathOf({ tree }: Site, from: string): readonly string[] {
  const path: string[] = [];
  for (let id: string | undefined = from; id !== undefined && !path.includes(id); ) {
    path.push(id);
    const at: string = id;
    id = tree.find((node) => node.id === at)?.parent;
  }
  return path;
}

function eachPhase(value: (phase: 0 | 1 | 2) => number): PerPhase<number> {
  return [value(0), value(1), value(2)];
}
