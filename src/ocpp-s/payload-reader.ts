import type { Payload } from '../gateway/ports.ts';
import { type Field, type RecordType, type SimpleType, textField } from '../ocpp/schema.ts';
import { maySign } from './payload-text.ts';
import { note, type Reading, violate } from './reading.ts';
import { compileTextReader, type TextReader } from './value-reader.ts';
import { serviceOfNamespace } from './wsdl/namespaces.ts';
import { skipElement, type XmlAttribute, type XmlCursor } from './xml/decoder.ts';

/**
 * Reads the element in which the cursor stands into a payload in the shape of OCPP-J, and leaves it. Throws OcppError
 * naming the field, and leaves the cursor where that stood.
 */
export type RecordReader = (cursor: XmlCursor, reading: Reading) => Payload;

/** As RecordReader; undefined stands for absent. */
type ElementReader = (cursor: XmlCursor, reading: Reading) => unknown;

type FieldReader = Field & { readonly index: number; readonly read: ElementReader };

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

/**
 * Compiles the reader of a record. Children are taken by local name, in any order, qualified or not; a record of the
 * payload is made from the schema's names only, never from names of the wire.
 */
export function compileRecordReader(record: RecordType): RecordReader {
  return record.text === undefined
    ? compileSequenceReader(record, 'incomplete')
    : compileTextRecordReader(record, record.text, 'incomplete');
}

/** What an element with nothing in it is: a record that lacks its fields, and says so, or an absent one. */
type Empty = 'incomplete' | 'absent';

const absent: Payload = {};

function compileSequenceReader(record: RecordType, empty: Empty): RecordReader {
  const fields = record.fields.map((field, index) => ({ ...field, index, read: compileElementReader(field, record) }));
  const signable = maySign(record);
  const mayBeAbsent = empty === 'absent';
  return (cursor, reading) => {
    const { namespace } = cursor;
    if (!cursor.next()) {
      refuseText(cursor, reading);
      return mayBeAbsent ? absent : assemble(fields, noValues, reading);
    }
    const values = readChildren(cursor, namespace, fields, reading);
    refuseText(cursor, reading);
    const payload = assemble(fields, values, reading);
    if (signable) trimUnsigned(payload);
    return payload;
  };
}

/** Looks at the element that was left last. */
function refuseText({ text }: XmlCursor, reading: Reading): void {
  if (text !== '' && text.trim() !== '') {
    violate(reading.path, 'TypeConstraintViolation', 'text where elements are expected');
  }
}

/** Leaves the element in which the cursor stands, with its text. */
function leaveText(cursor: XmlCursor, reading: Reading): string {
  if (cursor.next()) violate(reading.path, 'TypeConstraintViolation', 'elements where text is expected');
  return cursor.text;
}

type AttributeReader = { readonly name: string; readonly read: TextReader };

/** An element with text and attributes: the meter values of OCPP 1.5. */
function compileTextRecordReader(record: RecordType, text: SimpleType, empty: Empty): RecordReader {
  const signable = maySign(record);
  const ownText: Field = { name: textField, type: text, required: true, list: false };
  const readText: TextReader = signable ? (found) => found : compileTextReader(text, ownText, record);
  const attributes = new Map(record.fields.map((field) => [field.name, compileAttributeReader(field, record)]));
  const mayBeAbsent = empty === 'absent';
  return (cursor, reading) => {
    const { namespace, attributes: found } = cursor;
    const own = leaveText(cursor, reading);
    if (mayBeAbsent && own.trim() === '') return absent;
    const payload: Record<string, unknown> = { [textField]: readText(own, reading) };
    for (const attribute of found) readAttribute(attribute, namespace, attributes, payload, reading);
    if (signable) trimUnsigned(payload);
    return payload;
  };
}

function compileAttributeReader(field: Field, record: RecordType): AttributeReader {
  if (field.type.kind === 'record') throw new Error(`attribute ${field.name} of ${record.name} has fields`);
  return { name: field.name, read: compileTextReader(field.type, field, record) };
}

/** Attributes of the schema have no namespace; with a prefix of OCPP's they are meant all the same. */
function readAttribute(
  attribute: XmlAttribute,
  namespace: string,
  known: ReadonlyMap<string, AttributeReader>,
  payload: Record<string, unknown>,
  reading: Reading,
): void {
  if (isForeign(attribute, namespace)) return;
  const reader = known.get(attribute.local);
  reading.path.push(attribute.local);
  if (reader === undefined) note(reading, 'unknownElement', attribute.value);
  const value = reader?.read(attribute.value, reading);
  if (reader !== undefined && value !== undefined) payload[reader.name] = value;
  reading.path.pop();
}

