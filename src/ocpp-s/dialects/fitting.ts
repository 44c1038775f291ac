import type { Payload } from '../../gateway/ports.ts';
import type { Field, RecordType } from '../../ocpp/schema.ts';
import { isLonger, note, type Reading } from '../reading.ts';

/** Makes the texts of a payload as short as OCPP 1.6 wants them; the older versions set no bound to many. */
export type Fitting = (payload: Payload, reading: Reading) => void;

/** Undefined: nothing in this record is bounded. */
export function compileFitting(record: RecordType): Fitting | undefined {
  const fittings = record.fields.flatMap((field) => compileField(field, record) ?? []);
  if (fittings.length === 0) return undefined;
  return (payload, reading) => {
    for (const fit of fittings) fit(payload, reading);
  };
}

function compileField(field: Field, record: RecordType): Fitting | undefined {
  const { name, list } = field;
  const fit = compileValue(field, record);
  if (fit === undefined) return undefined;
  return (payload, reading) => {
    const value = payload[name];
    if (value === undefined) return;
    reading.path.push(name);
    if (list) fitItems(value as unknown[], fit, reading);
    else (payload as Record<string, unknown>)[name] = fit(value, reading);
    reading.path.pop();
  };
}

type ValueFitting = (value: unknown, reading: Reading) => unknown;

function fitItems(items: unknown[], fit: ValueFitting, reading: Reading): void {
  for (const [index, item] of items.entries()) {
    reading.path.push(index);
    items[index] = fit(item, reading);
    reading.path.pop();
  }
}

function compileValue({ name, type }: Field, record: RecordType): ValueFitting | undefined {
  if (type.kind === 'record') {
    const fit = compileFitting(type);
    if (fit === undefined) return undefined;
    return (value, reading) => {
      fit(value as Payload, reading);
      return value;
    };
  }
  if (type.kind !== 'string' || type.maxLength === undefined || type.values !== undefined) return undefined;
  const { maxLength } = type;
  const whole = isIdentifier(name, record);
  return (value, reading) => {
    if (typeof value !== 'string' || !isLonger(value, maxLength)) return value;
    note(reading, whole ? 'tooLong' : 'shortened', value);
    return whole ? value : Array.from(value).slice(0, maxLength).join('');
  };
}

/** Half of an identifier is another one. */
function isIdentifier(name: string, record: RecordType): boolean {
  return name === 'idTag' || (record.name === 'DataTransferRequest' && (name === 'vendorId' || name === 'messageId'));
}
