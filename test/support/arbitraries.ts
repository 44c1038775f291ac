import fc from 'fast-check';
import { jsonForm } from '../../src/ocpp/json-form.ts';
import { centralSystem, chargePoint } from '../../src/ocpp/model.generated.ts';
import {
  type Field,
  type Operation,
  type RecordType,
  type ServiceModel,
  textField,
  type TextType,
  type ValueType,
} from '../../src/ocpp/schema.ts';
import { securityExtension } from '../../src/ocpp/security-extension.ts';

/**
 * Valid payloads of OCPP 1.6, derived from the model. They are also canonical: what has one meaning and several forms
 * (empty lists, blanks around ids, fractions of seconds) has here the form that survives JSON → XML → JSON.
 */
export type Payload = Readonly<Record<string, unknown>>;

export type Choice = {
  /** Whether optional fields are there: now and then (default), or always. */
  readonly optional?: 'some' | 'all';
};

/** Both services with all of their operations in the form of OCPP-J. */
export const services: readonly ServiceModel[] = [centralSystem, chargePoint].map(jsonForm);

export function arbitraryRequest(action: string, choice: Choice = {}): fc.Arbitrary<Payload> {
  return arbitraryRecord(operationOf(action).request, choice);
}

export function arbitraryResponse(action: string, choice: Choice = {}): fc.Arbitrary<Payload> {
  return arbitraryRecord(operationOf(action).response, choice);
}

/** Payloads of any version's record. */
export function arbitraryRecord(record: RecordType, choice: Choice = {}): fc.Arbitrary<Payload> {
  const ownText: Record<string, fc.Arbitrary<unknown>> = record.text === undefined
    ? {}
    : { [textField]: arbitraryValue(record.text, choice) };
  const fields = Object.fromEntries(
    record.fields.map((field) => [field.name, arbitraryField(field, record.name, choice)]),
  );
  const present = record.fields.filter((field) => field.required || choice.optional === 'all');
  const requiredKeys = [...Object.keys(ownText), ...present.map((field) => field.name)];
  return fc.record({ ...ownText, ...fields }, { requiredKeys, noNullPrototype: true });
}

/** Requests with every field, as many as it takes for each value of each enumeration to occur. */
export function everyRequest(action: string): readonly Payload[] {
  return everyRecord(operationOf(action).request);
}

/** Responses with every field, as many as it takes for each value of each enumeration to occur. */
export function everyResponse(action: string): readonly Payload[] {
  return everyRecord(operationOf(action).response);
}

function operationOf(action: string): Operation {
  const operations = [...services.flatMap((service) => service.operations), ...Object.values(securityExtension).flat()];
  const operation = operations.find((candidate) => candidate.action === action);
  if (operation === undefined) throw new Error(`${action} is not an action of OCPP 1.6`);
  return operation;
}

// ---------------------------------------------------------------------------------------------- random payloads

function arbitraryField(field: Field, parent: string, choice: Choice): fc.Arbitrary<unknown> {
  const value = isVerbatim(field, parent) ? verbatimText(maxLengthOf(field.type)) : arbitraryValue(field.type, choice);
  return field.list ? fc.array(value, { minLength: 1, maxLength: 3 }) : value;
}

function arbitraryValue(type: ValueType, choice: Choice): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'string':
      return type.values === undefined ? plainText(maxLengthOf(type)) : fc.constantFrom(...valuesOf(type));
    case 'int':
      return fc.oneof(fc.nat(100), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    case 'decimal':
      return fc.nat(1_000_000).map((tenths) => tenths / 10);
    case 'boolean':
      return fc.boolean();
    case 'dateTime':
      return fc.integer({ min: Date.UTC(2000) / 1000, max: Date.UTC(2100) / 1000 }).map(timeOf);
    case 'uri':
      return fc.constantFrom('ftp://gateway:21/up?a=1&b=%C3%A9', 'https://files.example/fw/1.6.bin');
    case 'record':
      return arbitraryRecord(type, choice);
  }
}

/** Texts that careless code takes for numbers, literals or markup. */
const treacherous = ['0012', '12E5', '04e2', '+5', 'true', 'null', '[]', '{}', '<a/>', '&amp;', ']]>', '__proto__'];

const printable = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCodePoint(code)) },
  { weight: 2, arbitrary: fc.constantFrom('é', 'ß', '€', '充', '😀', '\u{10FFFD}', ' ') },
);
const anyOfXml = fc.oneof(
  { weight: 4, arbitrary: printable },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\t', '\n', '\r') },
);

function plainText(maxLength: number): fc.Arbitrary<string> {
  const odd = fc.constantFrom(...treacherous.filter((text) => text.length <= maxLength));
  const any = fc.string({ unit: printable, minLength: 1, maxLength: Math.min(maxLength, 60) });
  return fc.oneof({ weight: 1, arbitrary: odd }, { weight: 4, arbitrary: any.filter((text) => text === text.trim()) });
}

/** With blanks, tabs and line ends wherever they like. */
function verbatimText(maxLength: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: anyOfXml, minLength: 1, maxLength: Math.min(maxLength, 60) })
    .filter((text) => text.trim() !== '');
}

/** The two fields that are the peers' own business, to the last blank. */
function isVerbatim(field: Field, parent: string): boolean {
  return field.name === 'data' || (parent === 'ChangeConfigurationRequest' && field.name === 'value');
}

function maxLengthOf(type: ValueType): number {
  return (type.kind === 'string' ? type.maxLength : undefined) ?? 1000;
}

/** OCPP-S has no word for these. */
const jsonOnly = new Set(['Celcius', 'Hertz']);

function valuesOf(type: TextType): readonly string[] {
  return (type.values ?? []).filter((value) => !jsonOnly.has(value));
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

// ---------------------------------------------------------------------------------------------- every enumeration

/** As everyRequest, of any version's record. */
export function everyRecord(record: RecordType): readonly Payload[] {
  return Array.from({ length: Math.max(1, longestEnumeration(record)) }, (_, index) => exampleRecord(record, index));
}

function longestEnumeration(type: ValueType): number {
  if (type.kind === 'record') return Math.max(0, ...type.fields.map((field) => longestEnumeration(field.type)));
  return type.kind === 'string' ? valuesOf(type).length : 0;
}

function exampleRecord(record: RecordType, index: number): Payload {
  const entries = record.fields.map((field): [string, unknown] => {
    const value = exampleValue(field, index);
    return [field.name, field.list ? [value] : value];
  });
  return Object.fromEntries(record.text === undefined ? entries : [[textField, `reading-${index}`], ...entries]);
}

function exampleValue({ name, type }: Field, index: number): unknown {
  switch (type.kind) {
    case 'string':
      return type.values === undefined
        ? `${name}-${index}`.slice(0, type.maxLength)
        : valuesOf(type)[index % valuesOf(type).length];
    case 'int':
      return index + 1;
    case 'decimal':
      return (index + 161) / 10;
    case 'boolean':
      return index % 2 === 0;
    case 'dateTime':
      return timeOf(Date.UTC(2024, 2, 1, 9, 15, index) / 1000);
    case 'uri':
      return `ftp://gateway.example/folder-${index}/file?a=1&b=2`;
    case 'record':
      return exampleRecord(type, index);
  }
}
