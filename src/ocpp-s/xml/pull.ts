import { colon, doubleQuote, equals, exclamation, greater, less, question, singleQuote, slash } from './codes.ts';
import type { XmlAttribute, XmlCursor, XmlDecoder } from './decoder.ts';
import { decodeReferences, readCharacterData } from './entities.ts';
import {
  checkAttributes,
  checkCharacters,
  checkDepth,
  checkNameLength,
  countDeclaration,
  countNode,
  refuse,
  type Tally,
} from './limits.ts';
import { checkName, isPlainNameCode, malformed, startsPlainName } from './names.ts';
import { checkDeclaration, type NamespaceScope, outermostScope, refuseName, resolvePrefix } from './namespaces.ts';

/**
 * The decoder of the hot path: one pass from front to back, pulled along by the readers that are compiled from the
 * WSDLs. It builds nothing but the texts that they ask for, and knows no more of XML than a message may hold, and that
 * strictly; `reference.ts` is its second opinion.
 */
export const pullDecoder: XmlDecoder = {
  open(xml) {
    checkCharacters(xml);
    return new TextCursor(withPlainLineEnds(xml));
  },
};

/** XML 1.0 §2.11 */
function withPlainLineEnds(xml: string): string {
  return xml.includes('\r') ? xml.replace(/\r\n?/g, '\n') : xml;
}

