import { listedIdentity } from './link.ts';
import type { KeyPath } from './place.ts';
import type { Settings } from './schema.ts';
import type { WrittenSite } from './sites.ts';
import { suggest } from './suggestion.ts';
import type { Finding } from './validation.ts';

const finding = (path: KeyPath, message: string): Finding => ({ path, at: 'value', message });

/** What no single key of a site file shows: keys that need, exclude or contradict one another. */
export function findSiteContradictions(site: WrittenSite): readonly Finding[] {
  return [
    ...emptyRanges(site),
    ...importMistakes(site),
    ...cheapShortage(site),
    ...shortLease(site),
    ...lonelyKeys(site),
    ...ambiguousDrivers(site),
    ...ambiguousConnectors(site),
  ];
}

/** What is allowed and seldom meant. */
export function findSiteDoubts(site: WrittenSite, settings: Settings): readonly Finding[] {
  return [...weakParents(site), ...unknownChargers(site, settings)];
}

function emptyRanges({ connectors }: WrittenSite): readonly Finding[] {
  return connectors.flatMap(({ minCurrentA, maxCurrentA }, index) =>
    minCurrentA <= maxCurrentA
      ? []
      : [finding(['connectors', index, 'maxCurrentA'], `must be at least minCurrentA, which is ${minCurrentA}`)],
  );
}

type Import = NonNullable<WrittenSite['tariff']['import']>;

/** What each kind needs, and what says nothing with it. */
const importKeys: Readonly<
  Record<Import['kind'], { readonly needs: readonly (keyof Import)[]; readonly excludes: readonly (keyof Import)[] }>
> = {
  fixed: { needs: ['perKwh'], excludes: ['periods', 'file', 'url', 'cron', 'unit'] },
  tou: { needs: ['periods'], excludes: ['file', 'url', 'cron', 'unit'] },
  file: { needs: ['file'], excludes: ['periods', 'url', 'cron'] },
  http: { needs: ['url', 'cron'], excludes: ['periods', 'file'] },
};

function importMistakes({ tariff }: WrittenSite): readonly Finding[] {
  const given = tariff.import;
  if (given === undefined) return [];
  const path = ['tariff', 'import'];
  const { needs, excludes } = importKeys[given.kind];
  const periods = (given.periods ?? []).flatMap(({ from, to }, index) =>
    from === to ? [finding([...path, 'periods', index, 'to'], 'must not be from')] : [],
  );
  return [
    ...needs
      .filter((key) => given[key] === undefined)
      .map((key): Finding => ({ path: [...path, key], at: 'key', message: `is needed with kind ${given.kind}` })),
    ...excludes
      .filter((key) => given[key] !== undefined)
      .map((key) => finding([...path, key], `says nothing with kind ${given.kind}`)),
    ...periods,
  ];
}

/** A kWh that is worth less than it costs is not charged. */
function cheapShortage({ tariff, objective, connectors, drivers }: WrittenSite): readonly Finding[] {
  const prices = writtenPrices(tariff.import);
  if (prices.length === 0) return [];
  const dearest = Math.max(...prices) + (tariff.import?.adderPerKwh ?? 0);
  const least = Math.min(
    ...connectors.map(({ priority }) => priority),
    ...Object.values(drivers).flatMap(({ priority }) => priority ?? []),
  );
  const worth = objective.unmetPerKwh * objective.priorityFactor ** (least - 1);
  if (worth > dearest) return [];
  const lowered = least === 1 ? '' : ` (${rounded(worth)} at priority ${least})`;
  const message = `must be above the dearest price, which is ${rounded(dearest)}${lowered}; else cars stay short of energy`;
  return [finding(['objective', 'unmetPerKwh'], message)];
}

function writtenPrices(given: Import | undefined): readonly number[] {
  if (given === undefined) return [];
  return [...(given.perKwh === undefined ? [] : [given.perKwh]), ...(given.periods ?? []).map(({ perKwh }) => perKwh)];
}

