import { variableOf } from './environment.ts';
import type { Field, JsonSchema } from './field.ts';
import { textFormats } from './formats.ts';
import { type KeyPath, type Mistake, placeOf, placeOfKey, type Sources } from './place.ts';
import { type Settings, settingsSchema } from './schema.ts';
import { ownValue, schemaAt, withValue } from './shape.ts';
import { suggest, suggestNumber, unitOf } from './suggestion.ts';
import { type BadValue, type Violation, violationsIn } from './violations.ts';

/** A mistake whose place in the file is not looked up yet; `at` tells whether the key or its value is wrong. */
export type Finding = { readonly path: KeyPath; readonly at: 'key' | 'value'; readonly message: string };

/** Looks up where a finding stands. */
export function placed(sources: Sources): (finding: Finding) => Mistake {
  return ({ path, at, message }) => ({
    place: at === 'key' ? placeOfKey(sources, path) : placeOf(sources, path),
    path,
    message,
  });
}

/** `value` is absent when not even the sound part of the data can be used. */
export type Validated<Value> = { readonly value: Value | undefined; readonly findings: readonly Finding[] };

/**
 * Finds every mistake against a schema. Where there are some, wrong values give way to defaults (or, where there is none,
 * to the schema's example), so that the checks that follow can still find theirs: such a value is never used.
 */
export function validatorOf<Value>(schema: Field<Value>): (data: unknown) => Validated<Value> {
  return (data) => {
    const copy = structuredClone(data);
    const violations = violationsIn(schema, copy);
    if (violations.length === 0) return { value: copy as Value, findings: [] };
    const findings = violations.map((violation) => findingOf(schema, violation));
    const sound = structuredClone(findings.reduce((so, finding) => withoutMistake(schema, so, finding), data));
    return { value: violationsIn(schema, sound).length === 0 ? (sound as Value) : undefined, findings };
  };
}

/** Every mistake of the config file. */
export const validateSettings: (data: unknown) => Validated<Settings> = validatorOf(settingsSchema);

function withoutMistake(root: JsonSchema, data: unknown, { path }: Finding): unknown {
  return withValue(data, path, schemaAt(root, path)?.examples?.[0]);
}

function findingOf(root: JsonSchema, violation: Violation): Finding {
  const { path } = violation;
  switch (violation.kind) {
    case 'unknownKey':
      return unknownKey(root, path, violation.key);
    case 'missingKey':
      return missingKey(root, [...path, violation.key]);
    case 'badName':
      return badName(path, violation.key, schemaAt(root, path));
    case 'twice':
      return { path, at: 'value', message: 'stands twice in this list' };
    case 'badValue':
      return { path, at: 'value', message: badValue(violation) };
  }
}

function unknownKey(root: JsonSchema, path: KeyPath, key: string): Finding {
  const known = Object.keys(schemaAt(root, path)?.properties ?? {});
  const hint = suggest(key, known) || elsewhere(root, key) || `; the keys here are ${known.join(', ')}`;
  return { path: [...path, key], at: 'key', message: `unknown key${hint}` };
}

/** A key at the wrong depth is as common as a misspelled one. */
function elsewhere(root: JsonSchema, key: string): string {
  const sections = Object.entries<JsonSchema>(root.properties ?? {});
  const homes = sections.filter(([, section]) => ownValue(section.properties ?? {}, key) !== undefined);
  return homes.length === 0 ? '' : `; there is ${homes.map(([name]) => `${name}.${key}`).join(' and ')}`;
}

function missingKey(root: JsonSchema, path: KeyPath): Finding {
  const words = schemaAt(root, path)?.description ?? '';
  // Only the config file's own keys can be said by the environment.
  const where = root === settingsSchema ? `Write it here, or set ${variableOf(path)}.` : 'Write it here.';
  return { path, at: 'key', message: `is missing: ${words} ${where}` };
}

function badName(path: KeyPath, name: string, section: JsonSchema | undefined): Finding {
  return { path: [...path, name], at: 'key', message: section?.propertyNames?.description ?? 'is no name' };
}

function badValue({ schema, value, path, keyword }: BadValue): string {
  const key = String(path.at(-1));
  const secret = schema.format !== undefined && textFormats[schema.format]?.secret === true;
  const seen = secret ? '' : `, not ${show(value)}`;
  switch (keyword) {
    case 'enum':
      return `must be one of ${schema.enum?.join(', ')}${seen}${suggest(String(value), schema.enum ?? [])}`;
    case 'format':
      return `must be ${textFormats[schema.format ?? '']?.expected}${seen}${formatHint(schema.format, value)}`;
    case 'minLength':
      return 'must not be empty';
    case 'minimum':
      return `must be at least ${schema.minimum}${unitWords(key, ', in ')}${seen}`;
    case 'minItems':
    case 'maxItems':
      return `must have ${schema.maxItems === undefined ? 'at least one entry' : `${schema.minItems} to ${schema.maxItems} entries`}`;
    case 'maximum':
      return `must be at most ${schema.maximum}${unitWords(key, ', in ')}${seen}`;
    case 'type':
      return `must be ${typeWords(schema)}${unitWords(key, ' of ')}${wordWords(schema)}${seen}${numberHint(schema, value, key)}`;
  }
}

function formatHint(format: string | undefined, value: unknown): string {
  return format === 'timezone' ? suggest(String(value), Intl.supportedValuesOf('timeZone')) : '';
}

function numberHint(schema: JsonSchema, value: unknown, key: string): string {
  return schema.type === 'integer' || schema.type === 'number' ? suggestNumber(value, unitOf(key)) : '';
}

function unitWords(key: string, before: string): string {
  const unit = unitOf(key);
  return unit === undefined ? '' : `${before}${unit}`;
}

const wordWords = ({ word }: JsonSchema): string => (word === undefined ? '' : ` or ${word}`);

function typeWords(schema: JsonSchema): string {
  switch (schema.type) {
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a section with keys of its own';
    case 'string':
      return schema.enum === undefined
        ? 'text (in quotes if it looks like a number)'
        : `one of ${schema.enum.join(', ')}`;
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a section';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
