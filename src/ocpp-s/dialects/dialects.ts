import type { Payload } from '../../gateway/ports.ts';
import { jsonForm } from '../../ocpp/json-form.ts';
import { centralSystem, chargePoint } from '../../ocpp/model.generated.ts';
import type { RecordType, ServiceModel } from '../../ocpp/schema.ts';
import type { OcppVersion } from '../message.ts';
import type { RecordReader } from '../payload-reader.ts';
import type { RecordWriter } from '../payload-writer.ts';
import type { Reading } from '../reading.ts';
import type { Path as WriterPath } from '../value-writer.ts';
import { adopted } from './adoption.ts';
import type { Dialect, Translation, Wording } from './dialect.ts';
import { compileFitting } from './fitting.ts';
import * as model12 from './model-1.2.generated.ts';
import * as model15 from './model-1.5.generated.ts';
import { ocpp12 } from './ocpp-1.2.ts';
import { ocpp15 } from './ocpp-1.5.ts';

/** The services of the older versions, as the dialects know them. */
export const olderModels: readonly ServiceModel[] = [
  model15.centralSystem,
  model15.chargePoint,
  model12.centralSystem,
  model12.chargePoint,
];

const dialects: Readonly<Record<OcppVersion, Dialect | undefined>> = { '1.2': ocpp12, '1.5': ocpp15, '1.6': undefined };

export type MessageKind = 'request' | 'response';

type Codec = { readonly read: RecordReader; readonly write: MessageWriter };

/** Writes a payload of the house language. Throws OcppError naming the field. */
export type MessageWriter = (payload: Payload, path: WriterPath, wording: Wording) => string;

/** The codec of one message in the house language, from the one of its own version. Throws Error for a message that no dialect has. */
export function translated(
  version: OcppVersion,
  action: string,
  kind: MessageKind,
  codec: { readonly read: RecordReader; readonly write: RecordWriter },
): Codec {
  const dialect = dialects[version];
  if (dialect === undefined) return codec;
  const translation = (kind === 'request' ? dialect.requests : dialect.responses)[action];
  if (translation === undefined) throw new Error(`no dialect for ${action} of OCPP ${version}`);
  return {
    read: translatedReader(codec.read, translation, houseRecord(action, kind)),
    write: (payload, path, wording) => codec.write(translation.down(payload, wording), path),
  };
}

function translatedReader(
  read: RecordReader,
  translation: Translation<Payload, Payload>,
  house: RecordType,
): RecordReader {
  const fit = compileFitting(house);
  return (cursor, reading) => {
    const before = reading.anomalies.length;
    const said = read(cursor, reading);
    const payload = translation.up(said, reading);
    if (reading.anomalies.length > before) adoptAll(reading, before, translation, said, payload, house);
    fit?.(payload, reading);
    return payload;
  };
}

function adoptAll(
  { anomalies }: Reading,
  from: number,
  translation: Translation<Payload, Payload>,
  said: Payload,
  payload: Payload,
  house: RecordType,
): void {
  const fresh = anomalies.splice(from);
  for (const anomaly of fresh) {
    const path = translation.place?.(anomaly.path, said) ?? anomaly.path;
    anomalies.push(adopted(anomaly, path, payload, house));
  }
}

const houseOperations = [centralSystem, chargePoint].map(jsonForm).flatMap(({ operations }) => operations);

function houseRecord(action: string, kind: MessageKind): RecordType {
  const operation = houseOperations.find((candidate) => candidate.action === action);
  if (operation === undefined) throw new Error(`${action} is not an action of OCPP 1.6`);
  return operation[kind];
}
