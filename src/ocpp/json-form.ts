import type { Field, RecordType, ServiceModel, TextType, ValueType } from './schema.ts';

/**
 * The few places where OCPP-J 1.6 says other than OCPP-S 1.6. The JSON schemas misspell Celsius (both are valid), and the
 * errata of 2019 add Hertz, the unit that the measurand Frequency lacks.
 */
const addedValues: Readonly<Record<string, readonly string[]>> = { UnitOfMeasure: ['Celcius', 'Hertz'] };
const requiredInJson = new Set(['MeterValuesRequest.meterValue']);

/** The service as OCPP-J 1.6 has it: the shape of every payload inside the gateway. */
export function jsonForm(service: ServiceModel): ServiceModel {
  const operations = service.operations.map(({ action, request, response }) => {
    return { action, request: jsonRecord(request), response: jsonRecord(response) };
  });
  return { ...service, operations };
}

function jsonRecord(record: RecordType): RecordType {
  return { ...record, fields: record.fields.map((field) => jsonField(field, record.name)) };
}

function jsonField(field: Field, parent: string): Field {
  const required = field.required || requiredInJson.has(`${parent}.${field.name}`);
  return { ...field, required, type: jsonType(field.type) };
}

function jsonType(type: ValueType): ValueType {
  switch (type.kind) {
    case 'string':
      return jsonText(type);
    case 'record':
      return jsonRecord(type);
    case 'int':
    case 'decimal':
    case 'boolean':
    case 'dateTime':
    case 'uri':
      return type;
  }
}

function jsonText(type: TextType): TextType {
  const added = addedValues[type.name ?? ''];
  return added === undefined || type.values === undefined ? type : { ...type, values: [...type.values, ...added] };
}
