import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ScenarioError } from '../../optimizer/scenario-form.ts';
import { type ReadSite, readSite } from '../../optimizer/scenario-site.ts';
import type { ValueOf } from './field.ts';
import { notIn } from './load.ts';
import { byPlace, type KeyPath, type Mistake, placeOf, type Sources } from './place.ts';
import type { Settings } from './schema.ts';
import { siteFileSchema } from './sections/site.ts';
import { spellOut } from './shape.ts';
import { findSiteContradictions, findSiteDoubts } from './site-consistency.ts';
import { systemProblem } from './system-problem.ts';
import { type Finding, placed, validatorOf } from './validation.ts';
import { readYamlFile } from './yaml-source.ts';

/** What a site file says, defaults filled in. */
export type WrittenSite = ValueOf<typeof siteFileSchema>;

/** A site file whose every key makes sense. */
export type LoadedSite = {
  readonly file: string;
  readonly sources: Sources;
  readonly written: WrittenSite;
  /** The same as the optimizer reads it. */
  readonly read: ReadSite;
};

export type LoadedSites = {
  readonly kind: 'loaded';
  readonly sites: readonly LoadedSite[];
  readonly warnings: readonly Mistake[];
};

export type RefusedSites = { readonly kind: 'refused'; readonly mistakes: readonly Mistake[] };

/** The names of the site files in a folder, in order. Throws what the operating system objects to. */
export function siteFileNames(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('.'))
    .toSorted();
}

/**
 * Reads every `*.yaml` of `charging.sitesFolder`; without that folder there are no sites. All mistakes are found at
 * once, and one is enough to refuse them all: sites share chargers. Throws nothing but our own bugs.
 */
export function loadSites(settings: Settings): LoadedSites | RefusedSites {
  const { sitesFolder } = settings.charging;
  if (sitesFolder === undefined) return { kind: 'loaded', sites: [], warnings: [] };
  let names: readonly string[];
  try {
    names = siteFileNames(sitesFolder);
  } catch (error) {
    const place = { kind: 'file', file: sitesFolder, line: 1, column: 1 } as const;
    return { kind: 'refused', mistakes: [{ place, path: [], message: `the folder of sites ${systemProblem(error)}` }] };
  }
  const read = names.map((name) => readSiteFile(join(sitesFolder, name)));
  const sites = read.flatMap(({ site }) => (site === undefined ? [] : [site]));
  const mistakes = [...read.flatMap((one) => one.mistakes), ...sharedNames(sites)];
  if (mistakes.length > 0) return { kind: 'refused', mistakes };
  const warnings = sites.flatMap(({ written, sources }) =>
    findSiteDoubts(written, settings).map(placed(sources)).toSorted(byPlace),
  );
  return { kind: 'loaded', sites, warnings };
}

type ReadFile = { readonly site: LoadedSite | undefined; readonly mistakes: readonly Mistake[] };

const validate = validatorOf(siteFileSchema);

function readSiteFile(file: string): ReadFile {
  const yaml = readYamlFile(file);
  if (yaml.kind === 'broken') return { site: undefined, mistakes: yaml.mistakes };
  const { sources } = yaml;
  const { value: written, findings } = validate(spellOut(siteFileSchema, yaml.data, dirname(file)));
  if (written === undefined) return { site: undefined, mistakes: findings.map(placed(sources)).toSorted(byPlace) };
  const told = readWritten(written);
  const more = [...told.findings, ...findSiteContradictions(written)].filter(notIn(findings));
  const mistakes = [...findings, ...more].map(placed(sources)).toSorted(byPlace);
  const site = mistakes.length > 0 || told.read === undefined ? undefined : { file, sources, written, read: told.read };
  return { site, mistakes };
}

/** The optimizer's own reading: defaults, and what no single key shows. */
function readWritten(written: WrittenSite): {
  readonly read: ReadSite | undefined;
  readonly findings: readonly Finding[];
} {
  try {
    return { read: readSite(forOptimizer(written), ''), findings: [] };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return { read: undefined, findings: error.violations.map(findingOf) };
  }
}

/** The keys that a plan depends on; one value for all phases is written as such. */
function forOptimizer({ site, tree, connectors, defaults, tariff, pv, ...rest }: WrittenSite): unknown {
  const { reoptimize: _when, ...general } = site;
  const { objective, engine, output, calendar } = rest;
  const { import: given, ...otherTariff } = tariff;
  const { file: _file, url: _url, cron: _cron, unit: _unit, ...price } = given ?? {};
  return {
    site: general,
    tree: tree.map((node) => ({
      ...node,
      maxCurrentA: node.maxCurrentA.length === 1 ? node.maxCurrentA[0] : node.maxCurrentA,
    })),
    connectors,
    defaults,
    tariff: { ...otherTariff, ...(given === undefined ? {} : { import: price }) },
    pv: { surplusOnly: pv.surplusOnly },
    objective,
    engine,
    output,
    ...(calendar === undefined ? {} : { calendar }),
  };
}

/** `tree[1].parent: expected …` at the place of that key. */
function findingOf(violation: string): Finding {
  const [, path = '', message = violation] = /^\.?([\w.[\]]+):? (.*)$/s.exec(violation) ?? [];
  return { path: stepsOf(path), at: 'value', message };
}

function stepsOf(path: string): KeyPath {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}

/** Two files that claim one name, or one connector. */
function sharedNames(sites: readonly LoadedSite[]): readonly Mistake[] {
  const taken = new Map<string, string>();
  return sites.flatMap(({ file, sources, written }) => {
    const own = [
      { claim: `site ${written.site.id}`, path: ['site', 'id'], what: `the site ${JSON.stringify(written.site.id)}` },
      ...written.connectors.map(({ chargePoint, connector }, index) => ({
        // case does not tell chargers apart
        claim: `connector ${chargePoint.toLowerCase()}/${connector}`,
        path: ['connectors', index],
        what: `connector ${connector} of ${JSON.stringify(chargePoint)}`,
      })),
    ];
    return own.flatMap(({ claim, path, what }) => {
      const first = taken.get(claim);
      taken.set(claim, first ?? file);
      if (first === undefined || first === file) return [];
      return [{ place: placeOf(sources, path), path, message: `${what} stands in ${first} already` }];
    });
  });
}
