import { chargingRateUnits } from './charging-profile.ts';
import { flag, integer, listOf, oneOf, optional, type Reader, text } from './reading.ts';
import type { Read } from './reading.ts';
import { atLeastOne, finite, notNegative, percent, perPhase, phaseCount, positive } from './scenario-fields.ts';
import { horizon, slotLength, timeOfDay, timezone, wordOr } from './scenario-fields.ts';
import { refuse, whole, wholeList } from './scenario-form.ts';
import { engineKinds, fairnessKinds, type ImportTariff, peakPolicies, phaseNames } from './site.ts';
import type { Session, Site, SiteConnector, TreeNode } from './site.ts';
import type { Calendar } from './stack-calendar.ts';

/** What a session has that says nothing itself. */
export type SessionDefaults = Pick<Session, 'energyKwh' | 'maxCurrentA' | 'phases'> & { readonly stayHours: number };

/** A site and what its file says beside it. */
export type ReadSite = {
  readonly site: Site;
  readonly sessionDefaults: SessionDefaults;
  readonly co2WeightPerKg: number;
};

/** Keys of the same file that say where the running gateway gets its data from: a single plan is told the data itself. */
const readByGateway = {
  general: ['reoptimize'],
  site: ['limits', 'load', 'drivers', 'learnStays', 'chargers'],
  treeNode: ['meter'],
  importTariff: ['file', 'url', 'cron', 'unit'],
  pv: ['forecast', 'maxAgeS', 'onLoss'],
} as const;

const general = {
  id: optional(text),
  timezone: optional(timezone),
  nominalVoltageV: optional(positive),
  horizonHours: optional(horizon),
  slotMinutes: optional(slotLength),
};

const treeNode = whole(
  {
    id: text,
    parent: optional(text),
    maxCurrentA: perPhase(notNegative),
    headroomPct: optional(percent),
    contractKw: optional(notNegative),
  },
  readByGateway.treeNode,
);

const connector = whole({
  chargePoint: text,
  connector: optional(atLeastOne),
  parent: optional(text),
  phases: optional(listOf(oneOf(phaseNames))),
  minCurrentA: optional(notNegative),
  maxCurrentA: optional(notNegative),
  priority: optional(integer),
  unit: optional(oneOf(chargingRateUnits)),
  maxPeriods: optional(atLeastOne),
});

const importTariff = whole(
  {
    kind: text,
    perKwh: optional(finite),
    adderPerKwh: optional(finite),
    periods: optional(wholeList(whole({ from: timeOfDay, to: timeOfDay, perKwh: finite }))),
  },
  readByGateway.importTariff,
);

const siteFile = whole(
  {
    ...general,
    site: optional(whole(general, readByGateway.general)),
    tree: optional(wholeList(treeNode)),
    connectors: optional(wholeList(connector)),
    defaults: optional(
      whole({
        session: optional(
          whole({
            energyKwh: optional(notNegative),
            stayHours: optional(positive),
            maxCurrentA: optional(notNegative),
            phases: optional(phaseCount),
          }),
        ),
      }),
    ),
    tariff: optional(
      whole({
        import: optional(importTariff),
        feedInPerKwh: optional(finite),
        demandCharge: optional(
          whole({ perKwMonth: optional(notNegative), billedPeakKw: optional(wordOr('auto', 0, notNegative)) }),
        ),
        co2WeightPerKg: optional(notNegative),
        currency: optional(text),
      }),
    ),
    pv: optional(whole({ surplusOnly: optional(flag) }, readByGateway.pv)),
    objective: optional(
      whole({
        unmetPerKwh: optional(positive),
        peakPolicy: optional(oneOf(peakPolicies)),
        urgencyPerKwhHour: optional(notNegative),
        fairness: optional(oneOf(fairnessKinds)),
        priorityFactor: optional(positive),
        startCost: optional(notNegative),
        smoothingPct: optional(notNegative),
        maxPhaseUnbalanceA: optional(notNegative),
      }),
    ),
    engine: optional(
      whole({
        kind: optional(oneOf(engineKinds)),
        timeLimitMs: optional(positive),
        mipGap: optional(notNegative),
        commitSlots: optional(integer),
      }),
    ),
    output: optional(
      whole({
        unit: optional(oneOf(chargingRateUnits)),
        maxPeriods: optional(wordOr('auto', unlimitedPeriods(), atLeastOne)),
        stackLevel: optional(wordOr('max', highestLevel(), integer)),
        offlineSafeProfile: optional(flag),
        leaseS: optional(atLeastOne),
      }),
    ),
    calendar: optional(whole({ pauses: wholeList(whole({ from: timeOfDay, to: timeOfDay })) })),
  },
  [...readByGateway.general, ...readByGateway.site],
);

