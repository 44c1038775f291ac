import type { Field, RecordType, ValueType } from '../../ocpp/schema.ts';
import { ContractError, childrenNamed, resolveName, type XmlElement } from './xml.ts';

/** XML Schema 1.0. */
export const schemaNamespace = 'http://www.w3.org/2001/XMLSchema';

/** Types of the elements that stand directly below xs:schema, by local name. Throws ContractError for an unknown name. */
export type TypeLookup = (element: string) => ValueType;

/** Reads one embedded XML Schema; only the constructs that OCPP uses are understood, all others are refused. */
export function readSchema(schema: XmlElement): TypeLookup {
  if (schema.attributes.get('elementFormDefault') !== 'qualified') {
    throw new ContractError('schema: expected elementFormDefault="qualified"');
  }
  const reader = new SchemaReader(schema);
  return (element) => reader.typeOfElement(element);
}

/** Holds the named types that were read already, so that each is one object, and those being read, so that none holds itself. */
class SchemaReader {
  readonly #namespace: string;
  readonly #elements: ReadonlyMap<string, XmlElement>;
  readonly #declared: ReadonlyMap<string, XmlElement>;
  readonly #read = new Map<string, ValueType>();
  readonly #reading = new Set<string>();

  constructor(schema: XmlElement) {
    this.#namespace = schema.attributes.get('targetNamespace') ?? '';
    only(schema, 'schema', 'simpleType', 'complexType', 'element');
    this.#elements = byName(childrenNamed(schema, schemaNamespace, 'element'));
    this.#declared = byName([
      ...childrenNamed(schema, schemaNamespace, 'simpleType'),
      ...childrenNamed(schema, schemaNamespace, 'complexType'),
    ]);
  }

  typeOfElement(name: string): ValueType {
    const element = this.#elements.get(name);
    if (element === undefined) throw new ContractError(`element "${name}" is not declared`);
    return this.#typeOf(element, `element ${name}`, name);
  }

  /** `place` is for messages; `name` names a type that is written inside the element. */
  #typeOf(element: XmlElement, place: string, name: string): ValueType {
    const reference = element.attributes.get('type');
    if (reference !== undefined) return this.#referred(element, reference, place);
    const [inline] = only(element, place, 'simpleType', 'complexType');
    if (inline === undefined) throw new ContractError(`${place}: expected a type`);
    return this.#typeDeclared(inline, name);
  }

  #referred(element: XmlElement, reference: string, place: string): ValueType {
    const { namespace, local } = resolveName(element, reference);
    if (namespace === schemaNamespace) return builtIn(local, place);
    const declaration = namespace === this.#namespace ? this.#declared.get(local) : undefined;
    if (declaration === undefined) throw new ContractError(`${place}: type "${reference}" is not declared`);
    return this.#named(declaration, local);
  }

  #named(declaration: XmlElement, name: string): ValueType {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    if (this.#reading.has(name)) throw new ContractError(`type ${name} contains itself`);
    this.#reading.add(name);
    const type = this.#typeDeclared(declaration, name);
    this.#reading.delete(name);
    this.#read.set(name, type);
    return type;
  }

  #typeDeclared(declaration: XmlElement, name: string): ValueType {
    return declaration.local === 'simpleType' ? this.#simple(declaration, name) : this.#complex(declaration, name);
  }

  #simple(declaration: XmlElement, name: string): ValueType {
    const place = `simpleType ${name}`;
    const [restriction] = only(declaration, place, 'restriction');
    if (restriction === undefined) throw new ContractError(`${place}: expected a restriction`);
    const base = this.#referred(restriction, required(restriction, 'base', place), place);
    return restrict(base, restriction, name, place);
  }

  #complex(declaration: XmlElement, name: string): RecordType {
    const place = `complexType ${name}`;
    const [content, more] = only(declaration, place, 'sequence', 'simpleContent');
    if (more !== undefined) throw new ContractError(`${place}: expected a single sequence or simpleContent`);
    if (content === undefined) return { kind: 'record', name, fields: [] };
    return content.local === 'sequence' ? this.#sequence(content, name) : this.#simpleContent(content, name);
  }

  #sequence(sequence: XmlElement, name: string): RecordType {
    const elements = only(sequence, `complexType ${name}`, 'element');
    return { kind: 'record', name, fields: elements.map((element) => this.#child(element, name)) };
  }

  #child(element: XmlElement, parent: string): Field {
    const name = required(element, 'name', `complexType ${parent}`);
    const place = `complexType ${parent}, element ${name}`;
    const type = this.#typeOf(element, place, `${parent}.${name}`);
    const least = oneOf(element, 'minOccurs', ['1', '0'], place);
    const most = oneOf(element, 'maxOccurs', ['1', 'unbounded'], place);
    oneOf(element, 'nillable', ['false'], place);
    return { name, type, required: least === '1', list: most === 'unbounded' };
  }

  #simpleContent(content: XmlElement, name: string): RecordType {
    const place = `complexType ${name}`;
    const [extension] = only(content, place, 'extension');
    if (extension === undefined) throw new ContractError(`${place}: expected an extension`);
    const text = this.#referred(extension, required(extension, 'base', place), place);
    if (text.kind === 'record') throw new ContractError(`${place}: expected text in the extension`);
    const attributes = only(extension, place, 'attribute');
    return { kind: 'record', name, text, fields: attributes.map((attribute) => this.#attribute(attribute, name)) };
  }

  #attribute(attribute: XmlElement, parent: string): Field {
    const name = required(attribute, 'name', `complexType ${parent}`);
    const place = `complexType ${parent}, attribute ${name}`;
    const type = this.#typeOf(attribute, place, `${parent}.${name}`);
    const use = oneOf(attribute, 'use', ['optional', 'required'], place);
    return { name, type, required: use === 'required', list: false, attribute: true };
  }
}

