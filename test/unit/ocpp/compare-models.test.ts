import { expect, test } from 'vitest';
import { compareModels } from '../../../src/ocpp/compare-models.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import type { Field, RecordType, ServiceModel } from '../../../src/ocpp/schema.ts';

const connectorId: Field = { name: 'connectorId', type: { kind: 'int' }, required: true, list: false };
const idTag: Field = { name: 'idTag', type: { kind: 'string', maxLength: 20 }, required: true, list: false };

function service(...fields: Field[]): ServiceModel {
  const request: RecordType = { kind: 'record', name: 'ProbeRequest', fields };
  const response: RecordType = { kind: 'record', name: 'ProbeResponse', fields: [] };
  return { service: 'ChargePoint', namespace: 'urn:probe', operations: [{ action: 'Probe', request, response }] };
}

const paths = (expected: ServiceModel, actual: ServiceModel) => compareModels(expected, actual).map(({ path }) => path);

test('a model does not differ from itself', () => {
  expect(compareModels(centralSystem, centralSystem)).toEqual([]);
  expect(compareModels(service(connectorId), service(connectorId))).toEqual([]);
});

test('another service differs in its name, its namespace and every operation that is only in one', () => {
  const differences = compareModels(centralSystem, chargePoint);
  expect(differences).toContainEqual({ path: 'service', expected: 'CentralSystem', found: 'ChargePoint' });
  expect(differences).toContainEqual({ path: 'Heartbeat', expected: 'an operation', found: 'no operation' });
  expect(differences).toContainEqual({ path: 'Reset', expected: 'no operation', found: 'an operation' });
  expect(differences.map(({ path }) => path)).not.toContain('DataTransfer');
});

test('a field that is missing, one that is new, and one that occurs otherwise are each named', () => {
  expect(paths(service(connectorId, idTag), service(connectorId))).toEqual(['Probe.request.idTag']);
  expect(paths(service(connectorId), service(connectorId, idTag))).toEqual(['Probe.request.idTag']);
  expect(compareModels(service(idTag), service({ ...idTag, list: true, required: false }))).toEqual([
    { path: 'Probe.request.idTag', expected: '1..1', found: '0..n' },
  ]);
  expect(paths(service(idTag), service({ ...idTag, attribute: true }))).toEqual(['Probe.request.idTag']);
});

test('the order of fields counts, since it is the order on the wire', () => {
  expect(compareModels(service(connectorId, idTag), service(idTag, connectorId))).toEqual([
    { path: 'Probe.request (order)', expected: 'connectorId, idTag', found: 'idTag, connectorId' },
  ]);
});

test('the values of an enumeration count, their order does not', () => {
  const status = (...values: string[]): Field => ({ ...idTag, type: { kind: 'string', name: 'Status', values } });
  expect(paths(service(status('Hard', 'Soft')), service(status('Soft', 'Hard')))).toEqual([]);
  expect(compareModels(service(status('Hard', 'Soft')), service(status('Hard')))).toEqual([
    { path: 'Probe.request.idTag', expected: 'Status: one of Hard, Soft', found: 'Status: one of Hard' },
  ]);
});

test('the names of types count: the codecs know some by name', () => {
  const unit = (name: string): Field => ({ ...idTag, name: 'unit', type: { kind: 'string', name, values: ['Wh'] } });
  const outer = (name: string): Field => ({ ...idTag, name: 'outer', type: { kind: 'record', name, fields: [] } });
  expect(paths(service(unit('UnitOfMeasure')), service(unit('Unit')))).toEqual(['Probe.request.unit']);
  expect(paths(service(outer('MeterValue')), service(outer('Value')))).toEqual(['Probe.request.outer (type)']);
});

test('fraction digits and text beside attributes count, and nested fields have their whole path', () => {
  const record = (type: RecordType): Field => ({ name: 'outer', type, required: true, list: false });
  const inner = (fractionDigits: number): Field => ({
    ...idTag,
    name: 'inner',
    type: { kind: 'decimal', fractionDigits },
  });
  const outer = (field: Field): RecordType => ({ kind: 'record', name: 'Outer', fields: [field] });
  expect(paths(service(record(outer(inner(1)))), service(record(outer(inner(2)))))).toEqual([
    'Probe.request.outer.inner',
  ]);
  const withText: RecordType = { ...outer(inner(1)), text: { kind: 'string' } };
  expect(compareModels(service(record(outer(inner(1)))), service(record(withText)))).toEqual([
    { path: 'Probe.request.outer (text)', expected: 'no text', found: 'string' },
  ]);
});