type SiteFile = Read<typeof siteFile>;

/** Reads a site with the keys of `config/sites/*.yaml`, each absent one by its default. Throws ScenarioError. */
export const readSite: Reader<ReadSite> = (value, path) => {
  const file = siteFile(value, path);
  const tree = (file.tree ?? []).map((node): TreeNode => ({ ...node, headroomPct: node.headroomPct ?? 0 }));
  const connectors = (file.connectors ?? []).map((given) => connectorOf(given, tree));
  refuse([...treeViolations(tree, path), ...connectorViolations(connectors, tree, path)]);
  const { session = {} } = file.defaults ?? {};
  return {
    site: { ...settingsOf(file), tree, connectors },
    sessionDefaults: {
      energyKwh: session.energyKwh ?? 20,
      stayHours: session.stayHours ?? 8,
      maxCurrentA: session.maxCurrentA ?? 16,
      phases: session.phases ?? 3,
    },
    co2WeightPerKg: file.tariff?.co2WeightPerKg ?? 0,
  };
};

function settingsOf(file: SiteFile): Omit<Site, 'tree' | 'connectors'> {
  const {
    id = 'site',
    timezone: zone = 'UTC',
    nominalVoltageV = 230,
    horizonHours = 24,
    slotMinutes = 15,
  } = {
    ...file,
    ...file.site,
  };
  const { tariff = {}, objective = {}, engine = {}, output = {}, pv = {}, calendar } = file;
  return {
    id,
    timezone: zone,
    nominalVoltageV,
    horizonHours,
    slotMinutes,
    importTariff: tariffOf(tariff.import),
    feedInPerKwh: tariff.feedInPerKwh ?? 0,
    demandCharge: {
      perKwMonth: tariff.demandCharge?.perKwMonth ?? 0,
      billedPeakKw: tariff.demandCharge?.billedPeakKw ?? 0,
    },
    currency: tariff.currency ?? 'EUR',
    pvSurplusOnly: pv.surplusOnly ?? false,
    objective: {
      unmetPerKwh: objective.unmetPerKwh ?? 3,
      peakPolicy: objective.peakPolicy ?? 'neverShort',
      urgencyPerKwhHour: objective.urgencyPerKwhHour ?? 0.04,
      fairness: objective.fairness ?? 'none',
      priorityFactor: objective.priorityFactor ?? 2,
      startCost: objective.startCost ?? 0.2,
      smoothingPct: objective.smoothingPct ?? 0.2,
      ...(objective.maxPhaseUnbalanceA === undefined ? {} : { maxPhaseUnbalanceA: objective.maxPhaseUnbalanceA }),
    },
    engine: {
      kind: engine.kind ?? 'auto',
      timeLimitMs: engine.timeLimitMs ?? 3000,
      mipGap: engine.mipGap ?? 0.003,
      commitSlots: engine.commitSlots ?? 4,
    },
    output: {
      unit: output.unit ?? 'A',
      maxPeriods: output.maxPeriods ?? unlimitedPeriods(),
      stackLevel: output.stackLevel ?? highestLevel(),
      offlineSafeProfile: output.offlineSafeProfile ?? true,
      ...(output.leaseS === undefined ? {} : { leaseS: output.leaseS }),
    },
    ...(calendar === undefined ? {} : { calendar: { pauses: calendar.pauses.map(minutesOf) } }),
  };
}

function minutesOf({ from, to }: { readonly from: number; readonly to: number }): Calendar['pauses'][number] {
  return { fromMinute: from, toMinute: to };
}

