import { describe, expect, test } from 'vitest';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { readTree, type XmlDecoder, type XmlElement } from '../../../../src/ocpp-s/xml/decoder.ts';
import { pullDecoder } from '../../../../src/ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../../../../src/ocpp-s/xml/reference.ts';

/** What the decoder of the hot path reads; its second opinion must read the same. */
function parse(xml: string): XmlElement {
  const element = readTree(pullDecoder.open(xml));
  expect(readTree(referenceDecoder.open(xml))).toEqual(element);
  return element;
}

const textOf = (xml: string) => parse(xml).text;

/** Why both refuse it, one reason a line. */
const refusal = (xml: string) => [pullDecoder, referenceDecoder].map((decoder) => refusalOf(decoder, xml)).join('\n');

function refusalOf(decoder: XmlDecoder, xml: string): string {
  try {
    readTree(decoder.open(xml));
  } catch (thrown) {
    if (thrown instanceof OcppError && thrown.code === 'ProtocolError') return thrown.message;
    throw thrown;
  }
  throw new Error(`accepted: ${xml}`);
}

const namesOf = ({ namespace, local, children }: XmlElement): unknown => [
  `{${namespace}}${local}`,
  ...children.map((child) => namesOf(child)),
];

describe('an element has one text, whatever it is made of', () => {
  test.each([
    ['<a>183<!--x-->0000</a>', '1830000'],
    ['<a>18<![CDATA[30]]>00<![CDATA[0]]></a>', '1830000'],
    ['<a><![CDATA[<b>&amp;</b>]]></a>', '<b>&amp;</b>'],
    ['<a>x<b>y</b>z</a>', 'xz'],
    ['<a>  AB\t</a>', '  AB\t'],
    ['<a>one\r\ntwo\rthree</a>', 'one\ntwo\nthree'],
    ['<a>&#13;&#10;</a>', '\r\n'],
    ['<a/>', ''],
    ['<a><![CDATA[]]></a>', ''],
    ['<a>0012</a>', '0012'],
    ['<a>12E5</a>', '12E5'],
    ['<a>0x1F</a>', '0x1F'],
    ['<a>true</a>', 'true'],
  ])('%s', (xml, text) => {
    expect(textOf(xml)).toBe(text);
  });
});

describe('character references and the five predefined entities are decoded (XML 1.0 §4.1, §4.6)', () => {
  test.each([
    ['<a>&lt;&gt;&amp;&quot;&apos;</a>', '<>&"\''],
    ['<a>&#233;&#xE9;&#xe9;</a>', 'ééé'],
    ['<a>&#x1F697;&#128663;</a>', '🚗🚗'],
    ['<a>&#x10FFFF;</a>', '\u{10ffff}'],
    ['<a>&amp;lt;</a>', '&lt;'],
    ['<a>&#38;lt;</a>', '&lt;'],
  ])('%s', (xml, text) => {
    expect(textOf(xml)).toBe(text);
  });

  test.each([
    ['<a>&#0;</a>'],
    ['<a>&#1;</a>'],
    ['<a>&#xD800;</a>'],
    ['<a>&#xFFFE;</a>'],
    ['<a>&#x110000;</a>'],
    ['<a>&nbsp;</a>'],
    ['<a>&toString;</a>'],
    ['<a>&</a>'],
    ['<a>& </a>'],
    ['<a>&amp</a>'],
    ['<a>&am<!-- -->p;</a>'],
    ['<a>&#x;</a>'],
    ['<a b="&nope;"/>'],
  ])('%s is refused', (xml) => {
    expect(refusal(xml)).toMatch(/XML/);
  });
});

describe('namespaces are resolved (Namespaces in XML 1.0)', () => {
  test('by prefix, by default, nearest first', () => {
    const xml = '<p:a xmlns:p="urn:1" xmlns="urn:2"><b><p:c xmlns:p="urn:3"/></b><p:d/><e xmlns=""/></p:a>';
    expect(namesOf(parse(xml))).toEqual(['{urn:1}a', ['{urn:2}b', ['{urn:3}c']], ['{urn:1}d'], ['{}e']]);
  });

  test('attributes without prefix have none, declarations are no attributes', () => {
    const { attributes } = parse('<a xmlns="urn:1" xmlns:p="urn:2" b="1" p:b="2" xml:lang="en"/>');
    expect(attributes).toEqual([
      { namespace: '', local: 'b', value: '1' },
      { namespace: 'urn:2', local: 'b', value: '2' },
      { namespace: 'http://www.w3.org/XML/1998/namespace', local: 'lang', value: 'en' },
    ]);
  });

  test('blanks in an attribute become spaces, references to them stay (XML 1.0 §3.3.3)', () => {
    expect(parse('<a b="x\t\ny&#10;z"/>').attributes[0]?.value).toBe('x  y\nz');
  });

  test.each([
    ['<p:a/>'],
    ['<a p:b="1"/>'],
    ['<a xmlns:p=""/>'],
    ['<a xmlns:xmlns="urn:1"/>'],
    ['<a xmlns:xml="urn:1"/>'],
    ['<a:b:c xmlns:a="urn:1"/>'],
    ['<:a/>'],
    ['<a xmlns:p="urn:1" xmlns:q="urn:1" p:b="1" q:b="2"/>'],
  ])('%s is refused', (xml) => {
    expect(refusal(xml)).toMatch(/XML/);
  });
});

test('blanks and comments may stand around the root', () => {
  expect(parse('<?xml version="1.0"?>\n<!-- c -->\n<a/>\n<!-- c -->\n').local).toBe('a');
});

describe('what is not well-formed is refused', () => {
  test.each([
    [''],
    ['hello'],
    ['<a>'],
    ['<a></b>'],
    ['<a><b></a></b>'],
    ['<a/><b/>'],
    ['<a></a><b></b>'],
    ['<a/>text'],
    ['text<a/>'],
    ['<![CDATA[x]]><a/>'],
    ['<a/><![CDATA[x]]>'],
    ['<!-- only -->'],
    ['<a/>text<!-- c -->'],
    ['<!-- c -->text<a/>'],
    ['<a b="1" b="2"/>'],
    ['<a b=1/>'],
    ['<a b/>'],
    ['<1a/>'],
    ['</a>'],
  ])('%s', (xml) => {
    expect(refusal(xml)).toMatch(/well-formed/);
  });
});

describe('names of JavaScript objects are names like any other, or refused', () => {
  test.each([['toString'], ['hasOwnProperty'], ['valueOf']])('%s', (name) => {
    expect(parse(`<r><${name} ${name}="1">x</${name}></r>`).children[0]).toMatchObject({ local: name, text: 'x' });
  });

  test.each([['__proto__'], ['constructor'], ['prototype']])('%s', (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    expect(() => parse(`<r><${name}><polluted>1</polluted></${name}></r>`).children).not.toThrow(TypeError);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(Object.hasOwn({}, 'polluted')).toBe(false);
  });
});

test('nothing of one document stays in the next', () => {
  expect(refusal('<p:a xmlns:p="urn:1"><p:b></p:a>')).toMatch(/well-formed/);
  expect(refusal('<p:c/>')).toMatch(/prefix p/);
  expect(textOf('<a>x</a>')).toBe('x');
});