/** XML 1.0 §2.8, whatever it declares: the charset was settled before. */
const declarationForm = /^<\?xml(?:\s+[a-z]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\?>/;

const noAttributes: readonly XmlAttribute[] = [];

/** One open element. The next one at the same depth takes its frame over. */
class Frame {
  readonly outer: Frame | undefined;
  inner: Frame | undefined = undefined;
  /** With its colon. */
  prefix = '';
  local = '';
  /** Prefix and local name. */
  name = '';
  namespace = '';
  /** Inside the element. */
  scope = outermostScope;
  attributes = noAttributes;
  text = '';
  /** Its start tag was its end. */
  isEmpty = false;

  constructor(outer: Frame | undefined) {
    this.outer = outer;
  }
}

class TextCursor implements XmlCursor {
  readonly #xml: string;
  readonly #hasReferences: boolean;
  readonly #hasSectionEnds: boolean;
  readonly #tally: Tally = { nodes: 0, declarations: 0 };
  #at = 0;
  #frame = new Frame(undefined);
  #refusal: unknown = undefined;
  depth = 0;
  text = '';

  constructor(xml: string) {
    this.#xml = xml;
    this.#hasReferences = xml.includes('&');
    this.#hasSectionEnds = xml.includes(']]>');
    this.#skipDeclaration();
    this.#skipBesideRoot();
    this.#refuseForbidden();
    if (this.#code() !== less) throw malformed('no root element');
    this.#enter(this.#frame);
  }

  get namespace(): string {
    return this.#frame.namespace;
  }

  get local(): string {
    return this.#frame.local;
  }

  get attributes(): readonly XmlAttribute[] {
    return this.#frame.attributes;
  }

  next(): boolean {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      return this.#step();
    } catch (refusal) {
      this.#refusal = refusal;
      throw refusal;
    }
  }

  #step(): boolean {
    const frame = this.#frame;
    if (frame.isEmpty) return this.#leave(frame);
    for (;;) {
      if (this.#code() !== less) this.#readText(frame);
      switch (this.#xml.charCodeAt(this.#at + 1)) {
        case slash:
          this.#readEndTag(frame);
          return this.#leave(frame);
        case exclamation:
          this.#readSection(frame);
          break;
        case question:
          refuse('a processing instruction');
        default:
          this.#enter(frame);
          return true;
      }
    }
  }

  #code(): number {
    return this.#xml.charCodeAt(this.#at);
  }

  #skipDeclaration(): void {
    if (!this.#xml.startsWith('<?xml')) return;
    if (!isBlank(this.#xml.charCodeAt(5))) refuse('a processing instruction');
    const declaration = declarationForm.exec(this.#xml);
    if (declaration === null) throw malformed('the XML declaration');
    this.#at = declaration[0].length;
  }

  /** Blanks and comments (XML 1.0 §2.8). */
  #skipBesideRoot(): void {
    this.#skipBlanks();
    while (this.#xml.startsWith('<!--', this.#at)) {
      this.#skipComment();
      this.#skipBlanks();
    }
  }

  /** Document types and processing instructions (SOAP 1.2 Part 1 §5), where comments may stand. */
  #refuseForbidden(): void {
    if (this.#xml.startsWith('<!', this.#at)) refuse('a document type or entity declaration');
    if (this.#xml.startsWith('<?', this.#at)) refuse('a processing instruction');
  }

  #skipComment(): void {
    countNode(this.#tally);
    this.#at = this.#behind('-->', this.#at + 4);
  }

  #skipBlanks(): void {
    while (isBlank(this.#code())) this.#at += 1;
  }

  #behind(end: string, from: number): number {
    const at = this.#xml.indexOf(end, from);
    return at === -1 ? refuse(`no ${end}`) : at + end.length;
  }

  /** From the `<` of a start tag to behind its `>`. */
  #enter(outer: Frame): void {
    countNode(this.#tally);
    const frame = (outer.inner ??= new Frame(outer));
    this.#at += 1;
    this.#readStartTag(frame, outer);
    frame.text = '';
    frame.isEmpty = this.#code() === slash;
    if (frame.isEmpty) this.#at += 1;
    else checkDepth(this.depth + 1);
    this.#expect(greater, '>');
    this.#frame = frame;
    this.depth += 1;
  }

  /** Name, namespace and attributes; to the `>` or `/` that ends the tag. */
  #readStartTag(frame: Frame, outer: Frame): void {
    const start = this.#at;
    const localStart = this.#readName();
    const prefix = this.#xml.slice(start, localStart);
    frame.local = this.#xml.slice(localStart, this.#at);
    frame.name = this.#xml.slice(start, this.#at);
    const siblingScope = frame.scope;
    frame.scope = outer.scope;
    frame.attributes = this.#code() === greater ? noAttributes : this.#readAttributes(frame);
    if (frame.scope === outer.scope && prefix === outer.prefix) frame.namespace = outer.namespace;
    else if (frame.scope !== siblingScope || prefix !== frame.prefix) {
      frame.namespace = resolvePrefix(frame.scope, prefix.slice(0, -1));
    }
    frame.prefix = prefix;
  }

  /** Behind the end of the element: the one around it is where the cursor stands. */
  #leave(frame: Frame): false {
    this.text = frame.text;
    this.depth -= 1;
    if (frame.outer !== undefined) this.#frame = frame.outer;
    if (this.depth === 0) this.#readEnd();
    return false;
  }

  #readEnd(): void {
    this.#skipBesideRoot();
    this.#refuseForbidden();
    if (this.#at < this.#xml.length) throw malformed('something behind the root element');
  }

  #readText(frame: Frame): void {
    const start = this.#at;
    const end = this.#xml.indexOf('<', start);
    if (end === -1) throw malformed(`${frame.name} does not end`);
    this.#at = end;
    const text = this.#xml.slice(start, end);
    frame.text += this.#hasReferences || this.#hasSectionEnds ? readCharacterData(text) : text;
  }

  /** What a CDATA section holds; nothing for a comment. */
  #readSection(frame: Frame): void {
    const start = this.#at;
    if (this.#xml.startsWith('<!--', start)) {
      this.#skipComment();
      return;
    }
    if (!this.#xml.startsWith('<![CDATA[', start)) refuse('a document type or entity declaration');
    countNode(this.#tally);
    this.#at = this.#behind(']]>', start + 9);
    frame.text += this.#xml.slice(start + 9, this.#at - 3);
  }

  #readEndTag({ name }: Frame): void {
    const start = this.#at + 2;
    if (!this.#xml.startsWith(name, start)) throw malformed(`${name} is not ended where its parent is`);
    this.#at = start + name.length;
    if (this.#code() !== greater) this.#skipBlanks();
    this.#expect(greater, '>');
  }

  /** To the `>` or `/` that ends the tag. Declarations of namespaces count from the element's own name on. */
  #readAttributes(frame: Frame): readonly XmlAttribute[] {
    const raw: RawAttribute[] = [];
    let bound: Map<string, string> | undefined;
    let count = 0;
    while (this.#isBeforeAttribute()) {
      count += 1;
      checkAttributes(count);
      const attribute = this.#readAttribute();
      if (!isDeclaration(attribute)) raw.push(attribute);
      else declare((bound ??= new Map<string, string>()), attribute, this.#tally);
    }
    if (bound !== undefined) frame.scope = { outer: frame.scope, bound };
    return raw.length === 0 ? noAttributes : raw.map((attribute, index) => resolve(attribute, raw, index, frame.scope));
  }

  #isBeforeAttribute(): boolean {
    const start = this.#at;
    this.#skipBlanks();
    const code = this.#code();
    if (code === greater || code === slash) return false;
    if (this.#at === start) throw malformed('no blank before an attribute');
    return true;
  }

  #readAttribute(): RawAttribute {
    const start = this.#at;
    const localStart = this.#readName();
    const prefix = localStart === start ? '' : this.#xml.slice(start, localStart - 1);
    const local = this.#xml.slice(localStart, this.#at);
    this.#skipBlanks();
    this.#expect(equals, '=');
    this.#skipBlanks();
    return { prefix, local, value: this.#readValue(local) };
  }

  #readValue(name: string): string {
    const quote = this.#code();
    if (quote !== doubleQuote && quote !== singleQuote) throw malformed(`the attribute ${name} without quotes`);
    const start = this.#at + 1;
    this.#at = this.#behind(quote === doubleQuote ? '"' : "'", start);
    const value = this.#xml.slice(start, this.#at - 1);
    if (value.includes('<')) throw malformed(`a < in the attribute ${name}`);
    // Literal blanks become spaces before references are decoded (XML 1.0 §3.3.3).
    const normal = literalBlank.test(value) ? value.replace(/[\t\n]/g, ' ') : value;
    return this.#hasReferences ? decodeReferences(normal) : normal;
  }

  /** To behind a qualified name; returns where its local part begins (Namespaces in XML 1.0 §4). */
  #readName(): number {
    const xml = this.#xml;
    const start = this.#at;
    let localStart = start;
    let colons = 0;
    let at = start;
    let plain = startsPlainName(xml.charCodeAt(start));
    for (let code = xml.charCodeAt(at); !endsName(code); code = xml.charCodeAt(at)) {
      at += 1;
      if (code === colon) {
        localStart = at;
        colons += 1;
      } else plain &&= isPlainNameCode(code);
    }
    this.#at = at;
    checkNameLength(at - start);
    if (!plain) checkName(xml.slice(start, at));
    if (colons > 1 || localStart === at || localStart === start + 1) refuseName(xml.slice(start, at));
    return localStart;
  }

  #expect(code: number, character: string): void {
    if (this.#code() !== code) throw malformed(`no ${character} where it must be`);
    this.#at += 1;
  }
}

