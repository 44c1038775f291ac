import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMistake } from '../../../src/config/place.ts';
import { type LoadedSite, loadSites } from '../../../src/config/sites.ts';
import { MINIMAL, soundConfig, temporaryFolder } from './written-config.ts';

/** The shortest sound site file; it has three lines. */
export const SHORTEST = `site: { id: depot }
tree: [{ id: main, maxCurrentA: 63 }]
connectors: [{ chargePoint: CP-1 }]
`;

/** A config whose sites lie in `folder`; `more` is put below. */
export function configWithSites(folder: string, more = 'unknownChargers: accept\n') {
  return soundConfig(`${MINIMAL}charging: { sitesFolder: "${folder}" }\n${more}`);
}

/** Writes site files into a folder of their own and loads them. */
export function loadSiteFiles(files: Readonly<Record<string, string>>, more?: string, folder = temporaryFolder()) {
  for (const [name, yaml] of Object.entries(files)) writeFileSync(join(folder, name), yaml);
  const loaded = loadSites(configWithSites(folder, more));
  const found = loaded.kind === 'refused' ? loaded.mistakes : loaded.warnings;
  const words = found.map((mistake) => describeMistake(mistake).replaceAll(`${folder}/`, ''));
  return { kind: loaded.kind, words, sites: loaded.kind === 'loaded' ? loaded.sites : [] };
}

/** What is wrong with one site file. */
export const siteMistakes = (yaml: string): readonly string[] => {
  const { kind, words } = loadSiteFiles({ 'depot.yaml': yaml });
  return kind === 'refused' ? words : [];
};

/** The site of one file, which must be sound. */
export function soundSite(yaml: string): LoadedSite {
  const { sites, words } = loadSiteFiles({ 'depot.yaml': yaml });
  const [site] = sites;
  if (site === undefined) throw new Error(words.join('\n'));
  return site;
}
