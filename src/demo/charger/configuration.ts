import type { Payload } from '../payload.ts';

/** The keys that a charger has, with the values that it leaves the factory with. */
export type ConfigurationKeys = {
  readonly changeable: Readonly<Record<string, string>>;
  readonly fixed: Readonly<Record<string, string>>;
  /** Keys of the maker that hold the largest current of a connector, A per phase, up to what it is built for. */
  readonly currents: Readonly<Record<string, { readonly connector: number; readonly maxA: number }>>;
};

type Setting = { readonly value: string; readonly readonly: boolean };

/** The configuration keys of a charger (OCPP 1.6 §9) that this one has. */
export class Configuration {
  readonly #settings: Map<string, Setting>;
  readonly #currents: ConfigurationKeys['currents'];

  constructor({ changeable, fixed, currents }: ConfigurationKeys) {
    const settings = (values: Readonly<Record<string, string>>, readonly: boolean) =>
      Object.entries(values).map(([key, value]) => [key, { value, readonly }] as const);
    const factory = Object.entries(currents).map(([key, { maxA }]) => [key, String(maxA)] as const);
    this.#currents = currents;
    this.#settings = new Map([
      ...settings({ ...changeable, ...Object.fromEntries(factory) }, false),
      ...settings(fixed, true),
    ]);
  }

  /** ChangeConfiguration.conf. */
  change(key: string, value: string): Payload {
    const name = this.#nameOf(key);
    const setting = name === undefined ? undefined : this.#settings.get(name);
    if (name === undefined || setting === undefined) return { status: 'NotSupported' };
    if (setting.readonly || !this.#isPossible(name, value)) return { status: 'Rejected' };
    this.#settings.set(name, { value, readonly: false });
    return { status: 'Accepted' };
  }

  /** What the maker's key allows a connector; undefined when there is no such key. */
  maxA(connector: number): number | undefined {
    const key = Object.keys(this.#currents).find((name) => this.#currents[name]?.connector === connector);
    const setting = key === undefined ? undefined : this.#settings.get(key);
    return setting === undefined ? undefined : Number(setting.value);
  }

  /** GetConfiguration.conf; no keys asks for all. */
  read(keys: readonly string[]): Payload {
    const asked = keys.length === 0 ? [...this.#settings.keys()] : keys;
    const known = asked.flatMap((key) => this.#nameOf(key) ?? []);
    return {
      configurationKey: known.map((key) => {
        const setting = this.#settings.get(key);
        return { key, readonly: setting?.readonly ?? true, value: setting?.value ?? '' };
      }),
      unknownKey: asked.filter((key) => this.#nameOf(key) === undefined),
    };
  }

  #isPossible(name: string, value: string): boolean {
    const most = this.#currents[name]?.maxA;
    return most === undefined || (/^\d+$/.test(value) && Number(value) <= most);
  }

  // Keys are CiStrings: compared without case (OCPP 1.6 §5.3).
  #nameOf(key: string): string | undefined {
    return [...this.#settings.keys()].find((name) => name.toLowerCase() === key.toLowerCase());
  }
}
