import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a module, named by the URL of its source, in a thread of its own. The build has .js files; for
 * sources the thread needs tsx, which does not take over its hooks by itself.
 */
export function startThread(source: URL, options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(source.href.replace(/\.ts$/, '.js')), options);
  const tsxFolder = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = new URL('dist/esm/api/index.mjs', tsxFolder).href;
  const start = `import('${tsx}').then(({ register }) => (register(), import('${source.href}')))`;
  return new Worker(start, { ...options, eval: true });
}
