import { Ajv, type ErrorObject } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '../../../src/config/field.ts';
import { textFormats } from '../../../src/config/formats.ts';
import { settingsSchema } from '../../../src/config/schema.ts';
import { modelFileSchema } from '../../../src/config/sections/models.ts';
import { type Violation, violationsIn } from '../../../src/config/violations.ts';

const ajv = new Ajv({ useDefaults: true, allErrors: true, verbose: true });
for (const [name, format] of Object.entries(textFormats)) ajv.addFormat(name, format.test);

const texts = [
  '',
  'CP-1',
  'a/b',
  'accept',
  'warn',
  'env:SECRET',
  'file:key',
  '10.0.0.0/8',
  'Europe/Berlin',
  '/ocpp',
  'ws://csms/',
  'http://192.0.2.1/',
];

const junk = fc.oneof(
  fc.constantFrom<unknown>(...texts, -1, 0, 1.5, 7, 3600, Infinity, true, false, null, [], {}),
  fc.constant(['CP-1', 'CP-1']),
  fc.constant({ unheardOf: 1 }),
);

/** Mostly what the schema wants, here and there what it does not. */
function valueFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fittingFor(schema) }, { weight: 1, arbitrary: junk });
}

function fittingFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 1000 } = schema;
  switch (schema.type) {
    case 'string':
      return fc.constantFrom(...(schema.enum ?? texts));
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(schema.items === undefined ? junk : valueFor(schema.items), { maxLength: 3 });
    case 'object':
      return sectionFor(schema);
  }
}

function sectionFor({ properties = {}, additionalProperties }: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const known = Object.entries(properties).map(([key, field]) => [key, valueFor(field)] as const);
  const section = fc.record(Object.fromEntries(known), { requiredKeys: [] });
  const strange = fc.record({ constructor: junk, unheardOf: junk }, { requiredKeys: [] });
  const more = typeof additionalProperties === 'object' ? namedFor(additionalProperties) : strange;
  return fc
    .tuple(
      section,
      fc.oneof({ weight: 9, arbitrary: fc.constant<Record<string, unknown>>({}) }, { weight: 1, arbitrary: more }),
    )
    .map(([own, others]) => ({ ...own, ...others }));
}

function namedFor(each: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(fc.constantFrom('CP-1', '0012', 'constructor', 'a/b', ''), valueFor(each), { maxKeys: 2 });
}

const kinds: Readonly<Record<string, string>> = {
  additionalProperties: 'unknownKey',
  required: 'missingKey',
  propertyNames: 'badName',
  uniqueItems: 'twice',
};

/** Errors of ajv in our words, those left out that another one tells better. */
function foundByAjv(errors: readonly ErrorObject[]): readonly string[] {
  const told = errors.filter(({ keyword, propertyName, parentSchema }) => {
    const choices = (parentSchema as JsonSchema | undefined)?.enum;
    return propertyName === undefined && (keyword !== 'type' || choices === undefined);
  });
  const words = told.map(({ keyword, instancePath, params }) => {
    const { additionalProperty, missingProperty, propertyName, i, j } = params as Readonly<Record<string, string>>;
    const key = additionalProperty ?? missingProperty ?? propertyName ?? '';
    const index = keyword === 'uniqueItems' ? `/${Math.max(Number(i), Number(j))}` : '';
    return `${instancePath.replaceAll('~1', '/')}${index} ${kinds[keyword] ?? keyword} ${key}`;
  });
  return [...new Set(words)].toSorted();
}

function foundByUs(violations: readonly Violation[]): readonly string[] {
  const words = violations.map((violation) => {
    const what = violation.kind === 'badValue' ? violation.keyword : violation.kind;
    const path = violation.path.map((step) => `/${step}`).join('');
    return `${path} ${what} ${'key' in violation ? violation.key : ''}`;
  });
  return [...new Set(words)].toSorted();
}

describe('a schema finds what ajv finds, and fills in the same', () => {
  test.each([
    ['the config', settingsSchema],
    ['a file of models', modelFileSchema],
  ])('%s', (_title, schema) => {
    const isSound = ajv.compile(schema);
    const property = fc.property(valueFor(schema), (data) => {
      const [ours, theirs] = [structuredClone(data), structuredClone(data)];
      const found = foundByUs(violationsIn(schema, ours));
      isSound(theirs);
      expect(found).toEqual(foundByAjv(isSound.errors ?? []));
      expect(ours).toEqual(theirs);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
