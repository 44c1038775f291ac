import { resolve } from 'node:path';
import type { JsonSchema } from './field.ts';
import type { KeyPath } from './place.ts';

/** A section, list or file of settings as read, before anything vouches for its shape. */
type Section = Readonly<Record<string, unknown>>;

export const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an own key: an identity may be called `constructor`. */
export const ownValue = <V>(section: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(section, key) ? section[key] : undefined;

/** The schema of what stands below `step`, if the schema knows it. */
export function schemaBelow(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  if (typeof step === 'number') return schema.items;
  const named = schema.additionalProperties;
  return ownValue(schema.properties ?? {}, step) ?? (named === false ? undefined : named);
}

/** The schema at `path`, if the schema knows it. */
export function schemaAt(schema: JsonSchema, path: KeyPath): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((at, step) => at && schemaBelow(at, step), schema);
}

/** The value at `path`, if there is one. */
export function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) return typeof step === 'number' ? at[step] : undefined;
    return isSection(at) ? ownValue(at, String(step)) : undefined;
  }, data);
}

/** A copy of `data` with `value` at `path`; sections on the way are made. `undefined` takes the key away. */
export function withValue(data: unknown, path: KeyPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(data)) {
    const items = data.map((item: unknown, index) => (index === step ? withValue(item, rest, value) : item));
    return items.filter((item) => item !== undefined);
  }
  const section = isSection(data) ? data : {};
  const inner = withValue(ownValue(section, String(step)), rest, value);
  const others = Object.entries(section).filter(([key]) => key !== String(step));
  return Object.fromEntries(inner === undefined ? others : [...others, [String(step), inner]]);
}

/**
 * Spells out what may be written shorter: one value stands for a list of one, a word for what is not written, and the
 * paths of files are relative to `folder`, the one that the config file lies in.
 */
export function spellOut(schema: JsonSchema, data: unknown, folder: string): unknown {
  if (schema.word !== undefined && data === schema.word) return undefined;
  if (schema.items !== undefined) {
    const { items } = schema;
    return (Array.isArray(data) ? data : [data]).map((item: unknown) => spellOut(items, item, folder));
  }
  if (typeof data === 'string') return spellOutPath(schema, data, folder);
  if (!isSection(data)) return data;
  const entries = Object.entries(data).map(([key, value]) => {
    const below = schemaBelow(schema, key);
    return [key, below === undefined ? value : spellOut(below, value, folder)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function spellOutPath({ format }: JsonSchema, value: string, folder: string): string {
  if (format === 'folder' || format === 'file') return resolve(folder, value);
  if (format === 'pem-file' || format === 'pem-key-file') return value.includes('\n') ? value : resolve(folder, value);
  if (format !== 'secret-reference' || !value.startsWith('file:')) return value;
  return `file:${resolve(folder, value.slice('file:'.length))}`;
}

/** Every text in `data` whose schema names a format. */
export function formattedTexts(
  schema: JsonSchema,
  data: unknown,
  path: KeyPath = [],
): readonly { readonly path: KeyPath; readonly format: string; readonly value: string }[] {
  if (typeof data === 'string')
    return schema.format === undefined ? [] : [{ path, format: schema.format, value: data }];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(data)
    ? data.map((item: unknown, index) => [index, item] as const)
    : Object.entries(isSection(data) ? data : {});
  return entries.flatMap(([step, value]) => {
    const below = schemaBelow(schema, step);
    return below === undefined ? [] : formattedTexts(below, value, [...path, step]);
  });
}
