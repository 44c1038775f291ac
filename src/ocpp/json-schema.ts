import type { Field, RecordType, ValueType } from './schema.ts';

/** A JSON Schema (draft-07) as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const safeInteger = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

/** The JSON Schema of a payload: nothing but the fields of the record, lists that must be there are not empty. */
export function jsonSchema(record: RecordType): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(record.fields.map((field) => [field.name, fieldSchema(field)])),
    required: record.fields.filter((field) => field.required).map((field) => field.name),
    additionalProperties: false,
  };
}

function fieldSchema(field: Field): JsonSchema {
  const item = wideIds.has(field.name) ? wideId : valueSchema(field.type);
  if (!field.list) return item;
  return { type: 'array', items: item, ...(field.required ? { minItems: 1 } : {}) };
}

/** OCPP-J sets no bound, and CSMSs use large ids: those are mapped to what a charger can carry, not refused. */
const wideIds: ReadonlySet<string> = new Set(['transactionId', 'requestId']);
const wideId: JsonSchema = { type: 'integer', ...safeInteger };

function valueSchema(type: ValueType): JsonSchema {
  switch (type.kind) {
    case 'string':
      if (type.values !== undefined) return { type: 'string', enum: type.values };
      return { type: 'string', ...(type.maxLength === undefined ? {} : { maxLength: type.maxLength }) };
    case 'int':
      return { type: 'integer', ...int32 };
    case 'decimal':
      return {
        type: 'number',
        ...(type.fractionDigits === undefined ? {} : { multipleOf: 10 ** -type.fractionDigits }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'dateTime':
      return { type: 'string', format: 'date-time' };
    case 'uri':
      return { type: 'string', format: 'uri' };
    case 'record':
      return jsonSchema(type);
  }
}