const literalBlank = /[\t\n]/;

type RawAttribute = { readonly prefix: string; readonly local: string; readonly value: string };

function isDeclaration({ prefix, local }: RawAttribute): boolean {
  return prefix === 'xmlns' || (prefix === '' && local === 'xmlns');
}

function declare(bound: Map<string, string>, { prefix, local, value }: RawAttribute, tally: Tally): void {
  countDeclaration(tally);
  const declared = prefix === '' ? '' : local;
  if (bound.has(declared)) throw malformed(`the namespace prefix ${declared} twice`);
  checkDeclaration(declared, value);
  bound.set(declared, value);
}

/** An attribute without prefix has no namespace (Namespaces in XML 1.0 §6.2). */
function resolve(
  { prefix, local, value }: RawAttribute,
  raw: readonly RawAttribute[],
  index: number,
  scope: NamespaceScope,
): XmlAttribute {
  const namespace = prefix === '' ? '' : resolvePrefix(scope, prefix);
  for (let before = 0; before < index; before += 1) {
    const other = raw[before];
    if (other?.local === local && (other.prefix === '' ? '' : resolvePrefix(scope, other.prefix)) === namespace) {
      throw malformed(`the attribute ${local} twice`);
    }
  }
  return { namespace, local, value };
}

/** XML 1.0 §2.3 */
function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

/** NaN, behind the end of the document, ends everything. */
function endsName(code: number): boolean {
  return !(code > 32) || code === greater || code === slash || code === equals || code === less;
}
