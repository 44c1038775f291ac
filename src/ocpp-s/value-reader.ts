import type { Field, RecordType, SimpleType, TextType } from '../ocpp/schema.ts';
import { parseDecimal, parseInteger } from './numbers.ts';
import { isReading, keepsBlanks, spellings } from './payload-text.ts';
import { isLonger, note, quote, type Reading, violate } from './reading.ts';
import { parseTime } from './times.ts';

/** Reads the text of one simple element; undefined stands for absent. Throws OcppError for what cannot be read. */
export type TextReader = (text: string, reading: Reading) => unknown;

/** Compiles the reader of a simple field. An empty element is an absent one, but for required texts (which may be empty). */
export function compileTextReader(type: SimpleType, field: Field, record: RecordType): TextReader {
  const read = compileLexical(type, field, record);
  const required = field.required && !field.list;
  if (type.kind === 'string' && keepsBlanks(record, field.name)) {
    return (text, reading) => (text === '' && !required ? undefined : read(text, reading));
  }
  const mayBeEmpty = type.kind === 'uri' || (type.kind === 'string' && type.values === undefined);
  return (text, reading) => {
    const trimmed = text.trim();
    if (trimmed !== '') return read(trimmed, reading);
    return required && mayBeEmpty ? '' : undefined;
  };
}

function compileLexical(type: SimpleType, field: Field, record: RecordType): TextReader {
  switch (type.kind) {
    case 'string':
      return type.values === undefined ? plainReader(type) : enumerationReader(type.values, type.name);
    case 'uri':
      return (text) => text;
    case 'int':
      return integerReader(field, record);
    case 'decimal':
      return decimalReader(type.fractionDigits ?? 6);
    case 'boolean':
      return readBoolean;
    case 'dateTime':
      return readTime;
  }
}

function plainReader(type: TextType): TextReader {
  const { maxLength } = type;
  return (text, reading) => {
    if (!isLonger(text, maxLength)) return text;
    return violate(reading.path, 'PropertyConstraintViolation', `more than ${maxLength} characters`);
  };
}

function enumerationReader(values: readonly string[], typeName: string | undefined): TextReader {
  const exact = new Set(values);
  const known = spellings(values, typeName);
  return (text, reading) => {
    if (exact.has(text)) return text;
    const value = known.get(text.toLowerCase());
    if (value !== undefined) return value;
    note(reading, 'unknownEnum', text);
    return text;
  };
}

/**
 * `12.0` is 12, and meter readings are rounded. A transactionId beyond 32 bit is no id that this charger was ever given:
 * where it is optional (MeterValues) it is left out, where the message is nothing without it (StopTransaction) refused.
 */
function integerReader(field: Field, record: RecordType): TextReader {
  const rounds = isReading(record, field.name);
  const droppable = field.name === 'transactionId' && !field.required;
  return (text, reading) => {
    const integer = parseInteger(text);
    if (integer.kind === 'int') return integer.value;
    if (integer.kind === 'decimal' && (integer.whole || rounds)) {
      note(reading, 'decimalForInteger', text);
      return Math.round(integer.value) + 0;
    }
    if (integer.kind === 'outOfRange' && droppable) return note(reading, 'transactionIdOutOfRange', text);
    if (integer.kind === 'outOfRange') {
      return violate(reading.path, 'PropertyConstraintViolation', `${quote(text)} does not fit into 32 bit`);
    }
    return violate(reading.path, 'TypeConstraintViolation', `${quote(text)} is not an integer`);
  };
}

function decimalReader(fractionDigits: number): TextReader {
  return (text, reading) => {
    const decimal = parseDecimal(text, fractionDigits);
    if (decimal === undefined) {
      return violate(reading.path, 'TypeConstraintViolation', `${quote(text)} is not a decimal number`);
    }
    if (decimal.comma) note(reading, 'decimalComma', text);
    if (decimal.rounded) note(reading, 'roundedDown', text);
    return decimal.value;
  };
}

function readBoolean(text: string, reading: Reading): unknown {
  switch (text.toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return violate(reading.path, 'TypeConstraintViolation', `${quote(text)} is neither true nor false`);
  }
}

function readTime(text: string, reading: Reading): unknown {
  const time = parseTime(text);
  if (time === undefined) {
    note(reading, 'impossibleTime', text);
    return text;
  }
  if (!time.zoned) note(reading, 'timeWithoutZone', text);
  return time.utc;
}
