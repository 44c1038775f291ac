import { formatDecimal } from '../ocpp/decimal.ts';
import type { SimpleType } from '../ocpp/schema.ts';
import { isInt } from './numbers.ts';
import { spellings } from './payload-text.ts';
import { isLonger, printPath, quote, violate } from './reading.ts';
import { parseTime } from './times.ts';
import { escapeText } from './xml/text.ts';

/** Field names and list indexes from the payload's root to where the writer stands. */
export type Path = (string | number)[];

/** Writes one value as the escaped text of its element. Throws OcppError for what its type does not allow. */
export type ValueWriter = (value: unknown, path: Path) => string;

/** Compiles the writer of a simple type. */
export function compileValueWriter(type: SimpleType): ValueWriter {
  switch (type.kind) {
    case 'string':
      return type.values === undefined ? textWriter(type.maxLength) : enumerationWriter(type.values, type.name);
    case 'uri':
      return textWriter(undefined);
    case 'int':
      return writeInteger;
    case 'decimal':
      return decimalWriter(type.fractionDigits ?? 6);
    case 'boolean':
      return writeBoolean;
    case 'dateTime':
      return writeTime;
  }
}

function textWriter(maxLength: number | undefined): ValueWriter {
  return (value, path) => {
    const text = textOf(value, path);
    if (isLonger(text, maxLength)) {
      violate(path, 'PropertyConstraintViolation', `more than ${maxLength} characters`);
    }
    return escapeText(text, printPath(path));
  };
}

/** Spelled exactly as in the WSDL, but for the misspelt Celsius that OCPP-J 1.6 allows. */
function enumerationWriter(values: readonly string[], typeName: string | undefined): ValueWriter {
  const exact = new Set(values);
  const celsius = spellings(values, typeName).get('celcius');
  return (value, path) => {
    const text = textOf(value, path);
    if (exact.has(text)) return text;
    if (text === 'Celcius' && celsius !== undefined) return celsius;
    return violate(path, 'PropertyConstraintViolation', `${quote(text)} is not one of ${values.join(', ')}`);
  };
}

function textOf(value: unknown, path: Path): string {
  return typeof value === 'string' ? value : violate(path, 'TypeConstraintViolation', 'is not a text');
}

function writeInteger(value: unknown, path: Path): string {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return violate(path, 'TypeConstraintViolation', 'is not an integer');
  }
  if (!isInt(value)) violate(path, 'PropertyConstraintViolation', `${value} does not fit into 32 bit`);
  return String(value + 0);
}

/** Above this, a float has no digits left behind the point. */
const largestDecimal = 1e12;

function decimalWriter(fractionDigits: number): ValueWriter {
  return (value, path) => {
    if (typeof value !== 'number') return violate(path, 'TypeConstraintViolation', 'is not a number');
    if (!(Math.abs(value) < largestDecimal)) violate(path, 'PropertyConstraintViolation', `${value} is out of range`);
    return formatDecimal(value, fractionDigits);
  };
}

function writeBoolean(value: unknown, path: Path): string {
  return typeof value === 'boolean' ? String(value) : violate(path, 'TypeConstraintViolation', 'is not true or false');
}

/** The one form that every charger reads: some ignore the zone, and some fail on fractions. */
function writeTime(value: unknown, path: Path): string {
  const time = parseTime(textOf(value, path));
  if (time === undefined || !time.zoned) {
    return violate(path, 'PropertyConstraintViolation', 'is not a time with a zone');
  }
  return time.utc;
}
