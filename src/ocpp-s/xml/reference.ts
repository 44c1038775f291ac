import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { OcppError } from '../../ocpp/errors.ts';
import type { XmlAttribute, XmlDecoder, XmlElement } from './decoder.ts';
import { decodeReferences, readCharacterData } from './entities.ts';
import {
  checkDeclaration,
  declaredPrefix,
  type NamespaceScope,
  outermostScope,
  resolvePrefix,
  splitName,
} from './namespaces.ts';
import { scanXml } from './scan.ts';
import { walkTree } from './tree-cursor.ts';

const attributesKey = ':@';
const textKey = '#text';
const cdataKey = '#cdata';
const commentKey = '#comment';

/** The parser's ordered output: one key with the node's content, and the attributes beside it. */
type ParsedNode = {
  readonly [attributesKey]?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
};

const nothing = (): void => {};

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // The parser's guesses turn the idTag 12E5 into 1200000 and 0012 into 12.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // References are decoded here, text by text: a comment inside `&am<!-- -->p;` must not make one.
  processEntities: false,
  // Saves making a decoder of the parser's own for each document, which would then never be asked.
  entityDecoder: {
    decode: (text) => text,
    reset: nothing,
    setExternalEntities: nothing,
    addInputEntities: nothing,
    setXmlVersion: nothing,
  },
  cdataPropName: cdataKey,
  commentPropName: commentKey,
  textNodeName: textKey,
  ignoreDeclaration: true,
  // Saves a fifth of the parser's time.
  jPath: false,
  // Nothing is looked up in plain objects by names from the wire, so no name needs to be changed.
  onDangerousProperty: (name: string) => name,
});

/**
 * The decoder that stands on fast-xml-parser: our front door, its validator, its ordered output, our own namespaces and
 * references. It reads the whole document before anything is asked of it.
 */
export const referenceDecoder: XmlDecoder = {
  open(xml) {
    scanXml(xml);
    const verdict = XMLValidator.validate(xml);
    if (verdict !== true) {
      throw new OcppError('ProtocolError', `not well-formed XML, line ${verdict.err.line}: ${verdict.err.msg}`);
    }
    return walkTree(readElement(onlyRoot(xml, parseNodes(xml)), outermostScope));
  },
};

function parseNodes(xml: string): readonly ParsedNode[] {
  try {
    return parser.parse(xml) as readonly ParsedNode[];
  } catch (cause) {
    throw new OcppError('ProtocolError', 'not well-formed XML', { cause });
  }
}

/** The parser drops text behind the last tag, and takes any number of roots. */
function onlyRoot(xml: string, nodes: readonly ParsedNode[]): ParsedNode {
  const [root, ...others] = nodes.filter((node) => !isIgnorable(node));
  if (root === undefined || others.length > 0 || !isBlank(xml.slice(xml.lastIndexOf('>') + 1))) {
    throw new OcppError('ProtocolError', 'not well-formed XML: one root element is needed, and nothing beside it');
  }
  return root;
}

function isIgnorable(node: ParsedNode): boolean {
  const name = nameOf(node);
  return name === commentKey || (name === textKey && isBlank(node[textKey] as string));
}

const isBlank = (text: string) => text.trim() === '';

function nameOf(node: ParsedNode): string {
  const [name, second] = Object.keys(node);
  return (name === attributesKey ? second : name) ?? '';
}

function readElement(node: ParsedNode, outer: NamespaceScope): XmlElement {
  const name = nameOf(node);
  const parsed = node[attributesKey];
  const scope = parsed === undefined ? outer : declareNamespaces(parsed, outer);
  const { prefix, local } = splitName(name);
  const children: XmlElement[] = [];
  let text = '';
  for (const child of node[name] as readonly ParsedNode[]) {
    const kind = nameOf(child);
    if (kind === textKey) text += readCharacterData(child[textKey] as string);
    else if (kind === cdataKey) text += cdataText(child);
    else if (kind !== commentKey) children.push(readElement(child, scope));
  }
  const attributes = parsed === undefined ? noAttributes : readAttributes(parsed, scope);
  return { namespace: resolvePrefix(scope, prefix), local, attributes, children, text };
}

function cdataText(node: ParsedNode): string {
  const [content] = node[cdataKey] as readonly ParsedNode[];
  return content === undefined ? '' : (content[textKey] as string);
}

function declareNamespaces(parsed: Readonly<Record<string, string>>, outer: NamespaceScope): NamespaceScope {
  let bound: Map<string, string> | undefined;
  for (const name of Object.keys(parsed)) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    const namespace = attributeValue(parsed, name);
    checkDeclaration(prefix, namespace);
    bound ??= new Map();
    bound.set(prefix, namespace);
  }
  return bound === undefined ? outer : { outer, bound };
}

const noAttributes: readonly XmlAttribute[] = [];

function readAttributes(parsed: Readonly<Record<string, string>>, scope: NamespaceScope): readonly XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  for (const name of Object.keys(parsed)) {
    if (declaredPrefix(name) !== undefined) continue;
    const { prefix, local } = splitName(name);
    // An attribute without prefix has no namespace (Namespaces in XML 1.0 §6.2).
    const namespace = prefix === '' ? '' : resolvePrefix(scope, prefix);
    if (attributes.some((other) => other.local === local && other.namespace === namespace)) {
      throw new OcppError('ProtocolError', `not well-formed XML: the attribute ${local} twice`);
    }
    attributes.push({ namespace, local, value: attributeValue(parsed, name) });
  }
  return attributes.length === 0 ? noAttributes : attributes;
}

/** Literal blanks become spaces before references are decoded (XML 1.0 §3.3.3). */
function attributeValue(parsed: Readonly<Record<string, string>>, name: string): string {
  return decodeReferences((parsed[name] ?? '').replace(/[\t\n\r]/g, ' '));
}
