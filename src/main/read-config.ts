import { join } from 'node:path';
import type { Environment } from '../config/contents.ts';
import { type LoadedConfig, loadConfig, type RefusedConfig } from '../config/load.ts';
import { type ChargerModel, loadModelsFor } from '../config/models.ts';
import { packageRoot } from './package.ts';

export type ReadConfig = LoadedConfig & { readonly models: readonly ChargerModel[] };

/** Everything that is set in files and the environment: the config, and the charger models that it works with. */
export function readConfig(file: string, env: Environment): ReadConfig | RefusedConfig {
  const loaded = loadConfig(file, env);
  if (loaded.kind === 'refused') return loaded;
  const models = loadModelsFor(loaded, join(packageRoot, 'config', 'models'));
  return models.kind === 'refused' ? models : { ...loaded, models: models.models };
}