const rounded = (money: number): number => Math.round(money * 1e6) / 1e6;

function shortLease({ site, output }: WrittenSite): readonly Finding[] {
  const everyS = site.reoptimize.everyMinutes * 60;
  if (output.leaseS > everyS) return [];
  const message = `must be longer than the ${everyS} s of site.reoptimize.everyMinutes; else a profile ends before it is renewed`;
  return [finding(['output', 'leaseS'], message)];
}

function lonelyKeys({ objective, tree, calendar, output }: WrittenSite): readonly Finding[] {
  const contract = tree.some(({ contractKw }) => contractKw !== undefined);
  return [
    ...(objective.peakPolicy === 'hard' && !contract
      ? [finding(['objective', 'peakPolicy'], 'hard needs contractKw at a node of the tree')]
      : []),
    ...(calendar !== undefined && !output.offlineSafeProfile
      ? [finding(['calendar'], 'needs output.offlineSafeProfile: between the pauses, chargers have their safe share')]
      : []),
  ];
}

/** No idTag stands in a message: it is logged. */
function ambiguousDrivers({ drivers }: WrittenSite): readonly Finding[] {
  const seen = new Set<string>();
  return Object.keys(drivers).flatMap((idTag) => {
    const low = idTag.toLowerCase();
    const isTwin = seen.has(low);
    seen.add(low);
    const message = 'differs from one above only in case, and idTags are told apart without it';
    return isTwin ? [{ path: ['drivers', idTag], at: 'key', message } as const] : [];
  });
}

/** The optimizer tells of connectors that stand twice, but knows no case. */
function ambiguousConnectors({ connectors }: WrittenSite): readonly Finding[] {
  return connectors.flatMap(({ chargePoint }, index) => {
    const low = chargePoint.toLowerCase();
    const twin = connectors.slice(0, index).find((other) => other.chargePoint.toLowerCase() === low);
    if (twin === undefined || twin.chargePoint === chargePoint) return [];
    const message = `differs from ${JSON.stringify(twin.chargePoint)} only in case, and chargers are told apart without it`;
    return [finding(['connectors', index, 'chargePoint'], message)];
  });
}

const phaseLetters = ['L1', 'L2', 'L3'] as const;

/** A fuse that is larger than the one above it does not protect what that one must. */
function weakParents({ tree }: WrittenSite): readonly Finding[] {
  return tree.flatMap((node, index) => {
    const above = tree.find(({ id }) => id === node.parent);
    if (above === undefined) return [];
    const phase = phaseLetters.find((_letter, at) => ampere(node, at) > ampere(above, at));
    if (phase === undefined) return [];
    const at = phaseLetters.indexOf(phase);
    const message = `${ampere(node, at)} A on ${phase} is above the ${ampere(above, at)} A of ${JSON.stringify(above.id)}, which holds`;
    return [finding(['tree', index, 'maxCurrentA'], message)];
  });
}

type Node = WrittenSite['tree'][number];

const ampere = ({ maxCurrentA }: Node, at: number): number => maxCurrentA[at] ?? maxCurrentA[0] ?? 0;

function unknownChargers({ connectors }: WrittenSite, settings: Settings): readonly Finding[] {
  const { chargers, unknownChargers: strangers } = settings;
  if (strangers === 'accept') return [];
  const known = Object.keys(chargers);
  const told = new Set<string>();
  return connectors.flatMap(({ chargePoint }, index) => {
    if (listedIdentity(settings, chargePoint) !== undefined || told.has(chargePoint)) return [];
    told.add(chargePoint);
    const hint = suggest(chargePoint, known);
    const message = `no charger is called ${JSON.stringify(chargePoint)}${hint === '' ? '; it is planned once it is adopted' : hint}`;
    return [finding(['connectors', index, 'chargePoint'], message)];
  });
}
