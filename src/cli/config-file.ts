import { join, relative } from 'node:path';
import { packageRoot } from '../main/package.ts';

/** `config/gateway.yaml` of this package, as seen from the working directory when it lies below it. */
export function defaultConfigFile(): string {
  const file = join(packageRoot, 'config', 'gateway.yaml');
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}
