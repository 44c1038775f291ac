import type { StationCeiling } from './ceilings.ts';
import type { Car, LimitNode, Problem } from './problem.ts';
import { sampled, type Slots } from './series.ts';
import type { Scenario, Site, TreeNode } from './site.ts';
import { pathOf } from './tree.ts';

type Three = readonly [Float64Array, Float64Array, Float64Array];
type Draft = {
  readonly id: string;
  readonly limitA: Three;
  readonly total: Float64Array | undefined;
  readonly isRoot: boolean;
};

/** Name of the node that keeps a site with `pv.surplusOnly` inside its surplus. */
export const surplusNodeId = 'pv';

/** Name of the node that keeps `maxPhaseUnbalanceA`. */
export const unbalanceNodeId = 'phase unbalance';

/**
 * Every limit that several cars share: the tree, the ChargePointMaxProfile of each charge point (OCPP 1.6 §3.12.1: of
 * all its connectors together) and, if only surplus may be used, the surplus. A forecast of PV never widens a limit.
 */
export function limitNodes(
  scenario: Scenario,
  slots: Slots,
  cars: readonly Car[],
  ceilings: readonly (readonly [string, StationCeiling])[],
  surplusKw: Float64Array,
): Pick<Problem, 'nodes' | 'cars'> {
  const { site } = scenario;
  const members = new Map<string, number[]>();
  const drafts = site.tree.map((node) => treeDraft(scenario, node, slots));
  for (const [index, car] of cars.entries()) {
    for (const id of pathOf(site, car.connector.parent)) addTo(members, id, index);
  }
  const loads = loadOf(scenario, slots);
  const nodes = drafts.map((draft) => limitNode(draft, members.get(draft.id) ?? [], draft.isRoot ? loads : undefined));
  for (const [id, ceiling] of ceilings) {
    if (!isLimit(ceiling.perPhaseA) && !isLimit(ceiling.totalA)) continue;
    const own = cars.flatMap((car, index) => (car.connector.chargePoint === id ? [index] : []));
    const { perPhaseA } = ceiling;
    const total = isLimit(ceiling.totalA) ? ceiling.totalA : undefined;
    nodes.push(limitNode({ id, limitA: [perPhaseA, perPhaseA, perPhaseA], total, isRoot: false }, own, undefined));
  }
  if (site.pvSurplusOnly) nodes.push(surplusNode(site, surplusKw, cars));
  const { maxPhaseUnbalanceA } = site.objective;
  if (maxPhaseUnbalanceA !== undefined) {
    nodes.push(unbalanceNode(maxPhaseUnbalanceA, scenario.load, slots, cars));
  }
  return { nodes, cars: cars.map((car, index) => ({ ...car, nodes: above(nodes, index) })) };
}

function surplusNode(site: Site, surplusKw: Float64Array, cars: readonly Car[]): LimitNode {
  const none = surplusKw.map(() => Number.POSITIVE_INFINITY);
  const total = surplusKw.map((kw) => (kw * 1000) / site.nominalVoltageV);
  const draft = { id: surplusNodeId, limitA: [none, none, none] as const, total, isRoot: false };
  return limitNode(
    draft,
    cars.map((_, index) => index),
    undefined,
  );
}

/**
 * Cars of three phases are in balance; what the others draw on a phase may come on top of everything that the load draws
 * there more than elsewhere. That the cars of another phase make up for it is not counted on: any of them may stop.
 */
function unbalanceNode(mostA: number, load: Scenario['load'], slots: Slots, cars: readonly Car[]): LimitNode {
  const limitOf = (phase: 0 | 1 | 2) => {
    const steps = load.map(({ fromS, currentA }) => ({ fromS, value: currentA[phase] - Math.min(...currentA) }));
    const aboveA = sampled(steps, slots, 'most', steps[0]?.value ?? 0);
    return aboveA.map((ampere) => Math.max(0, mostA - ampere));
  };
  const limitA = [limitOf(0), limitOf(1), limitOf(2)] as const;
  const uneven = cars.flatMap(({ phases }, index) => (phases.length < 3 ? [index] : []));
  return limitNode({ id: unbalanceNodeId, limitA, total: undefined, isRoot: false }, uneven, undefined);
}

function treeDraft({ site, external }: Scenario, node: TreeNode, slots: Slots): Draft {
  const share = 1 - node.headroomPct / 100;
  const isRoot = node.parent === undefined;
  const currents = isRoot ? external : [];
  const limitOf = (phase: 0 | 1 | 2): Float64Array => {
    const steps = currents.map(({ fromS, currentA }) => ({
      fromS,
      value: currentA?.[phase] ?? Number.POSITIVE_INFINITY,
    }));
    const fuseA = node.maxCurrentA[phase] * share;
    return sampled(steps, slots, 'least', Number.POSITIVE_INFINITY).map((limitA) => Math.min(limitA, fuseA));
  };
  return {
    id: node.id,
    limitA: [limitOf(0), limitOf(1), limitOf(2)],
    total: totalOf(site, node, external, slots),
    isRoot,
  };
}

function totalOf(
  { nominalVoltageV, objective }: Site,
  { parent, contractKw }: TreeNode,
  external: Scenario['external'],
  slots: Slots,
): Float64Array | undefined {
  const contracted = objective.peakPolicy === 'hard' ? contractKw : undefined;
  const isCommanded = parent === undefined && external.some(({ kw }) => kw !== undefined);
  if (!isCommanded && contracted === undefined) return undefined;
  const steps = isCommanded ? external.map(({ fromS, kw = Number.POSITIVE_INFINITY }) => ({ fromS, value: kw })) : [];
  const limits = sampled(steps, slots, 'least', Number.POSITIVE_INFINITY);
  return limits.map((kw) => (Math.min(kw, contracted ?? kw) * 1000) / nominalVoltageV);
}

/** The most that the uncontrolled load takes in each slot, on each phase. */
function loadOf({ load }: Scenario, slots: Slots): Three {
  const on = (phase: 0 | 1 | 2) => {
    const steps = load.map(({ fromS, currentA }) => ({ fromS, value: Math.max(0, currentA[phase]) }));
    return sampled(steps, slots, 'most', steps[0]?.value ?? 0);
  };
  return [on(0), on(1), on(2)];
}

function limitNode({ id, limitA, total }: Draft, cars: readonly number[], load: Three | undefined): LimitNode {
  const loadTotal =
    load === undefined ? undefined : load[0].map((a, slot) => a + (load[1][slot] ?? 0) + (load[2][slot] ?? 0));
  return {
    id,
    limitA,
    roomA: [room(limitA[0], load?.[0]), room(limitA[1], load?.[1]), room(limitA[2], load?.[2])],
    totalLimitA: total,
    totalRoomA: total === undefined ? undefined : room(total, loadTotal),
    loadA: load,
    cars,
  };
}

/** What a load leaves; a load above the limit leaves nothing. */
function room(limit: Float64Array, load: Float64Array | undefined): Float64Array {
  return load === undefined ? limit : limit.map((limitA, slot) => Math.max(0, limitA - (load[slot] ?? 0)));
}

function isLimit(values: Float64Array): boolean {
  return values.some((value) => Number.isFinite(value));
}

function addTo(members: Map<string, number[]>, id: string, index: number): void {
  const list = members.get(id);
  if (list === undefined) members.set(id, [index]);
  else list.push(index);
}

function above(nodes: readonly LimitNode[], car: number): readonly number[] {
  return nodes.flatMap(({ cars }, index) => (cars.includes(car) ? [index] : []));
}
