import type { Payload } from '../gateway/ports.ts';
import { type Field, type RecordType, type SimpleType, textField } from '../ocpp/schema.ts';
import { violate } from './reading.ts';
import { compileValueWriter, type Path } from './value-writer.ts';

/** Writes a payload as one element, its fields in the order of the WSDL. Throws OcppError naming the field. */
export type RecordWriter = (payload: Payload, path: Path) => string;

type FieldWriter = (payload: Payload, path: Path) => string;

/** Compiles the writer of a record; `prefix` and `element` name the element around it. */
export function compileRecordWriter(record: RecordType, prefix: string, element: string): RecordWriter {
  const { text } = record;
  if (text !== undefined) return compileTextRecordWriter(record, text, `${prefix}:${element}`);
  const writers = record.fields.map((field) => {
    const write = field.list ? compileListWriter(field, prefix) : compileElementWriter(field, prefix);
    return compileFieldWriter(field, write);
  });
  const name = `${prefix}:${element}`;
  return (payload, path) => {
    let content = '';
    for (const write of writers) content += write(payload, path);
    return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
  };
}

/** An element with text and attributes; the attributes have no namespace. */
function compileTextRecordWriter(record: RecordType, text: SimpleType, name: string): RecordWriter {
  const attributes = record.fields.map((field) => compileFieldWriter(field, compileAttributeWriter(field)));
  const ownText: Field = { name: textField, type: text, required: true, list: false };
  const writeText = compileFieldWriter(ownText, compileValueWriter(text));
  return (payload, path) => {
    let written = '';
    for (const write of attributes) written += write(payload, path);
    return `<${name}${written}>${writeText(payload, path)}</${name}>`;
  };
}

function compileAttributeWriter({ name, type }: Field): ElementWriter {
  if (type.kind === 'record') throw new Error(`attribute ${name} has fields`);
  const write = compileValueWriter(type);
  return (value, path) => ` ${name}="${quoted(write(value, path))}"`;
}

/** What is escaped as text becomes the value of an attribute. */
const quoted = (text: string) => text.replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');

/** null is absent, and what is absent is not written; keys that the schema lacks are never looked at. */
function compileFieldWriter({ name, required }: Field, write: ElementWriter): FieldWriter {
  return (payload, path) => {
    const value = payload[name];
    path.push(name);
    const absent = value === undefined || value === null;
    if (absent && required) violate(path, 'OccurrenceConstraintViolation', 'missing');
    const written = absent ? '' : write(value, path);
    path.pop();
    return written;
  };
}

type ElementWriter = (value: unknown, path: Path) => string;

function compileListWriter(field: Field, prefix: string): ElementWriter {
  const write = compileElementWriter(field, prefix);
  const { required } = field;
  return (value, path) => {
    if (!Array.isArray(value)) return violate(path, 'TypeConstraintViolation', 'is not a list');
    if (required && value.length === 0) violate(path, 'OccurrenceConstraintViolation', 'an empty list');
    let written = '';
    for (const [index, item] of value.entries()) {
      path.push(index);
      written += write(item, path);
      path.pop();
    }
    return written;
  };
}

function compileElementWriter(field: Field, prefix: string): ElementWriter {
  const { type } = field;
  if (type.kind === 'record') {
    const write = compileRecordWriter(type, prefix, field.name);
    return (value, path) => {
      return isRecord(value) ? write(value, path) : violate(path, 'TypeConstraintViolation', 'is not an object');
    };
  }
  const write = compileValueWriter(type);
  const open = `<${prefix}:${field.name}>`;
  const close = `</${prefix}:${field.name}>`;
  return (value, path) => `${open}${write(value, path)}${close}`;
}

function isRecord(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
