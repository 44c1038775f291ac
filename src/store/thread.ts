import type { Log } from '../gateway/ports.ts';
import type { ThreadOptions } from './crossing.ts';
import { startThread } from '../threads/own-thread.ts';
import { rememberHot } from './remembering.ts';
import { ThreadLine } from './thread-line.ts';
import { type Verbs, verbsOver } from './verbs.ts';

/** Rows live for a moment only: V8's default would gather 25 MB of them before it looks, for no gain in time. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

/**
 * Opens the data folder as `openStore` does, in a thread of its own: neither SQLite's work nor a slow disk holds up the
 * event loop. Errors arrive as what they are.
 */
export async function openStoreThread(options: ThreadOptions & { readonly log: Log }): Promise<Verbs> {
  const { log, ...crossing } = options;
  const line = new ThreadLine(
    startThread(new URL('./worker.ts', import.meta.url), { workerData: crossing, resourceLimits }),
    log,
  );
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
