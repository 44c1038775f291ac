import { jsonForm } from '../../ocpp/json-form.ts';
import type { Field, ServiceModel, ValueType } from '../../ocpp/schema.ts';
import { fingerprint } from './fingerprint.ts';
import type { LoadedService } from './load.ts';
import { isNamed, type NamedType, namedTypes } from './named-types.ts';
import { type Literal, printLiteral, printUnion } from './print.ts';

const banner = '// Generated from the WSDLs of OCPP 1.6 by `npm run generate`: edit those instead.';

/** TypeScript source of the model as data. */
export function modelSource(centralSystem: ServiceModel, chargePoint: ServiceModel): string {
  const types = [...namedTypes([centralSystem, chargePoint]).values()];
  return blocks([
    `${banner}\nimport type { RecordType, ServiceModel, TextType } from './schema.ts';`,
    ...types.map(typeConstant),
    serviceConstant('centralSystem', 'What the charger calls and the gateway answers.', centralSystem),
    serviceConstant('chargePoint', 'What the gateway calls and the charger answers.', chargePoint),
  ]);
}

/** TypeScript source of the payloads' types, in the form of OCPP-J. */
export function messagesSource(centralSystem: ServiceModel, chargePoint: ServiceModel): string {
  const services = [centralSystem, chargePoint].map(jsonForm);
  const actions = [
    ...new Set(services.flatMap((service) => service.operations.map(({ action }) => action))),
  ].toSorted();
  return blocks([
    banner,
    actionList('chargerActions', 'What a charger calls.', centralSystem),
    actionList('csmsActions', 'What a CSMS calls.', chargePoint),
    ...[...namedTypes(services).values()].map(typeDeclaration),
    messageMap('Requests', 'Request', actions),
    messageMap('Responses', 'Response', actions),
  ]);
}

/** TypeScript source of what tells the WSDLs that all of this was generated from. */
export function fingerprintsSource(services: readonly LoadedService[]): string {
  const prints = services.map(({ model, text }) => [model.service, fingerprint(text)] as const);
  const sentence = '/** Of the WSDLs that the model of OCPP 1.6 was generated from. */';
  const source = printLiteral('export const fingerprints = ', Object.fromEntries(prints), ' as const;');
  return blocks([banner, `${sentence}\n${source}`]);
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

function constantName(typeName: string): string {
  return typeName.charAt(0).toLowerCase() + typeName.slice(1);
}

function actionList(name: string, sentence: string, service: ServiceModel): string {
  const actions = service.operations.map(({ action }) => action);
  return `/** ${sentence} */\n${printLiteral(`export const ${name} = `, actions, ' as const;')}`;
}

function typeDeclaration(type: NamedType): string {
  if (type.kind === 'string') return printUnion(`export type ${type.name} =`, type.values ?? []);
  if (type.fields.length === 0) return `export type ${type.name} = Readonly<Record<string, never>>;`;
  const fields = type.fields.map(
    (field) => `  readonly ${field.name}${field.required ? '' : '?'}: ${fieldType(field)};`,
  );
  return [`export type ${type.name} = {`, ...fields, '};'].join('\n');
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
      return type.name;
  }
}

function messageMap(name: string, suffix: string, actions: readonly string[]): string {
  const lines = actions.map((action) => `  readonly ${action}: ${action}${suffix};`);
  return [`/** ${name} by action. */`, `export type ${name} = {`, ...lines, '};'].join('\n');
}
