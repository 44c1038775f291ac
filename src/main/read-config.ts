import { join } from 'node:path';
import type { Environment } from '../config/contents.ts';
import { type LoadedConfig, loadConfig, type RefusedConfig } from '../config/load.ts';
import { type ChargerModel, loadModelsFor } from '../config/models.ts';
import { type LoadedSite, loadSites } from '../config/sites.ts';
import { packageRoot } from './package.ts';

export type ReadConfig = LoadedConfig & {
  readonly models: readonly ChargerModel[];
  readonly sites: readonly LoadedSite[];
};

/** Everything that is set in files and the environment: the config, the charger models and the sites that it works with. */
export function readConfig(file: string, env: Environment): ReadConfig | RefusedConfig {
  const loaded = loadConfig(file, env);
  if (loaded.kind === 'refused') return loaded;
  const models = loadModelsFor(loaded, join(packageRoot, 'config', 'models'));
  const sites = loadSites(loaded.config);
  if (models.kind === 'refused' || sites.kind === 'refused') {
    return {
      kind: 'refused',
      mistakes: [models, sites].flatMap((part) => (part.kind === 'refused' ? part.mistakes : [])),
    };
  }
  const warnings = [...loaded.warnings, ...sites.warnings];
  return { ...loaded, models: models.models, sites: sites.sites, warnings };
}
