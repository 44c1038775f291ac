import { type Effect, effectOf, type JsonSchema } from './field.ts';
import type { Config } from './load.ts';
import { describePlace, type KeyPath, sourceKey, type Sources } from './place.ts';
import { settingsSchema } from './schema.ts';
import { isSection, ownValue, schemaBelow } from './shape.ts';

/** A single value or list of the config, with where it was said. */
export type EffectiveValue = {
  readonly path: KeyPath;
  /** Undefined: there is none. Secrets are references. */
  readonly value: unknown;
  /** `default`, `env NAME` or `file:line:column`. */
  readonly source: string;
  readonly effect: Effect;
  readonly description: string;
};

/**
 * Every key that holds, in the order of the reference; of groups and chargers, only what is written. `sourcesOf` tells for
 * a key in which reading of the file it was said.
 */
export function effectiveValues(config: Config, sourcesOf: (path: KeyPath) => Sources): readonly EffectiveValue[] {
  const inside = (schema: JsonSchema, section: unknown, path: KeyPath): readonly EffectiveValue[] => {
    const named = schema.properties === undefined;
    const keys = named ? Object.keys(isSection(section) ? section : {}) : Object.keys(schema.properties);
    return keys.flatMap((key) => {
      const below = schemaBelow(schema, key);
      const value = isSection(section) ? ownValue(section, key) : undefined;
      return below === undefined ? [] : valuesAt(below, value, [...path, key]);
    });
  };
  const valuesAt = (schema: JsonSchema, value: unknown, path: KeyPath): readonly EffectiveValue[] => {
    // groups and chargers say only what differs: what they leave out stands in the wider section
    const isOverride = path.length > 2 && (path[0] === 'groups' || path[0] === 'chargers');
    if (value === undefined && (schema.type === 'object' || isOverride)) return [];
    if (schema.type === 'object') return inside(schema, value, path);
    const place = sourcesOf(path).values.get(sourceKey(path));
    const source = place === undefined ? 'default' : describePlace(place);
    return [{ path, value, source, effect: effectOf(schema) ?? 'restart', description: schema.description }];
  };
  return inside(settingsSchema, config, []);
}
