import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `config/gateway.yaml` of this package, as seen from the working directory when it lies below it. */
export function defaultConfigFile(): string {
  const file = join(packageFolder(dirname(fileURLToPath(import.meta.url))), 'config', 'gateway.yaml');
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}

/** Sources run from src/, the build from dist/src/. */
function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) || dirname(folder) === folder
    ? folder
    : packageFolder(dirname(folder));
}
