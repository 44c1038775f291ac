import type { Config } from '../config/load.ts';
import type { ReadConfig } from './read-config.ts';

/** The config, and the models of chargers that it works with. */
export type Settings = Pick<ReadConfig, 'config' | 'models'>;

/** Works out what other settings mean for one part, which may throw; the returned function, which may not, makes it so. */
export type Follower = (next: Settings) => () => void;

/**
 * The settings that hold now. Parts read them when they need them, or keep what follows from them by `derive`; so a change
 * reaches all of them in one turn of the event loop, or none.
 */
export class CurrentConfig {
  #settings: Settings;
  readonly #followers: Follower[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get config(): Config {
    return this.#settings.config;
  }

  /** Followers change over in the order in which they came. */
  follow(follower: Follower): void {
    this.#followers.push(follower);
  }

  /** What follows from the settings, worked out once for each of them. */
  derive<T>(work: (settings: Settings) => T): () => T {
    let value = work(this.#settings);
    this.follow((next) => {
      const other = work(next);
      return () => {
        value = other;
      };
    });
    return () => value;
  }

  /** The same as an object: its members are those of the present settings whenever they are read. The first has them all. */
  live<T extends object>(work: (settings: Settings) => T): T {
    const present = this.derive(work);
    const members = Object.keys(present()).map((name) => {
      const get = () => present()[name as keyof T];
      return [name, { enumerable: true, get }] as const;
    });
    return Object.defineProperties({}, Object.fromEntries(members)) as T;
  }

  /** Changes over to other settings. Throws what a part throws that cannot: then everything stays as it was. */
  change(next: Settings): void {
    const changes = this.#followers.map((follower) => follower(next));
    this.#settings = next;
    for (const change of changes) change();
  }
}
