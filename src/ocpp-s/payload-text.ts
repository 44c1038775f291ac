import { type RecordType, textField } from '../ocpp/schema.ts';

/**
 * Texts that are passed on with their blanks: they are data, not names. Everything else that a charger pads is trimmed.
 * A meter's signed data (`format: SignedData`) is a case of its own, since it depends on the record's other field.
 */
export function keepsBlanks(record: RecordType, field: string): boolean {
  if (field === 'data') return true;
  return field === 'value' && (record.name === 'ChangeConfigurationRequest' || record.name === 'KeyValue');
}

/** Records whose `value` is signed when their `format` says so. */
export function maySign(record: RecordType): boolean {
  const names = record.fields.map((field) => field.name);
  return (names.includes('value') || record.text !== undefined) && names.includes('format');
}

/** Readings of the energy meter that are whole numbers by the schema, and that chargers write with fractions. */
export function isReading(record: RecordType, field: string): boolean {
  if (field === 'meterStart' || field === 'meterStop') return true;
  // The only reading of OCPP 1.2.
  return field === textField && record.name === 'MeterValue';
}

/** Spellings of an enumeration's values, by lower case; the schemas of OCPP-J 1.6 add two to the units. */
export function spellings(values: readonly string[], typeName: string | undefined): ReadonlyMap<string, string> {
  const known = new Map(values.map((value) => [value.toLowerCase(), value]));
  if (typeName === 'UnitOfMeasure') known.set('celcius', 'Celsius').set('hertz', 'Hertz');
  return known;
}