function builtIn(local: string, place: string): ValueType {
  switch (local) {
    case 'string':
      return { kind: 'string' };
    case 'int':
      return { kind: 'int' };
    case 'decimal':
      return { kind: 'decimal' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'dateTime':
      return { kind: 'dateTime' };
    case 'anyURI':
      return { kind: 'uri' };
    default:
      throw new ContractError(`${place}: the XML Schema type "${local}" is not understood`);
  }
}

function restrict(base: ValueType, restriction: XmlElement, name: string, place: string): ValueType {
  const facets = only(restriction, place, 'enumeration', 'maxLength', 'fractionDigits');
  if (base.kind === 'string' && base.values !== undefined) {
    throw new ContractError(`${place}: a restriction of an enumeration is not understood`);
  }
  return facets.reduce<ValueType>((type, facet) => {
    const value = required(facet, 'value', place);
    if (type.kind === 'string' && facet.local === 'enumeration') {
      return { ...type, name, values: [...(type.values ?? []), value] };
    }
    if (type.kind === 'string' && facet.local === 'maxLength') return { ...type, maxLength: count(value, place) };
    if (type.kind === 'decimal' && facet.local === 'fractionDigits') {
      return { ...type, fractionDigits: count(value, place) };
    }
    throw new ContractError(`${place}: ${facet.local} does not restrict a ${type.kind}`);
  }, base);
}

function count(text: string, place: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ContractError(`${place}: expected a number, found "${text}"`);
  return Number(text);
}

/** The element's children without annotations, when all of them are among the allowed. */
function only(parent: XmlElement, place: string, ...allowed: readonly string[]): readonly XmlElement[] {
  const children = parent.children.filter((child) => child.local !== 'annotation');
  const stranger = children.find((child) => child.namespace !== schemaNamespace || !allowed.includes(child.local));
  if (stranger !== undefined) throw new ContractError(`${place}: <${stranger.local}> is not understood here`);
  return children;
}

function oneOf(element: XmlElement, attribute: string, allowed: readonly string[], place: string): string {
  const value = element.attributes.get(attribute) ?? allowed[0] ?? '';
  if (allowed.includes(value)) return value;
  throw new ContractError(`${place}: ${attribute}="${value}" is not understood, only ${allowed.join(' or ')}`);
}

function required(element: XmlElement, attribute: string, place: string): string {
  const value = element.attributes.get(attribute);
  if (value === undefined) throw new ContractError(`${place}: <${element.local}> has no ${attribute}`);
  return value;
}

function byName(elements: readonly XmlElement[]): ReadonlyMap<string, XmlElement> {
  const found = new Map<string, XmlElement>();
  for (const element of elements) {
    const name = required(element, 'name', 'schema');
    if (found.has(name)) throw new ContractError(`schema: "${name}" is declared twice`);
    found.set(name, element);
  }
  return found;
}
