import type { JsonSchema } from './field.ts';
import { textFormats } from './formats.ts';
import type { KeyPath } from './place.ts';
import { isSection, ownValue } from './shape.ts';

/** What breaks a schema; a key that is unknown, missing or badly named stands, or should, in the section at `path`. */
export type Violation =
  | { readonly kind: 'unknownKey' | 'missingKey' | 'badName'; readonly path: KeyPath; readonly key: string }
  | { readonly kind: 'twice'; readonly path: KeyPath }
  | BadValue;

export type BadValue = {
  readonly kind: 'badValue';
  readonly path: KeyPath;
  readonly value: unknown;
  readonly schema: JsonSchema;
  readonly keyword: ValueKeyword;
};

type Words = 'description' | 'default' | 'examples' | 'word';
type Structure = 'items' | 'uniqueItems' | 'properties' | 'required' | 'propertyNames' | 'additionalProperties';

/** The keywords that a single value can break: one that is new in the language of the schema needs its check here. */
type ValueKeyword = Exclude<Extract<keyof JsonSchema, string>, Words | Structure>;

/** Every violation of a schema in `data`, whose missing values are filled in by their defaults on the way. */
export function violationsIn(schema: JsonSchema, data: unknown, path: KeyPath = []): readonly Violation[] {
  // Defaults are sound; some checks load much, such as all time zones.
  if (data !== undefined && data === schema.default) return [];
  const broken = valueKeywords.filter((keyword) => breaks[keyword](schema, data));
  const own = broken.map((keyword) => ({ kind: 'badValue', path, value: data, schema, keyword }) as const);
  if (Array.isArray(data) && schema.type === 'array') return [...own, ...inList(schema, data, path)];
  if (isWritten(data) && schema.type === 'object') return [...own, ...inSection(schema, data, path)];
  return own;
}

/** A keyword about texts or numbers says nothing of other values. */
const breaks: Readonly<Record<ValueKeyword, (schema: JsonSchema, value: unknown) => boolean>> = {
  // Where there are choices, they say more than the type.
  type: (schema, value) => schema.enum === undefined && !isOfType(schema, value),
  enum: (schema, value) => schema.enum !== undefined && !schema.enum.some((choice) => choice === value),
  format: ({ format }, value) =>
    format !== undefined && typeof value === 'string' && textFormats[format]?.test(value) !== true,
  minLength: ({ minLength = 0 }, value) => typeof value === 'string' && value.length < minLength,
  minimum: ({ minimum = -Infinity }, value) => isNumber(value) && value < minimum,
  maximum: ({ maximum = Infinity }, value) => isNumber(value) && value > maximum,
  minItems: ({ minItems = 0 }, value) => Array.isArray(value) && value.length < minItems,
  maxItems: ({ maxItems = Infinity }, value) => Array.isArray(value) && value.length > maxItems,
};

const valueKeywords = Object.keys(breaks) as readonly ValueKeyword[];

const isNumber = (value: unknown): value is number => Number.isFinite(value);

function isOfType({ type }: JsonSchema, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return isNumber(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isSection(value);
  }
}

function inList({ items, uniqueItems }: JsonSchema, list: readonly unknown[], path: KeyPath): readonly Violation[] {
  if (items === undefined) return [];
  const inside = list.flatMap((item, index) => violationsIn(items, item, [...path, index]));
  const isTwin = (item: unknown, index: number) => isOfType(items, item) && list.indexOf(item) < index;
  const second = uniqueItems === true ? list.findLastIndex(isTwin) : -1;
  return second === -1 ? inside : [...inside, { kind: 'twice', path: [...path, second] }];
}

type Written = Record<string, unknown>;

const isWritten = (value: unknown): value is Written => isSection(value);

function inSection(schema: JsonSchema, section: Written, path: KeyPath): readonly Violation[] {
  const { properties = {}, required = [], additionalProperties: others } = schema;
  fillIn(properties, section);
  const missing = required.filter((key) => ownValue(section, key) === undefined);
  return [
    ...missing.map((key) => ({ kind: 'missingKey', path, key }) as const),
    ...Object.entries(section).flatMap(([key, value]) => {
      const known = ownValue(properties, key);
      if (known !== undefined) return value === undefined ? [] : violationsIn(known, value, [...path, key]);
      if (others === false) return [{ kind: 'unknownKey', path, key } as const];
      const named = isName(schema, key) ? [] : [{ kind: 'badName', path, key } as const];
      return others === undefined ? named : [...named, ...violationsIn(others, value, [...path, key])];
    }),
  ];
}

function fillIn(properties: Readonly<Record<string, JsonSchema>>, section: Written): void {
  for (const [key, field] of Object.entries(properties)) {
    if (field.default === undefined || ownValue(section, key) !== undefined) continue;
    section[key] = structuredClone(field.default);
  }
}

function isName({ propertyNames }: JsonSchema, key: string): boolean {
  return propertyNames === undefined || new RegExp(propertyNames.pattern, 'u').test(key);
}
