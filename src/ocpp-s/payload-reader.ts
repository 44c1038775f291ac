import type { Payload } from '../gateway/ports.ts';
import { type Field, type RecordType, type SimpleType, textField } from '../ocpp/schema.ts';
import { maySign } from './payload-text.ts';
import { note, type Reading, violate } from './reading.ts';
import { compileTextReader, type TextReader } from './value-reader.ts';
import { serviceOfNamespace } from './wsdl/namespaces.ts';
import type { XmlAttribute, XmlElement } from './xml/decoder.ts';

/** Reads the children of one element into a payload in the shape of OCPP-J. Throws OcppError naming the field. */
export type RecordReader = (element: XmlElement, reading: Reading) => Payload;

/** Undefined stands for absent. */
type ElementReader = (element: XmlElement, reading: Reading) => unknown;

type FieldReader = Field & { readonly index: number; readonly read: ElementReader };

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

/**
 * Compiles the reader of a record. Children are taken by local name, in any order, qualified or not; a record of the
 * payload is made from the schema's names only, never from names of the wire.
 */
export function compileRecordReader(record: RecordType): RecordReader {
  return record.text === undefined ? compileSequenceReader(record) : compileTextRecordReader(record, record.text);
}

function compileSequenceReader(record: RecordType): RecordReader {
  const fields = record.fields.map((field, index) => ({ ...field, index, read: compileElementReader(field, record) }));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const signable = maySign(record);
  return (element, reading) => {
    if (element.text !== '' && element.text.trim() !== '') {
      violate(reading.path, 'TypeConstraintViolation', 'text where elements are expected');
    }
    const values = readChildren(element, byName, reading);
    const payload = assemble(fields, values, reading);
    if (signable) trimUnsigned(payload);
    return payload;
  };
}

type AttributeReader = { readonly name: string; readonly read: TextReader };

/** An element with text and attributes: the meter values of OCPP 1.5. */
function compileTextRecordReader(record: RecordType, text: SimpleType): RecordReader {
  const signable = maySign(record);
  const ownText: Field = { name: textField, type: text, required: true, list: false };
  const readText: TextReader = signable ? (found) => found : compileTextReader(text, ownText, record);
  const attributes = new Map(record.fields.map((field) => [field.name, compileAttributeReader(field, record)]));
  return (element, reading) => {
    if (element.children.length > 0) {
      violate(reading.path, 'TypeConstraintViolation', 'elements where text is expected');
    }
    const payload: Record<string, unknown> = { [textField]: readText(element.text, reading) };
    for (const attribute of element.attributes) readAttribute(attribute, element, attributes, payload, reading);
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
  element: XmlElement,
  known: ReadonlyMap<string, AttributeReader>,
  payload: Record<string, unknown>,
  reading: Reading,
): void {
  if (isForeign(attribute, element)) return;
  const reader = known.get(attribute.local);
  reading.path.push(attribute.local);
  if (reader === undefined) note(reading, 'unknownElement', attribute.value);
  const value = reader?.read(attribute.value, reading);
  if (reader !== undefined && value !== undefined) payload[reader.name] = value;
  reading.path.pop();
}

function compileElementReader(field: Field, record: RecordType): ElementReader {
  if (field.type.kind === 'record') {
    const read = compileRecordReader(field.type);
    const { required } = field;
    return (element, reading) => (isAbsent(element, required) ? undefined : read(element, reading));
  }
  const read = compileTextReader(field.type, field, record);
  // The blanks of a meter value go when it is known that it is not signed.
  const readText: TextReader = maySign(record) && field.name === 'value' ? (text) => text : read;
  return (element, reading) => {
    if (element.children.length > 0)
      violate(reading.path, 'TypeConstraintViolation', 'elements where text is expected');
    return isNil(element) ? undefined : readText(element.text, reading);
  };
}

/** An empty optional record is an absent one; an empty required one lacks its fields, and says so. */
function isAbsent(element: XmlElement, required: boolean): boolean {
  if (isNil(element)) return true;
  return !required && element.children.length === 0 && element.text.trim() === '';
}

/** Nothing in OCPP-S is nillable, but generic clients write it for absent fields. */
function isNil(element: XmlElement): boolean {
  if (element.attributes.length === 0) return false;
  return element.attributes.some(
    ({ namespace, local, value }) => local === 'nil' && namespace === schemaInstance && /^\s*(true|1)\s*$/.test(value),
  );
}

function readChildren(
  element: XmlElement,
  byName: ReadonlyMap<string, FieldReader>,
  reading: Reading,
): readonly unknown[] {
  const values: unknown[] = [];
  for (const child of element.children) {
    const field = byName.get(child.local);
    reading.path.push(child.local);
    if (field === undefined || isForeign(child, element)) note(reading, 'unknownElement', child.text);
    else if (field.list) readItem(child, field, values, reading);
    else readOnce(child, field, values, reading);
    reading.path.pop();
  }
  return values;
}

/** Chargers mix up the namespaces of OCPP; an element of anybody else's is an extension, whatever its name. */
function isForeign({ namespace }: { readonly namespace: string }, parent: XmlElement): boolean {
  return namespace !== parent.namespace && namespace !== '' && serviceOfNamespace(namespace) === undefined;
}

/** `null` in `values` is a field that was there and said nothing; a second one is refused all the same. */
function readOnce(child: XmlElement, field: FieldReader, values: unknown[], reading: Reading): void {
  if (values[field.index] !== undefined) violate(reading.path, 'OccurrenceConstraintViolation', 'more than once');
  values[field.index] = field.read(child, reading) ?? null;
}

function readItem(child: XmlElement, field: FieldReader, values: unknown[], reading: Reading): void {
  const items = (values[field.index] ??= []) as unknown[];
  reading.path.push(items.length);
  const item = field.read(child, reading);
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
