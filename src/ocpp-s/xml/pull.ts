import { OcppError } from '../../ocpp/errors.ts';
import type { XmlAttribute, XmlDecoder, XmlElement } from './decoder.ts';
import { decodeReferences } from './entities.ts';
import {
  checkDeclaration,
  declaredPrefix,
  type NamespaceScope,
  outermostScope,
  resolvePrefix,
  splitName,
} from './namespaces.ts';

/**
 * The decoder of the hot path: one pass from front to back that builds elements as it meets their end tags. It reads no
 * more of XML than the front door lets through, and that strictly; `reference.ts` is its second opinion in the tests.
 */
export const pullDecoder: XmlDecoder = {
  parse: (xml) => new DocumentReader(withPlainLineEnds(xml)).read(),
};

/** XML 1.0 §2.11 */
function withPlainLineEnds(xml: string): string {
  return xml.includes('\r') ? xml.replace(/\r\n?/g, '\n') : xml;
}

type Name = { readonly namespace: string; readonly local: string };

/** The namespaces in force at an element, and the names that were resolved with them. */
type Scope = NamespaceScope & { readonly names: Map<string, Name> };

/** XML 1.0 §2.8, whatever it declares: the charset was settled before. */
const declarationForm = /^<\?xml(?:\s+[a-z]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\?>/;

type RawAttribute = { readonly name: string; readonly value: string };

const exclamation = 33;
const doubleQuote = 34;
const singleQuote = 39;
const slash = 47;
const equals = 61;
const less = 60;
const greater = 62;

const noRawAttributes: readonly RawAttribute[] = [];
const noAttributes: readonly XmlAttribute[] = [];
const noChildren: readonly XmlElement[] = [];

class DocumentReader {
  readonly #xml: string;
  readonly #hasReferences: boolean;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
    this.#hasReferences = xml.includes('&');
  }

  read(): XmlElement {
    this.#skipDeclaration();
    this.#skipBesideRoot();
    if (this.#code() !== less) throw malformed('no root element');
    const root = this.#readElement({ ...outermostScope, names: new Map() });
    this.#skipBesideRoot();
    if (this.#at < this.#xml.length) throw malformed('something behind the root element');
    return root;
  }

  #code(): number {
    return this.#xml.charCodeAt(this.#at);
  }

  #skipDeclaration(): void {
    if (!this.#xml.startsWith('<?xml')) return;
    const declaration = declarationForm.exec(this.#xml);
    if (declaration === null) throw malformed('the XML declaration');
    this.#at = declaration[0].length;
  }

  /** Blanks and comments (XML 1.0 §2.8). */
  #skipBesideRoot(): void {
    this.#skipBlanks();
    while (this.#xml.startsWith('<!--', this.#at)) {
      this.#at = this.#behind('-->');
      this.#skipBlanks();
    }
  }

  #skipBlanks(): void {
    while (isBlank(this.#code())) this.#at += 1;
  }

  #behind(end: string, from = this.#at): number {
    const at = this.#xml.indexOf(end, from);
    if (at === -1) throw malformed(`no ${end}`);
    return at + end.length;
  }

  /** From its `<` to behind its end. */
  #readElement(outer: Scope): XmlElement {
    this.#at += 1;
    const name = this.#readName();
    const raw = this.#code() === greater ? noRawAttributes : this.#readAttributes();
    const scope = raw.length === 0 ? outer : declare(raw, outer);
    const { namespace, local } = resolve(name, scope);
    const attributes = raw.length === 0 ? noAttributes : attributesOf(raw, scope);
    if (this.#code() === slash) {
      this.#at += 1;
      this.#expect(greater, '>');
      return { namespace, local, attributes, children: noChildren, text: '' };
    }
    this.#at += 1;
    const { children, text } = this.#readContent(name, scope);
    return { namespace, local, attributes, children, text };
  }

  /** To behind the end tag. */
  #readContent(name: string, scope: Scope): Pick<XmlElement, 'children' | 'text'> {
    let children: XmlElement[] | undefined;
    let text = '';
    for (;;) {
      text += this.#readText(name);
      switch (this.#xml.charCodeAt(this.#at + 1)) {
        case slash:
          this.#readEndTag(name);
          return { children: children ?? noChildren, text };
        case exclamation:
          text += this.#readSection();
          break;
        default:
          children ??= [];
          children.push(this.#readElement(scope));
      }
    }
  }

  #readText(name: string): string {
    const start = this.#at;
    if (this.#code() === less) return '';
    const end = this.#xml.indexOf('<', start);
    if (end === -1) throw malformed(`${name} does not end`);
    this.#at = end;
    const text = this.#xml.slice(start, end);
    return this.#hasReferences ? decodeReferences(text) : text;
  }

  /** What a CDATA section holds; nothing for a comment. */
  #readSection(): string {
    const start = this.#at;
    if (this.#xml.startsWith('<!--', start)) {
      this.#at = this.#behind('-->', start + 4);
      return '';
    }
    if (!this.#xml.startsWith('<![CDATA[', start)) throw malformed('neither comment nor CDATA section');
    this.#at = this.#behind(']]>', start + 9);
    return this.#xml.slice(start + 9, this.#at - 3);
  }

  #readEndTag(name: string): void {
    const start = this.#at + 2;
    if (!this.#xml.startsWith(name, start)) throw malformed(`${name} is not ended where its parent is`);
    this.#at = start + name.length;
    this.#skipBlanks();
    this.#expect(greater, '>');
  }

  /** To the `>` or `/` that ends the tag. */
  #readAttributes(): readonly RawAttribute[] {
    const attributes: RawAttribute[] = [];
    for (;;) {
      const start = this.#at;
      this.#skipBlanks();
      const code = this.#code();
      if (code === greater || code === slash) return attributes;
      if (this.#at === start) throw malformed('no blank before an attribute');
      attributes.push(this.#readAttribute(attributes));
    }
  }

  #readAttribute(others: readonly RawAttribute[]): RawAttribute {
    const name = this.#readName();
    if (others.some((other) => other.name === name)) throw malformed(`the attribute ${name} twice`);
    this.#skipBlanks();
    this.#expect(equals, '=');
    this.#skipBlanks();
    const quote = this.#code();
    if (quote !== doubleQuote && quote !== singleQuote) throw malformed(`the attribute ${name} without quotes`);
    const start = this.#at + 1;
    this.#at = this.#behind(quote === doubleQuote ? '"' : "'", start);
    const value = this.#xml.slice(start, this.#at - 1);
    if (value.includes('<')) throw malformed(`a < in the attribute ${name}`);
    // Literal blanks become spaces before references are decoded (XML 1.0 §3.3.3).
    return { name, value: decodeReferences(value.replace(/[\t\n]/g, ' ')) };
  }

  #readName(): string {
    const xml = this.#xml;
    const start = this.#at;
    let at = start;
    let plain = true;
    for (let code = xml.charCodeAt(at); !endsName(code); code = xml.charCodeAt(at)) {
      plain &&= isPlainNameCode(code);
      at += 1;
    }
    this.#at = at;
    const name = xml.slice(start, at);
    if (!plain || !startsPlainly(name)) checkName(name);
    return name;
  }

  #expect(code: number, character: string): void {
    if (this.#code() !== code) throw malformed(`no ${character} where it must be`);
    this.#at += 1;
  }
}

