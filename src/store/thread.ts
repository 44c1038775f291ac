import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Log } from '../gateway/ports.ts';
import type { ThreadOptions } from './crossing.ts';
import { rememberHot } from './remembering.ts';
import { ThreadLine } from './thread-line.ts';
import { type Verbs, verbsOver } from './verbs.ts';

/**
 * Opens the data folder as `openStore` does, in a thread of its own: neither SQLite's work nor a slow disk holds up the
 * event loop. Errors arrive as what they are.
 */
export async function openStoreThread(options: ThreadOptions & { readonly log: Log }): Promise<Verbs> {
  const { log, ...crossing } = options;
  const line = new ThreadLine(workerThread({ workerData: crossing }), log);
  try {
    await line.opened;
  } catch (error) {
    await line.end();
    throw error;
  }
  const verbs = verbsOver((verb, input) => line.ask(verb, input));
  const inCompany = verbsOver((verb, input) => line.ask(verb, input, true));
  const end = async (): Promise<void> => {
    try {
      await verbs.close();
    } finally {
      await line.end();
    }
  };
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ended ??= end();
    return ended;
  };
  const health = () => (line.holds() ? verbs.health() : Promise.resolve({ writable: false, walBytes: 0 }));
  // That the CSMS has a message is nobody's news but the pump's.
  const complete: Verbs['complete'] = (seq, epoch, outcome) =>
    (outcome.kind === 'delivered' ? inCompany : verbs).complete(seq, epoch, outcome);
  return { ...rememberHot({ ...verbs, complete }), health, close };
}

/** The build has .js files; for sources the thread needs tsx, which does not take over its hooks by itself. */
function workerThread(options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options);
  const tsxFolder = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = new URL('dist/esm/api/index.mjs', tsxFolder).href;
  const source = new URL('./worker.ts', import.meta.url).href;
  const start = `import('${tsx}').then(({ register }) => (register(), import('${source}')))`;
  return new Worker(start, { ...options, eval: true });
}
