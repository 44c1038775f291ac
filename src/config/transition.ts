import { isDeepStrictEqual } from 'node:util';
import { findContradictions } from './consistency.ts';
import { type Effect, effectOf, type JsonSchema } from './field.ts';
import type { Config, LoadedConfig, RefusedConfig } from './load.ts';
import { byPlace, type KeyPath } from './place.ts';
import { type Settings, settingsSchema } from './schema.ts';
import type { Secret } from './secret.ts';
import { formattedTexts, isSection, ownValue, schemaAt, schemaBelow } from './shape.ts';
import { placed } from './validation.ts';

/** A key, or a section that came or went, which says something else than before. */
export type Change = { readonly path: KeyPath; readonly effect: Effect };

export type Transition = {
  readonly kind: 'possible';
  /** What holds from now on: of keys that need a restart, what held at the start. */
  readonly config: Config;
  readonly changed: readonly Change[];
  /** What the file says, and only the next start makes hold. */
  readonly restartNeeded: readonly KeyPath[];
};

/**
 * What becomes of a running gateway when its config is read again: `start` is what it began with, `present` what holds now.
 * Refused when the new keys make sense only along with others that need a restart.
 */
export function transition(start: Config, present: Config, loaded: LoadedConfig): Transition | RefusedConfig {
  const settings = kept(settingsSchema, start, loaded.config) as Settings;
  const contradictions = findContradictions(settings);
  if (contradictions.length > 0) {
    const mistakes = contradictions.map(placed(loaded.sources)).map((mistake) => ({
      ...mistake,
      message: `${mistake.message} (without the changes that hold from the next start only)`,
    }));
    return { kind: 'refused', mistakes: mistakes.toSorted(byPlace), files: loaded.files };
  }
  const config = { ...settings, contents: contentsOf(settings, start, loaded.config) };
  const needed = differences(start, loaded.config).filter(({ effect }) => effect === 'restart');
  return {
    kind: 'possible',
    config,
    changed: differences(present, config),
    restartNeeded: needed.map(({ path }) => path),
  };
}

/** `loaded`, with the value of `start` wherever a change would need a restart. */
function kept(schema: JsonSchema, start: unknown, loaded: unknown): unknown {
  if (!isSection(start) || !isSection(loaded)) return effectIn(schema) === 'restart' ? start : loaded;
  const keys = keysOf(schema, start, loaded);
  const entries = keys.map((key) => {
    const below = schemaBelow(schema, key);
    return [key, below && kept(below, ownValue(start, key), ownValue(loaded, key))];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** In the order of the schema, so that a config looks the same whichever way it came about. */
function keysOf(schema: JsonSchema, one: object, other: object): readonly string[] {
  return Object.keys(schema.properties ?? { ...other, ...one });
}

function contentsOf(settings: Settings, start: Config, loaded: Config): Config['contents'] {
  const contents = new Map<string, Secret>();
  for (const { path, value } of formattedTexts(settingsSchema, settings)) {
    const held = effectAt(path) === 'restart' ? start : loaded;
    const content = held.contents.get(value);
    // a file that serves both kinds of keys is the new one to both: those that need a restart have read it already
    if (content !== undefined && (held === loaded || !contents.has(value))) contents.set(value, content);
  }
  return contents;
}

/** Every key that says something else in `after`, or whose file holds something else. */
export function differences(before: Config, after: Config): readonly Change[] {
  const differ = (schema: JsonSchema, one: unknown, other: unknown, path: KeyPath): readonly Change[] => {
    if (isSection(one) && isSection(other)) {
      return keysOf(schema, one, other).flatMap((key) => {
        const below = schemaBelow(schema, key);
        return below === undefined ? [] : differ(below, ownValue(one, key), ownValue(other, key), [...path, key]);
      });
    }
    const isSame = isDeepStrictEqual(one, other) && sameContent(before, after, one);
    return isSame ? [] : [{ path, effect: effectIn(schema) }];
  };
  return differ(settingsSchema, before, after, []);
}

function sameContent(before: Config, after: Config, value: unknown): boolean {
  if (typeof value !== 'string') return true;
  const [one, other] = [before, after].map(({ contents }) => contents.get(value)?.reveal());
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

/** When a change at `path` holds. */
export function effectAt(path: KeyPath): Effect {
  const schema = schemaAt(settingsSchema, path);
  return schema === undefined ? 'restart' : effectIn(schema);
}

/** Of a section, when its coming or going holds: as late as the latest of its keys. */
function effectIn(schema: JsonSchema): Effect {
  const own = effectOf(schema);
  if (own !== undefined) return own;
  const { properties, additionalProperties: each } = schema;
  const below = [...Object.values(properties ?? {}), ...(each === undefined || each === false ? [] : [each])];
  const effects = below.map(effectIn);
  if (below.length === 0 || effects.includes('restart')) return 'restart';
  return effects.includes('reconnect') ? 'reconnect' : 'live';
}
