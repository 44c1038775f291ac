import { jsonForm } from '../../ocpp/json-form.ts';
import { type Field, type ServiceModel, textField, type ValueType } from '../../ocpp/schema.ts';
import type { OcppVersion } from '../message.ts';
import { isNamed, type NamedType, namedTypes } from './named-types.ts';
import { type Literal, printLiteral, printUnion } from './print.ts';

/** One version of OCPP: both of its services. */
export type Services = {
  readonly version: OcppVersion;
  readonly centralSystem: ServiceModel;
  readonly chargePoint: ServiceModel;
  /** Of the texts that the models were read from, as `textHash` makes them. */
  readonly hashes: { readonly centralSystem: string; readonly chargePoint: string };
};

/** TypeScript source of the model as data; `schema` is the module of its types. */
export function modelSource({ version, centralSystem, chargePoint, hashes }: Services, schema: string): string {
  const types = [...namedTypes([centralSystem, chargePoint]).values()];
  return blocks([
    `${banner(version)}\nimport type { RecordType, ServiceModel, TextType } from '${schema}';`,
    ...types.map(typeConstant),
    serviceConstant('centralSystem', 'What the charger calls and the gateway answers.', centralSystem),
    serviceConstant('chargePoint', 'What the gateway calls and the charger answers.', chargePoint),
    `/** Of the WSDLs' texts: what has the same need not be read again. */\n${printLiteral('export const wsdlHashes = ', hashes, ';')}`,
  ]);
}

/** TypeScript source of the payloads' types of OCPP 1.6, in the form of OCPP-J. */
export function messagesSource({ version, centralSystem, chargePoint }: Services): string {
  return blocks([
    banner(version),
    actionList('chargerActions', 'What a charger calls.', centralSystem),
    actionList('csmsActions', 'What a CSMS calls.', chargePoint),
    ...messageTypes([centralSystem, chargePoint].map(jsonForm)),
  ]);
}

/** TypeScript source of the payloads' types of an older version, which has no form but that of its WSDL. */
export function olderMessagesSource({ version, centralSystem, chargePoint }: Services): string {
  return blocks([banner(version), ...messageTypes([centralSystem, chargePoint])]);
}

const banner = (version: OcppVersion) =>
  `// Generated from the WSDLs of OCPP ${version} by \`npm run generate\`: edit those instead.`;

function messageTypes(services: readonly ServiceModel[]): readonly string[] {
  const actions = services.flatMap((service) => service.operations.map(({ action }) => action));
  const each = [...new Set(actions)].toSorted();
  return [
    ...[...namedTypes(services).values()].map(typeDeclaration),
    messageMap('Requests', 'Request', each),
    messageMap('Responses', 'Response', each),
  ];
}

function blocks(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function typeConstant(type: NamedType): string {
  const annotation = type.kind === 'record' ? 'RecordType' : 'TextType';
  return printLiteral(`const ${constantName(type.name)}: ${annotation} = `, typeLiteral(type), ';');
}

function serviceConstant(name: string, sentence: string, service: ServiceModel): string {
  const operations = service.operations.map(({ action, request, response }) => {
    return { action, request: reference(request), response: reference(response) };
  });
  const source = printLiteral(`export const ${name}: ServiceModel = `, { ...service, operations }, ';');
  return `/** ${sentence} */\n${source}`;
}

function typeLiteral(type: ValueType): Literal {
  if (type.kind !== 'record') return { ...type };
  const text = type.text === undefined ? {} : { text: reference(type.text) };
  return { ...type, ...text, fields: type.fields.map(fieldLiteral) };
}

function fieldLiteral(field: Field): Literal {
  return { ...field, type: reference(field.type) };
}

function reference(type: ValueType): Literal {
  return isNamed(type) ? { identifier: constantName(type.name) } : { ...type };
}

function constantName(name: string): string {
  const type = typeName(name);
  return type.charAt(0).toLowerCase() + type.slice(1);
}

/** A type that is written inside an element has the name of both: `MeterValue.value`. */
function typeName(name: string): string {
  return name
    .split('.')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

function actionList(name: string, sentence: string, service: ServiceModel): string {
  const actions = service.operations.map(({ action }) => action);
  return `/** ${sentence} */\n${printLiteral(`export const ${name} = `, actions, ' as const;')}`;
}

function typeDeclaration(type: NamedType): string {
  const name = typeName(type.name);
  if (type.kind === 'string') return printUnion(`export type ${name} =`, type.values ?? []);
  if (type.fields.length === 0) return `export type ${name} = Readonly<Record<string, never>>;`;
  const text = type.text === undefined ? [] : [`  readonly ${textField}: ${valueType(type.text)};`];
  const fields = type.fields.map(
    (field) => `  readonly ${field.name}${field.required ? '' : '?'}: ${fieldType(field)};`,
  );
  return [`export type ${name} = {`, ...text, ...fields, '};'].join('\n');
}

function fieldType(field: Field): string {
  return field.list ? `readonly ${valueType(field.type)}[]` : valueType(field.type);
}

function valueType(type: ValueType): string {
  switch (type.kind) {
    case 'string':
      return type.name ?? 'string';
    case 'dateTime':
    case 'uri':
      return 'string';
    case 'int':
    case 'decimal':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'record':
      return typeName(type.name);
  }
}

function messageMap(name: string, suffix: string, actions: readonly string[]): string {
  const lines = actions.map((action) => `  readonly ${action}: ${action}${suffix};`);
  return [`/** ${name} by action. */`, `export type ${name} = {`, ...lines, '};'].join('\n');
}