function resolve(name: string, scope: Scope): Name {
  const known = scope.names.get(name);
  if (known !== undefined) return known;
  const { prefix, local } = splitName(name);
  const resolved = { namespace: resolvePrefix(scope, prefix), local };
  scope.names.set(name, resolved);
  return resolved;
}

/** The scope inside an element with these attributes: the same as outside, unless it declares a namespace. */
function declare(raw: readonly RawAttribute[], outer: Scope): Scope {
  const bound = new Map<string, string>();
  for (const { name, value } of raw) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    checkDeclaration(prefix, value);
    bound.set(prefix, value);
  }
  return bound.size === 0 ? outer : { outer, bound, names: new Map() };
}

function attributesOf(raw: readonly RawAttribute[], scope: Scope): readonly XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  for (const { name, value } of raw) {
    if (declaredPrefix(name) !== undefined) continue;
    const { prefix, local } = splitName(name);
    // An attribute without prefix has no namespace (Namespaces in XML 1.0 §6.2).
    const namespace = prefix === '' ? '' : resolvePrefix(scope, prefix);
    if (attributes.some((other) => other.local === local && other.namespace === namespace)) {
      throw malformed(`the attribute ${local} twice`);
    }
    attributes.push({ namespace, local, value });
  }
  return attributes.length === 0 ? noAttributes : attributes;
}

/** XML 1.0 §2.3 */
function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

/** NaN, behind the end of the document, ends everything. */
function endsName(code: number): boolean {
  return !(code > 32) || code === greater || code === slash || code === equals || code === less;
}

/** An ASCII character that may stand in a name: letters, digits, `-`, `.`, `:`, `_`. */
function isPlainNameCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 58 && code !== slash) ||
    code === 95
  );
}

function startsPlainly(name: string): boolean {
  const code = name.charCodeAt(0);
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** XML 1.0 §2.3 [4], [4a] */
const startCharacters =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}' +
  '\\u{2070}-\\u{218f}\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}';
const nameForm = new RegExp(
  `^[${startCharacters}][${startCharacters}\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}]*$`,
  'u',
);

function checkName(name: string): void {
  if (!nameForm.test(name)) throw malformed(`the name ${JSON.stringify(name.slice(0, 40))}`);
}

function malformed(problem: string): OcppError {
  return new OcppError('ProtocolError', `not well-formed XML: ${problem}`);
}
