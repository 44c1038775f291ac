import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clock, Log } from '../gateway/ports.ts';
import type { Store } from '../gateway/store-port.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type ServiceParts = {
  readonly env: Environment;
  /** Asked before each sign of life: a store that cannot be read is not healthy. A full one is. */
  readonly store: Pick<Store, 'counts'>;
  readonly clock: Clock;
  readonly log: Log;
};

/** What the service manager hears of this process. */
export interface ServiceManager {
  /** It serves; from now on the watchdog is fed, if there is one. */
  ready(): Promise<void>;
  /** Reads its config again while `work` runs, and serves all the same. */
  reloading(work: () => Promise<unknown>): Promise<void>;
  /** It ends; the watchdog is fed no longer. */
  stopping(): Promise<void>;
}

/** As in sd_notify(3): assignments such as READY=1. */
type Tell = (...states: readonly string[]) => Promise<void>;

/** systemd-notify waits 5 s for the manager itself. */
const deadlineMs = 10_000;

/**
 * The manager that started this process (systemd, Type=notify), by its environment; one that hears nothing where there is
 * none. What it could not be told is logged, and rejects nothing: it acts on its own then.
 */
export function serviceManager(parts: ServiceParts): ServiceManager {
  const { env, log } = parts;
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return unmanaged;
  const tell = loggingTell(notifier(socket, env['PATH']), log);
  const watchdog = watchdogOf(parts, tell);
  return {
    ready: async () => {
      await tell('READY=1');
      watchdog?.begin();
    },
    reloading: async (work) => {
      // sd_notify(3): the manager tells by the time which READY=1 ends this reload
      await tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
      await work();
      await tell('READY=1');
    },
    stopping: async () => {
      await watchdog?.end();
      await tell('STOPPING=1');
    },
  };
}

const unmanaged: ServiceManager = {
  ready: () => Promise.resolve(),
  reloading: async (work) => void (await work()),
  stopping: () => Promise.resolve(),
};

/** Node has no datagram sockets in the file system, so a small program of systemd's sends them. */
function notifier(socket: string, path: string | undefined): Tell {
  const run = promisify(execFile);
  // nothing else of the environment is its business
  const env = { NOTIFY_SOCKET: socket, ...(path === undefined ? {} : { PATH: path }) };
  return async (...states) => {
    await run('systemd-notify', states, { env, timeout: deadlineMs });
  };
}

function loggingTell(tell: Tell, log: Log): Tell {
  return async (...states) => {
    try {
      await tell(...states);
    } catch (cause) {
      log.error('service manager not told', { states }, cause);
    }
  };
}

/** Undefined: nobody waits for signs of life of this process. */
function watchdogOf({ env, store, clock, log }: ServiceParts, tell: Tell): Watchdog | undefined {
  const limitUs = Number(env['WATCHDOG_USEC'] ?? 0);
  const pid = env['WATCHDOG_PID'];
  const isMeant = pid === undefined || pid === String(process.pid);
  if (!(limitUs > 0) || !isMeant) return undefined;
  return new Watchdog(limitUs / 1000 / 2, { store, clock, log }, () => tell('WATCHDOG=1'));
}

/**
 * Gives a sign of life at half of the time that the watchdog waits. An event loop that is held up does not come to it; of
 * the store an answer is awaited first, however long that takes: the deadline is the watchdog's own.
 */
class Watchdog {
  readonly #everyMs: number;
  readonly #parts: Omit<ServiceParts, 'env'>;
  readonly #feed: () => Promise<void>;
  #cancel: (() => void) | undefined;
  #isAsking = false;
  #feeding: Promise<void> = Promise.resolve();

  constructor(everyMs: number, parts: Omit<ServiceParts, 'env'>, feed: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#parts = parts;
    this.#feed = feed;
  }

  begin(): void {
    this.#cancel = this.#parts.clock.after(this.#everyMs, () => {
      this.begin();
      void this.#look();
    });
  }

  /** Resolves when no sign of life is under way any more. */
  end(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    return this.#feeding;
  }

  async #look(): Promise<void> {
    const { log } = this.#parts;
    if (this.#isAsking) return log.warn('watchdog not fed', { reason: 'the store has not answered yet' });
    this.#isAsking = true;
    const isWell = await this.#storeAnswers();
    this.#isAsking = false;
    if (isWell && this.#cancel !== undefined) this.#feeding = this.#feeding.then(() => this.#feed());
  }

  async #storeAnswers(): Promise<boolean> {
    const { store, log } = this.#parts;
    try {
      await store.counts();
      return true;
    } catch (error) {
      // at the end the store is closed before the answer comes
      if (this.#cancel !== undefined) log.warn('watchdog not fed', { error });
      return false;
    }
  }
}
