import type { Operation, RecordType, ServiceModel } from '../../ocpp/schema.ts';
import { serviceOfNamespace } from './namespaces.ts';
import { readSchema, schemaNamespace, type TypeLookup } from './types.ts';
import { ContractError, childrenNamed, parseXml, resolveName, type XmlElement } from './xml.ts';

/** WSDL 1.1 and its binding to SOAP 1.2. */
const wsdl = 'http://schemas.xmlsoap.org/wsdl/';
const soap12 = 'http://schemas.xmlsoap.org/wsdl/soap12/';
/** WS-Addressing 1.0 WSDL binding, the draft namespace that OCPP uses. */
const wsaw = 'http://www.w3.org/2006/05/addressing/wsdl';

/**
 * Reads one WSDL of OCPP to its plain model: SOAP 1.2, document/literal, one wrapper element per message. Throws
 * ContractError, with `file` in its message, for everything that it does not understand.
 */
export function readWsdl(text: string, file: string): ServiceModel {
  try {
    return readDefinitions(parseXml(text));
  } catch (thrown) {
    if (!(thrown instanceof ContractError)) throw thrown;
    throw new ContractError(`${file}: ${thrown.message}`, { cause: thrown });
  }
}

function readDefinitions(definitions: XmlElement): ServiceModel {
  if (definitions.namespace !== wsdl || definitions.local !== 'definitions') {
    throw new ContractError(`expected <definitions> of WSDL 1.1, found <${definitions.local}>`);
  }
  const namespace = definitions.attributes.get('targetNamespace') ?? '';
  const key = serviceOfNamespace(namespace);
  if (key === undefined) throw new ContractError(`targetNamespace "${namespace}" is not one of OCPP`);
  checkBinding(single(definitions, wsdl, 'binding'));
  const schema = single(single(definitions, wsdl, 'types'), schemaNamespace, 'schema');
  checkNamespace(schema, namespace);
  const messages = messageElements(definitions);
  const types = readSchema(schema);
  const operations = childrenNamed(single(definitions, wsdl, 'portType'), wsdl, 'operation')
    .map((operation) => readOperation(operation, messages, types))
    .toSorted((one, other) => (one.action < other.action ? -1 : 1));
  return { service: key.service, namespace, operations };
}

function checkNamespace(schema: XmlElement, namespace: string): void {
  const found = schema.attributes.get('targetNamespace');
  if (found !== namespace) throw new ContractError(`schema: expected targetNamespace "${namespace}", found "${found}"`);
}

/** Message name → local name of the element that is its body. */
function messageElements(definitions: XmlElement): ReadonlyMap<string, string> {
  const messages = childrenNamed(definitions, wsdl, 'message').map((message): [string, string] => {
    const part = single(message, wsdl, 'part');
    return [attribute(message, 'name'), resolveName(part, attribute(part, 'element')).local];
  });
  return new Map(messages);
}

function readOperation(operation: XmlElement, messages: ReadonlyMap<string, string>, types: TypeLookup): Operation {
  const action = attribute(operation, 'name');
  const body = (direction: 'input' | 'output', suffix: 'Request' | 'Response'): RecordType => {
    const end = single(operation, wsdl, direction);
    checkAction(end, direction === 'input' ? `/${action}` : `/${action}Response`);
    const message = resolveName(end, attribute(end, 'message')).local;
    const element = messages.get(message);
    if (element === undefined) throw new ContractError(`operation ${action}: message "${message}" is not declared`);
    return wrapper(types, element, `${action.charAt(0).toLowerCase()}${action.slice(1)}${suffix}`);
  };
  return { action, request: body('input', 'Request'), response: body('output', 'Response') };
}

/** The codecs find an operation by the name of its body's element (OCPP-S 1.6 §4), thus the WSDL must use just that. */
function wrapper(types: TypeLookup, element: string, expected: string): RecordType {
  if (element !== expected) throw new ContractError(`expected element "${expected}" as message, found "${element}"`);
  const type = types(element);
  if (type.kind !== 'record') throw new ContractError(`element ${element}: expected a complexType`);
  return type;
}

/** 1.2 describes no action of responses; what is described must be what the gateway writes. */
function checkAction(end: XmlElement, expected: string): void {
  const name = [...end.attributes.keys()].find(
    (key) => key.endsWith(':Action') && resolveName(end, key).namespace === wsaw,
  );
  const found = name === undefined ? expected : end.attributes.get(name);
  if (found !== expected) throw new ContractError(`expected wsaw:Action "${expected}", found "${found}"`);
}

function checkBinding(binding: XmlElement): void {
  checkStyle(single(binding, soap12, 'binding'));
  for (const operation of childrenNamed(binding, wsdl, 'operation')) {
    checkStyle(single(operation, soap12, 'operation'));
    for (const direction of ['input', 'output']) {
      const use = single(single(operation, wsdl, direction), soap12, 'body').attributes.get('use');
      if (use !== 'literal') throw new ContractError(`binding: use="${use}" is not understood, only literal`);
    }
  }
}

function checkStyle(element: XmlElement): void {
  const style = element.attributes.get('style') ?? 'document';
  if (style !== 'document') throw new ContractError(`binding: style="${style}" is not understood, only document`);
}

function single(parent: XmlElement, namespace: string, local: string): XmlElement {
  const [child, more] = childrenNamed(parent, namespace, local);
  if (child !== undefined && more === undefined) return child;
  const name = parent.attributes.get('name');
  const place = name === undefined ? `<${parent.local}>` : `<${parent.local} name="${name}">`;
  throw new ContractError(`${place}: expected exactly one <${local}> of ${namespace}`);
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes.get(name);
  if (value === undefined) throw new ContractError(`<${element.local}> has no ${name}`);
  return value;
}
