import type { Environment } from './contents.ts';
import type { JsonSchema } from './field.ts';
import { type KeyPath, type Mistake, type Place, type Sources, sourceKey } from './place.ts';
import { isSection, schemaBelow, valueAt, withValue } from './shape.ts';
import { suggest } from './suggestion.ts';

const PREFIX = 'OCPP_EDGE__';

/** The variable that overrides the value at `path`. */
export const variableOf = (path: KeyPath): string => PREFIX + path.join('__').toUpperCase();

export type Overridden = {
  readonly data: unknown;
  readonly sources: Sources;
  readonly mistakes: readonly Mistake[];
};

/**
 * Puts variables such as `OCPP_EDGE__CSMS__URL` over what the file says. Case and single underscores in a key do not
 * count (`MAX_BODY_BYTES` is maxBodyBytes); groups and chargers can be named if the file has them.
 */
export function applyEnvironment(schema: JsonSchema, data: unknown, sources: Sources, env: Environment): Overridden {
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name] !== undefined);
  const start: Overridden = { data, sources, mistakes: [] };
  return names.toSorted().reduce((so, name) => override(schema, so, name, env[name] ?? ''), start);
}

function override(schema: JsonSchema, so: Overridden, name: string, value: string): Overridden {
  const place: Place = { kind: 'env', name };
  const found = findKey(schema, so.data, name.slice(PREFIX.length).split('__'));
  if (found.kind === 'unknown') {
    return { ...so, mistakes: [...so.mistakes, { place, path: found.path, message: found.message }] };
  }
  const { path, schema: field } = found;
  return {
    data: withValue(so.data, path, parseText(field, value)),
    sources: {
      ...so.sources,
      keys: new Map(so.sources.keys).set(sourceKey(path), place),
      values: new Map(so.sources.values).set(sourceKey(path), place),
    },
    mistakes: so.mistakes,
  };
}

type Found =
  | { readonly kind: 'found'; readonly path: KeyPath; readonly schema: JsonSchema }
  | { readonly kind: 'unknown'; readonly path: KeyPath; readonly message: string };

function findKey(root: JsonSchema, data: unknown, segments: readonly string[]): Found {
  let schema = root;
  let path: KeyPath = [];
  for (const segment of segments) {
    const candidates = keysBelow(schema, valueAt(data, path));
    const key = candidates.find((candidate) => plain(candidate) === plain(segment));
    const below = key === undefined ? undefined : schemaBelow(schema, key);
    if (key === undefined || below === undefined) {
      return { kind: 'unknown', path, message: `no key is called ${segment}${suggest(segment, candidates)}` };
    }
    schema = below;
    path = [...path, key];
  }
  if (schema.type === 'object' || schema.type === 'array') {
    return {
      kind: 'unknown',
      path,
      message: 'only single values can be set from the environment, no lists or sections',
    };
  }
  return { kind: 'found', path, schema };
}

function keysBelow(schema: JsonSchema, value: unknown): readonly string[] {
  if (schema.properties !== undefined) return Object.keys(schema.properties);
  return isSection(value) ? Object.keys(value) : [];
}

const plain = (key: string): string => key.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();

/** Text that is not of the field's type stays text: the validator then tells what is wrong with it. */
function parseText(field: JsonSchema, value: string): unknown {
  switch (field.type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'string':
    case 'array':
    case 'object':
      return value;
  }
}
