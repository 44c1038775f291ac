import { Ajv, type ErrorObject } from 'ajv';
import { variableOf } from './environment.ts';
import type { Field, JsonSchema } from './field.ts';
import { textFormats } from './formats.ts';
import { type KeyPath, type Mistake, placeOf, placeOfKey, type Sources } from './place.ts';
import { type Settings, settingsSchema } from './schema.ts';
import { ownValue, schemaAt, valueAt, withValue } from './shape.ts';
import { suggest, suggestNumber, unitOf } from './suggestion.ts';

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

// At every start: that the schema is one is for the tests, and code that runs once need not be optimised.
const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  strict: true,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
});
ajv.addVocabulary(['word']);
for (const [name, format] of Object.entries(textFormats)) ajv.addFormat(name, format.test);

/**
 * Finds every mistake against a schema. Where there are some, wrong values give way to defaults (or, where there is none,
 * to the schema's example), so that the checks that follow can still find theirs: such a value is never used.
 */
export function validatorOf<Value>(schema: Field<Value>): (data: unknown) => Validated<Value> {
  const isSound = ajv.compile<Value>(schema);
  return (data) => {
    const copy = structuredClone(data);
    if (isSound(copy)) return { value: copy, findings: [] };
    const findings = (isSound.errors ?? []).flatMap((error) => findingOf(schema, error, data) ?? []);
    const sound = structuredClone(findings.reduce((so, finding) => withoutMistake(schema, so, finding), data));
    return { value: isSound(sound) ? sound : undefined, findings };
  };
}

/** Every mistake of the config file. */
export const validateSettings: (data: unknown) => Validated<Settings> = validatorOf(settingsSchema);

function withoutMistake(root: JsonSchema, data: unknown, { path }: Finding): unknown {
  return withValue(data, path, schemaAt(root, path)?.examples?.[0]);
}

/** Words for one error of the validator; undefined for those that another one tells better. */
function findingOf(root: JsonSchema, error: ErrorObject, data: unknown): Finding | undefined {
  const path = pathOf(error.instancePath, data);
  const schema = schemaAt(root, path);
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(root, path, String(params['additionalProperty']), schema);
    case 'required':
      return missingKey(root, [...path, String(params['missingProperty'])]);
    case 'propertyNames':
      return badName(path, String(params['propertyName']), schema);
    case 'uniqueItems':
      return {
        path: [...path, Math.max(Number(params['i']), Number(params['j']))],
        at: 'value',
        message: 'stands twice in this list',
      };
    default:
      if (error.propertyName !== undefined || schema === undefined) return undefined;
      if (error.keyword === 'type' && schema.enum !== undefined) return undefined;
      return { path, at: 'value', message: badValue(schema, valueAt(data, path), String(path.at(-1)), error.keyword) };
  }
}

function unknownKey(root: JsonSchema, path: KeyPath, key: string, section: JsonSchema | undefined): Finding {
  const known = Object.keys(section?.properties ?? {});
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

function badValue(schema: JsonSchema, value: unknown, key: string, keyword: string): string {
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
    default:
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

/** JSON Pointer to path; numbers are list indexes only where the data has a list (an identity may be all digits). */
function pathOf(pointer: string, data: unknown): KeyPath {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<KeyPath>((path, step) => [...path, Array.isArray(valueAt(data, path)) ? Number(step) : step], []);
}