/** As many periods as two days of five minutes have: a schedule is not shortened. */
function unlimitedPeriods(): number {
  return 576;
}

/** ChargeProfileMaxStackLevel is unknown without a charger; most have at least this many (OCPP 1.6 §9.4.2). */
function highestLevel(): number {
  return 8;
}

/** Prices of other kinds are sent with the scenario. */
function tariffOf(given: Read<typeof importTariff> | undefined): ImportTariff {
  const { kind = 'none', perKwh, adderPerKwh = 0, periods } = given ?? {};
  if (kind === 'tou' && periods !== undefined) {
    return {
      kind,
      periods: periods.map((period) => ({
        fromMinute: period.from,
        toMinute: period.to,
        perKwh: period.perKwh + adderPerKwh,
      })),
      otherwisePerKwh: (perKwh ?? periods[0]?.perKwh ?? 0) + adderPerKwh,
    };
  }
  return perKwh === undefined ? { kind: 'none' } : { kind: 'fixed', perKwh: perKwh + adderPerKwh };
}

/** Without a parent a connector hangs on the node of its charge point, or on the only root. */
function connectorOf(given: Read<typeof connector>, tree: readonly TreeNode[]): SiteConnector {
  const roots = tree.filter(({ parent }) => parent === undefined);
  const own = tree.find(({ id }) => id === given.chargePoint);
  const { unit, maxPeriods } = given;
  return {
    chargePoint: given.chargePoint,
    connector: given.connector ?? 1,
    parent: given.parent ?? own?.id ?? (roots.length === 1 ? (roots[0]?.id ?? '') : ''),
    phases: given.phases ?? phaseNames,
    minCurrentA: given.minCurrentA ?? 6,
    maxCurrentA: given.maxCurrentA ?? 32,
    priority: given.priority ?? 1,
    ...(unit === undefined ? {} : { unit }),
    ...(maxPeriods === undefined ? {} : { maxPeriods }),
  };
}

function treeViolations(tree: readonly TreeNode[], path: string): readonly string[] {
  return tree.flatMap(({ id, parent }, index) => {
    const place = `${path}.tree[${index}]`;
    if (tree.findIndex((node) => node.id === id) < index)
      return [`${place}.id: expected an id of its own, found "${id}" again`];
    if (parent === undefined) return [];
    if (!tree.some((node) => node.id === parent))
      return [`${place}.parent: expected ${nodesOf(tree)}, found "${parent}"`];
    return isInCircle(tree, id)
      ? [`${place}.parent: expected a node that is not below "${id}", found "${parent}"`]
      : [];
  });
}

function isInCircle(tree: readonly TreeNode[], id: string): boolean {
  let next = tree.find((node) => node.id === id)?.parent;
  for (let steps = 0; next !== undefined && steps <= tree.length; steps += 1) {
    if (next === id) return true;
    const above = next;
    next = tree.find((node) => node.id === above)?.parent;
  }
  return false;
}

function connectorViolations(
  connectors: readonly SiteConnector[],
  tree: readonly TreeNode[],
  path: string,
): readonly string[] {
  return connectors.flatMap((given, index) => {
    const place = `${path}.connectors[${index}]`;
    const isTwice = connectors.findIndex((other) => isSame(other, given)) < index;
    const known = tree.some(({ id }) => id === given.parent);
    return [
      ...(known ? [] : [`${place}.parent: expected ${nodesOf(tree)}, found "${given.parent}"`]),
      ...(isTwice
        ? [`${place}: expected a connector of its own, found ${given.chargePoint}/${given.connector} again`]
        : []),
      ...(new Set(given.phases).size === given.phases.length && given.phases.length > 0
        ? []
        : [`${place}.phases: expected each phase once, found ${given.phases.join(', ') || 'none'}`]),
    ];
  });
}

function isSame(a: SiteConnector, b: SiteConnector): boolean {
  return a.chargePoint === b.chargePoint && a.connector === b.connector;
}

function nodesOf(tree: readonly TreeNode[]): string {
  return tree.length === 0
    ? 'a node of the tree, which is empty'
    : `a node of the tree (${tree.map(({ id }) => id).join(', ')})`;
}
