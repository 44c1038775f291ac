import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../config/contents.ts';
import { type LoadedConfig, loadConfig, type RefusedConfig } from '../config/load.ts';
import type { Mistake } from '../config/place.ts';
import { suggest } from '../config/suggestion.ts';
import { placed } from '../config/validation.ts';
import { type ChargerModel, loadModelsFor, namesModels, shippedModels } from '../config/models.ts';
import type { LoadedSite, LoadedSites, RefusedSites } from '../config/sites.ts';
import { packageRoot } from './package.ts';

export type ReadConfig = LoadedConfig & {
  /** Read when a charger first needs one, unless the config names some. */
  readonly models: () => readonly ChargerModel[];
  readonly sites: readonly LoadedSite[];
};

/** Everything that is set in files and the environment: the config, the charger models and the sites that it works with. */
export async function readConfig(file: string, env: Environment): Promise<ReadConfig | RefusedConfig> {
  const loaded = loadConfig(file, env);
  if (loaded.kind === 'refused') return loaded;
  const files = [...loaded.files, ...modelFiles(loaded.config.charging.modelsFolder)];
  const models = modelsOf(loaded);
  const sites = await sitesOf(loaded);
  if (models.kind === 'refused' || sites.kind === 'refused') {
    const mistakes = [models, sites].flatMap((part) => (part.kind === 'refused' ? part.mistakes : []));
    return { kind: 'refused', mistakes, files };
  }
  const mistakes = siteOfController(loaded, sites.sites);
  if (mistakes.length > 0) return { kind: 'refused', mistakes, files };
  const warnings = [...loaded.warnings, ...sites.warnings];
  return { ...loaded, models: models.models, sites: sites.sites, warnings, files };
}

/** The folder stands for the files of which there is none yet. */
function modelFiles(folder: string | undefined): readonly string[] {
  if (folder === undefined) return [];
  return [folder, ...(existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name))];
}

function modelsOf(loaded: LoadedConfig) {
  const shippedFolder = join(packageRoot, 'config', 'models');
  if (!namesModels(loaded.config)) {
    let read: readonly ChargerModel[] | undefined;
    const models = () => (read ??= shippedModels(shippedFolder));
    return { kind: 'loaded', models } as const;
  }
  const result = loadModelsFor(loaded, shippedFolder);
  return result.kind === 'refused' ? result : ({ kind: 'loaded', models: () => result.models } as const);
}

/** What reads sites is loaded only if there are some. */
async function sitesOf({ config }: LoadedConfig): Promise<LoadedSites | RefusedSites> {
  if (config.charging.sitesFolder === undefined) return { kind: 'loaded', sites: [], warnings: [] };
  const { loadSites } = await import('../config/sites.ts');
  return loadSites(config);
}

/** The Local Controller stands for a site that is there, and for one that can be limited as a whole. */
function siteOfController({ config, sources }: LoadedConfig, sites: readonly LoadedSite[]): readonly Mistake[] {
  const { controller } = config;
  if (controller === undefined) return [];
  const mistake = (key: string, message: string) => [
    placed(sources)({ path: ['controller', key], at: 'value', message }),
  ];
  const ids = sites.map(({ read }) => read.site.id);
  const named = controller.site ?? (ids.length === 1 ? ids[0] : undefined);
  const chosen = sites.find(({ read }) => read.site.id === named);
  if (chosen === undefined && controller.site !== undefined) {
    return mistake('site', `no site is called ${JSON.stringify(controller.site)}${suggest(controller.site, ids)}`);
  }
  if (chosen === undefined)
    return ids.length === 0 ? [] : mistake('identity', `needs site beside it: ${ids.join(', ')}`);
  const roots = chosen.read.site.tree.filter(({ parent }) => parent === undefined);
  if (roots.length === 1) return [];
  return mistake(
    'site',
    `${JSON.stringify(named)} has ${roots.length} roots, and one limit cannot hold for all of them`,
  );
}
