import type { Field, Operation, RecordType, ServiceModel, ValueType } from './schema.ts';

/** One place where two models disagree, in words for the person who wrote the WSDL. */
export type Difference = {
  /** Action, direction and field names, such as `MeterValues.request.meterValue.timestamp`. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
};

/** Compares all that two models say. The names of types count too: the codecs know units and free texts by them. */
export function compareModels(expected: ServiceModel, actual: ServiceModel): readonly Difference[] {
  const operations = pairs(expected.operations, actual.operations, (operation) => operation.action);
  return [
    ...unequal('service', expected.service, actual.service),
    ...unequal('targetNamespace', expected.namespace, actual.namespace),
    ...operations.flatMap(([action, one, other]) => compareOperations(action, one, other)),
  ];
}

function compareOperations(
  action: string,
  expected: Operation | undefined,
  actual: Operation | undefined,
): readonly Difference[] {
  if (expected === undefined || actual === undefined) return unequal(action, presence(expected), presence(actual));
  return [
    ...compareRecords(`${action}.request`, expected.request, actual.request),
    ...compareRecords(`${action}.response`, expected.response, actual.response),
  ];
}

function compareRecords(path: string, expected: RecordType, actual: RecordType): readonly Difference[] {
  const fields = pairs(expected.fields, actual.fields, (field) => field.name);
  const differences = fields.flatMap(([name, one, other]) => compareFields(`${path}.${name}`, one, other));
  const name = unequal(`${path} (type)`, expected.name, actual.name);
  const text = unequal(`${path} (text)`, describeText(expected), describeText(actual));
  const order = unequal(`${path} (order)`, fieldNames(expected), fieldNames(actual));
  const sameFields = fields.every(([, one, other]) => one !== undefined && other !== undefined);
  return [...name, ...differences, ...text, ...(sameFields ? order : [])];
}

function compareFields(path: string, expected: Field | undefined, actual: Field | undefined): readonly Difference[] {
  if (expected === undefined || actual === undefined) {
    return unequal(path, describeField(expected), describeField(actual));
  }
  return [
    ...unequal(path, describeOccurrence(expected), describeOccurrence(actual)),
    ...compareTypes(path, expected.type, actual.type),
  ];
}

function compareTypes(path: string, expected: ValueType, actual: ValueType): readonly Difference[] {
  if (expected.kind === 'record' && actual.kind === 'record') return compareRecords(path, expected, actual);
  return unequal(path, describeType(expected), describeType(actual));
}

/** Everything by key that is on either side, the expected first. */
function pairs<T>(
  expected: readonly T[],
  actual: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [key: string, expected: T | undefined, actual: T | undefined])[] {
  const keys = new Set([...expected, ...actual].map(keyOf));
  const find = (items: readonly T[], key: string) => items.find((item) => keyOf(item) === key);
  return [...keys].map((key) => [key, find(expected, key), find(actual, key)]);
}

function unequal(path: string, expected: string, found: string): readonly Difference[] {
  return expected === found ? [] : [{ path, expected, found }];
}

function presence(operation: Operation | undefined): string {
  return operation === undefined ? 'no operation' : 'an operation';
}

function fieldNames(record: RecordType): string {
  return record.fields.map((field) => field.name).join(', ');
}

function describeText(record: RecordType): string {
  return record.text === undefined ? 'no text' : describeType(record.text);
}

function describeField(field: Field | undefined): string {
  return field === undefined ? 'no field' : `${describeOccurrence(field)} ${describeType(field.type)}`;
}

function describeOccurrence(field: Field): string {
  const least = field.required ? '1' : '0';
  return `${least}..${field.list ? 'n' : '1'}${field.attribute === true ? ' attribute' : ''}`;
}

function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'string':
      if (type.values !== undefined) return `${type.name}: one of ${type.values.toSorted().join(', ')}`;
      return type.maxLength === undefined ? 'string' : `string of at most ${type.maxLength}`;
    case 'decimal':
      return type.fractionDigits === undefined
        ? 'decimal'
        : `decimal with at most ${type.fractionDigits} fraction digits`;
    case 'int':
    case 'boolean':
    case 'dateTime':
    case 'uri':
      return type.kind;
    case 'record':
      return 'record';
  }
}