function compileElementReader(field: Field, record: RecordType): ElementReader {
  if (field.type.kind === 'record') return compileInnerReader(field.type, field.required ? 'incomplete' : 'absent');
  const read = compileTextReader(field.type, field, record);
  // The blanks of a meter value go when it is known that it is not signed.
  const readText: TextReader = maySign(record) && field.name === 'value' ? (text) => text : read;
  return (cursor, reading) => {
    const nil = isNil(cursor);
    const text = leaveText(cursor, reading);
    return nil ? undefined : readText(text, reading);
  };
}

function compileInnerReader(record: RecordType, empty: Empty): ElementReader {
  const read =
    record.text === undefined
      ? compileSequenceReader(record, empty)
      : compileTextRecordReader(record, record.text, empty);
  return (cursor, reading) => {
    if (isNil(cursor)) {
      skipElement(cursor);
      return undefined;
    }
    const payload = read(cursor, reading);
    return payload === absent ? undefined : payload;
  };
}

/** Nothing in OCPP-S is nillable, but generic clients write it for absent fields. */
function isNil({ attributes }: XmlCursor): boolean {
  if (attributes.length === 0) return false;
  return attributes.some(
    ({ namespace, local, value }) => local === 'nil' && namespace === schemaInstance && /^\s*(true|1)\s*$/.test(value),
  );
}

const noValues: readonly unknown[] = [];

/** From the first child to behind the end of the element, whose namespace is given. */
function readChildren(
  cursor: XmlCursor,
  namespace: string,
  fields: readonly FieldReader[],
  reading: Reading,
): readonly unknown[] {
  const values: unknown[] = [];
  let expected = 0;
  do {
    const field = findField(cursor.local, fields, expected);
    if (field === undefined || isForeign(cursor, namespace)) noteUnknown(cursor, reading);
    else {
      reading.path.push(field.name);
      if (field.list) readItem(cursor, field, values, reading);
      else readOnce(cursor, field, values, reading);
      reading.path.pop();
      expected = field.list ? field.index : field.index + 1;
    }
  } while (cursor.next());
  return values;
}

/** Most children come in the order of the schema: the field is looked for from the one that should be next. */
function findField(local: string, fields: readonly FieldReader[], expected: number): FieldReader | undefined {
  for (let index = expected; index < fields.length; index += 1) {
    const field = fields[index];
    if (field?.name === local) return field;
  }
  return fields.find((field) => field.index < expected && field.name === local);
}

function noteUnknown(cursor: XmlCursor, reading: Reading): void {
  reading.path.push(cursor.local);
  note(reading, 'unknownElement', skipElement(cursor));
  reading.path.pop();
}

/** Chargers mix up the namespaces of OCPP; an element of anybody else's is an extension, whatever its name. */
function isForeign({ namespace }: { readonly namespace: string }, outer: string): boolean {
  return namespace !== outer && namespace !== '' && serviceOfNamespace(namespace) === undefined;
}

/** `null` in `values` is a field that was there and said nothing; a second one is refused all the same. */
function readOnce(cursor: XmlCursor, field: FieldReader, values: unknown[], reading: Reading): void {
  if (values[field.index] !== undefined) violate(reading.path, 'OccurrenceConstraintViolation', 'more than once');
  values[field.index] = field.read(cursor, reading) ?? null;
}

function readItem(cursor: XmlCursor, field: FieldReader, values: unknown[], reading: Reading): void {
  const items = (values[field.index] ??= []) as unknown[];
  reading.path.push(items.length);
  const item = field.read(cursor, reading);
  if (item !== undefined) items.push(item);
  reading.path.pop();
}

function assemble(
  fields: readonly FieldReader[],
  values: readonly unknown[],
  reading: Reading,
): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (const { name, required, list, index } of fields) {
    const value = values[index];
    if (value !== undefined && value !== null && !(list && isEmptyList(value))) payload[name] = value;
    else if (required) violate([...reading.path, name], 'OccurrenceConstraintViolation', 'missing');
  }
  return payload;
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

function trimUnsigned(payload: Record<string, unknown>): void {
  if (payload['format'] !== 'SignedData' && typeof payload['value'] === 'string') {
    payload['value'] = payload['value'].trim();
  }
}
