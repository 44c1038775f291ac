import { isDeepStrictEqual } from 'node:util';
import { effectiveValues } from '../config/effective.ts';
import type { Environment } from '../config/contents.ts';
import { describeMistake, describePath, type KeyPath, type Mistake, sourceKey } from '../config/place.ts';
import type { RefusedConfig } from '../config/load.ts';
import { type Transition, transition } from '../config/transition.ts';
import type { Clock, Log } from '../gateway/ports.ts';
import type { ConfigDoor, ReloadMeters } from '../operator/config-routes.ts';
import { maskText } from '../masking/mask-text.ts';
import type { ConfigView, ReloadView } from '../operator/views/config.ts';
import type { CurrentConfig } from './current-config.ts';
import { watchFiles } from './file-watch.ts';
import { type ReadConfig, readConfig } from './read-config.ts';

/** Where a config came from: what it needs to be read again. */
export type ConfigOrigin = {
  readonly file: string;
  readonly env: Environment;
  /** What was read there at the start. */
  readonly read: ReadConfig;
};

export type ReloadingParts = {
  readonly current: CurrentConfig;
  readonly origin: ConfigOrigin;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: ReloadMeters;
};

/** Who wanted the config to be read again. */
export type ReloadCause = 'file' | 'signal' | 'operator';

/**
 * Reads the config again when one of its files changes, and when somebody asks. What comes out is either right as a whole,
 * and holds from one turn of the event loop to the next, or is told as a list of mistakes and changes nothing.
 */
export class Reloading implements ConfigDoor {
  readonly #parts: ReloadingParts;
  #read: ReadConfig;
  /** Where a mistake may be mended. */
  #files: readonly string[];
  #pending: readonly KeyPath[] = [];
  #last: ReloadView = { kind: 'none', changed: [], restartNeeded: [], mistakes: [] };
  #line: Promise<unknown> = Promise.resolve();
  #endWatch: () => void = () => undefined;

  constructor(parts: ReloadingParts) {
    this.#parts = parts;
    this.#read = parts.origin.read;
    this.#files = parts.origin.read.files;
  }

  /** Looks at the files from now on. */
  watch(): void {
    const { clock, log } = this.#parts;
    const onChange = () => {
      this.reload('file').catch((cause: unknown) => log.error('config not read', {}, cause));
    };
    const watch = watchFiles({ files: () => this.#files, clock, onChange });
    this.#endWatch = () => watch.close();
  }

  close(): void {
    this.#endWatch();
  }

  last(): ReloadView {
    return this.#last;
  }

  view(): ConfigView {
    const { current, origin } = this.#parts;
    const pending = new Set(this.#pending.map(sourceKey));
    const isPending = (path: KeyPath) => path.some((_, at) => pending.has(sourceKey(path.slice(0, at + 1))));
    const sourcesOf = (path: KeyPath) => (isPending(path) ? origin.read : this.#read).sources;
    const values = effectiveValues(current.config, sourcesOf).map(({ path, value, ...rest }) => ({
      key: describePath(path),
      ...rest,
      value: typeof value === 'string' ? maskText(value) : value,
      pending: isPending(path),
    }));
    return { file: origin.file, values, reload: this.#last };
  }

  /** One at a time; each reads what is on disk when its turn comes. */
  reload(cause: ReloadCause = 'operator'): Promise<ReloadView> {
    const done = this.#line.then(() => this.#reload(cause));
    this.#line = done;
    return done;
  }

  async #reload(cause: ReloadCause): Promise<ReloadView> {
    const { origin, current, log } = this.#parts;
    try {
      const read = await readConfig(origin.file, origin.env);
      this.#files = filesOf(read);
      if (read.kind === 'refused') return this.#refuse(read.mistakes.map(describeMistake), cause);
      const next = transition(origin.read.config, current.config, read);
      if (next.kind === 'refused') return this.#refuse(next.mistakes.map(describeMistake), cause);
      return this.#apply(read, next, cause);
    } catch (thrown) {
      // a part that could not follow: none of them has changed over
      log.error('config not applied', { cause }, thrown);
      return this.#refuse([maskText(thrown instanceof Error ? thrown.message : String(thrown))], cause);
    }
  }

  #refuse(mistakes: readonly string[], cause: ReloadCause): ReloadView {
    const { clock, log, meters } = this.#parts;
    for (const mistake of mistakes) log.error('config refused', { cause, mistake });
    meters.reloaded('refused');
    const restartNeeded = this.#pending.map(describePath);
    this.#last = { kind: 'refused', atMs: clock.now(), changed: [], restartNeeded, mistakes };
    return this.#last;
  }

  #apply(read: ReadConfig, { config, changed, restartNeeded }: Transition, cause: ReloadCause): ReloadView {
    const { current, clock, log, meters } = this.#parts;
    const paths = [...changed.map(({ path }) => path), ...this.#changedModels(read)];
    const isNews = paths.length > 0 || !isDeepStrictEqual(restartNeeded, this.#pending);
    this.#read = read;
    // a file that was touched, or saved as it was
    if (!isNews && cause === 'file' && this.#last.kind !== 'refused') return this.#last;
    current.change({ config, models: read.models });
    this.#pending = restartNeeded;
    const view = { changed: paths.map(describePath), restartNeeded: restartNeeded.map(describePath) };
    for (const warning of isNews ? read.warnings : [])
      log.warn('config doubted', { warning: describeMistake(warning) });
    log.info('config reloaded', { cause, ...view });
    meters.reloaded('applied');
    meters.restartNeeded(restartNeeded.length);
    this.#last = { kind: 'applied', atMs: clock.now(), ...view, mistakes: [] };
    return this.#last;
  }

  #changedModels(read: ReadConfig): readonly KeyPath[] {
    if (read.config.charging.modelsFolder === undefined) return [];
    const same = isDeepStrictEqual(read.models(), this.#parts.current.settings.models());
    return same ? [] : [['charging', 'modelsFolder']];
  }
}

/** Where a change may matter: the files that the config names, and those that have mistakes. */
function filesOf({ files, ...read }: ReadConfig | RefusedConfig): readonly string[] {
  const mistakes = read.kind === 'refused' ? read.mistakes : [];
  return [...new Set([...files, ...mistakes.flatMap(fileOf)])];
}

const fileOf = ({ place }: Mistake): readonly string[] => (place.kind === 'file' ? [place.file] : []);
