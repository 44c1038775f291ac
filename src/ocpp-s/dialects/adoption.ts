import type { Payload } from '../../gateway/ports.ts';
import type { Anomaly } from '../../ocpp/anomalies.ts';
import type { RecordType, ValueType } from '../../ocpp/schema.ts';
import { spellings } from '../payload-text.ts';
import type { Path } from './dialect.ts';

/**
 * An anomaly of an older message as one of the house language: at its place there, and if the value that the older version
 * does not know is one of OCPP 1.6 (half-updated firmware says such things), it is taken and written into the payload.
 */
export function adopted(anomaly: Anomaly, path: Path, payload: Payload, house: RecordType): Anomaly {
  const value = anomaly.kind === 'unknownEnum' ? houseValue(house, path, anomaly.text) : undefined;
  if (value === undefined) return { ...anomaly, path };
  writeAt(payload, path, value);
  return { ...anomaly, path, kind: 'laterVersion' };
}

function houseValue(house: RecordType, path: Path, text: string): string | undefined {
  const names = path.filter((step) => typeof step === 'string');
  const type = names.reduce<ValueType | undefined>(typeOfField, house);
  if (type?.kind !== 'string' || type.values === undefined) return undefined;
  // Chargers of the 1.5 years write it so.
  if (type.name === 'UnitOfMeasure' && text.toUpperCase() === 'C') return 'Celsius';
  return spellings(type.values, type.name).get(text.toLowerCase());
}

function typeOfField(type: ValueType | undefined, name: string): ValueType | undefined {
  return type?.kind === 'record' ? type.fields.find((field) => field.name === name)?.type : undefined;
}

type Tree = { [key: string | number]: unknown };

function writeAt(payload: Payload, path: Path, value: string): void {
  const parent = path.slice(0, -1).reduce<Tree>((node, step) => node[step] as Tree, payload as Tree);
  parent[path.at(-1) ?? ''] = value;
}
