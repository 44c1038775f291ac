import { oneOf, type Random } from './random.ts';

/** Changes one thing in a document: in what it says, in how it says it, or so that it is XML no more. */
type Mutation = (xml: string, random: Random) => string;

/** A document of those given, changed one to three times. */
export function mutate(documents: readonly string[], random: Random): string {
  let xml = oneOf(random, documents);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change += 1) xml = oneOf(random, mutations)(xml, random);
  return xml;
}

type Leaf = {
  readonly at: number;
  readonly whole: string;
  readonly name: string;
  readonly rest: string;
  readonly text: string;
};

const leafForm = /<([\w:.-]+)([^<>]*)>([^<]*)<\/\1>/g;

/** An element without children, anywhere in the document. */
function anyLeaf(xml: string, random: Random): Leaf | undefined {
  const leaves = [...xml.matchAll(leafForm)];
  if (leaves.length === 0) return undefined;
  const { index, 0: whole, 1: name = '', 2: rest = '', 3: text = '' } = oneOf(random, leaves);
  return { at: index, whole, name, rest, text };
}

const put = (xml: string, at: number, loses: number, gains: string) => xml.slice(0, at) + gains + xml.slice(at + loses);

/** Replaces one leaf by what `make` makes of it. */
const ofLeaf =
  (make: (leaf: Leaf, random: Random, xml: string) => string): Mutation =>
  (xml, random) => {
    const leaf = anyLeaf(xml, random);
    return leaf === undefined ? xml : put(xml, leaf.at, leaf.whole.length, make(leaf, random, xml));
  };

const withText = ({ name, rest }: Leaf, text: string) => `<${name}${rest}>${text}</${name}>`;
const localOf = (name: string) => name.slice(name.indexOf(':') + 1);

const values = [
  '',
  ' ',
  '0',
  '-1',
  '12.0',
  '12.7',
  '1e5',
  '0x1F',
  '007',
  '+5',
  '2147483648',
  '99999999999999999999',
  '12,5',
  '10.555',
  'true',
  'TRUE',
  'yes',
  'accepted',
  'Chargin',
  'celsius',
  '2022-02-29T00:00:00Z',
  '2022-02-28 10:00:00',
  '2022-06-01T10:00:00+0200',
  '2022-06-01T24:00:00',
  'x'.repeat(600),
  '<![CDATA[<&]]>',
  ']]>',
  '&amp;lt;',
  '&#x1F50C;',
  '&#55;',
  '&#0;',
  '&nbsp;',
  '&',
  ' a  b ',
  '__proto__',
]; // prettier-ignore

const attributes = [
  ' xsi:nil="true"',
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="1"',
  ' a="1" a="2"',
  ' a="1"b="2"',
  ' a',
  ' a=1',
  " a='\"'",
  ' xml:lang="en"',
  ' x:y="1"',
  ' xmlns=""',
  ' xmlns="urn:other"',
  ' xmlns:q="urn:q" q:a="1" xmlns:r="urn:q" r:a="2"',
  ' unit="Wh"',
  ' unit="wh" unit="W"',
  ' format="SignedData"',
  ' a="<"',
  ' a="&lt;&#9;\t\n"',
  ' a="&bad;"',
  ' xmlns:xml="urn:x"',
  ' xmlns:p=""',
  ' a:b:c="1"',
  ' =""',
  ' 1a="1"',
  ' a=">"',
  ' a="/>"',
]; // prettier-ignore

const namespaces = [
  'urn://Ocpp/Cs/2015/10/',
  'urn://Ocpp/Cs/2015/10',
  'urn://Ocpp/Cp/2015/10/',
  'urn://Ocpp/Cs/2012/06/',
  'urn://Ocpp/Cp/2012/06/',
  'urn://Ocpp/Cs/2010/08/',
  'urn://ocpp/cs/2015/10/',
  'urn:other',
  '',
  'http://www.w3.org/2003/05/soap-envelope',
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2005/08/addressing',
  'http://www.w3.org/XML/1998/namespace',
]; // prettier-ignore

const pieces = [
  '<',
  '>',
  '/',
  '&',
  '"',
  "'",
  '=',
  '!',
  '-',
  '[',
  ']',
  '?',
  ':',
  '.',
  '0',
  'x',
  'é',
  '·',
  '\u2028',
  '\u00a0',
  ' ',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\u0001',
  '\ufffe',
  '</',
  '/>',
  '<!--',
  '-->',
  '<!-- -->',
  '<!-- -- -->',
  '<![CDATA[',
  ']]>',
  '<?xml ?>',
  '<?xml version="1.0"?>',
  '<?pi?>',
  '<!DOCTYPE a>',
  '&amp;',
  '&#65;',
  '&#1;',
  '&nbsp;',
  '<a>',
  '</a>',
  '<a/>',
  '<:a/>',
  '<a:/>',
  '<a:b:c/>',
  '<1/>',
  'a:',
  ' b="1"',
  ' xmlns="urn:3"',
  ' xmlns:a="urn:4"',
  ' xmlns:a=""',
  '__proto__',
  '</s:Envelope>',
]; // prettier-ignore

const mutations: readonly Mutation[] = [
  ofLeaf(() => ''),
  ofLeaf(({ whole }) => whole + whole),
  ofLeaf(({ name }) => `<${name}/>`),
  ofLeaf((leaf, random) => withText(leaf, oneOf(random, values))),
  ofLeaf((leaf, random) => withText(leaf, oneOf(random, values))),
  ofLeaf((leaf) => withText(leaf, `<![CDATA[${leaf.text}]]>`)),
  ofLeaf((leaf) => withText(leaf, `${leaf.text.slice(0, 2)}<!-- 1 -->${leaf.text.slice(2)}`)),
  ofLeaf((leaf) =>
    withText(
      leaf,
      leaf.text.replaceAll(/[\w]/g, (letter) => `&#${letter.charCodeAt(0)};`),
    ),
  ),
  ofLeaf((leaf) => withText(leaf, ` \n\t${leaf.text}\r\n `)),
  ofLeaf((leaf, random) => withText({ ...leaf, rest: leaf.rest + oneOf(random, attributes) }, leaf.text)),
  ofLeaf((leaf, random) => withText({ ...leaf, rest: leaf.rest + oneOf(random, attributes) }, leaf.text)),
  ofLeaf((leaf) => withText({ ...leaf, name: localOf(leaf.name) }, leaf.text)),
  ofLeaf((leaf) => withText({ ...leaf, name: `q:${localOf(leaf.name)}`, rest: ' xmlns:q="urn:other"' }, leaf.text)),
  ofLeaf((leaf) => withText({ ...leaf, name: leaf.name.toUpperCase() }, leaf.text)),
  ofLeaf((leaf) => withText(leaf, leaf.whole)),
  ofLeaf((leaf, random, xml) => (anyLeaf(xml, random) ?? leaf).whole),
  ofLeaf((leaf, random, xml) => leaf.whole + (anyLeaf(xml, random) ?? leaf).whole),
  ofLeaf(({ name, text }) => `<${name}>${text}</${name} >`),
  ofLeaf(({ name, text }) => `<${name}>${text}</${name.toLowerCase()}>`),
  anotherNamespace,
  withoutDeclaration,
  headerBehindBody,
  (xml) => xml.replaceAll('\n', '\r\n'),
  (xml, random) => xml.slice(0, Math.floor(random() * xml.length)),
  (xml, random) => xml + oneOf(random, pieces),
  (xml, random) => oneOf(random, pieces) + xml,
  wound,
  wound,
  wound,
  wound,
];

function anotherNamespace(xml: string, random: Random): string {
  const declarations = [...xml.matchAll(/xmlns(?::\w+)?="([^"]*)"/g)];
  if (declarations.length === 0) return xml;
  const { index, 0: whole, 1: namespace = '' } = oneOf(random, declarations);
  return put(xml, index, whole.length, whole.replace(`"${namespace}"`, `"${oneOf(random, namespaces)}"`));
}

function withoutDeclaration(xml: string, random: Random): string {
  const declarations = [...xml.matchAll(/\s+xmlns(?::\w+)?="[^"]*"/g)];
  if (declarations.length === 0) return xml;
  const { index, 0: whole } = oneOf(random, declarations);
  return put(xml, index, whole.length, '');
}

function headerBehindBody(xml: string): string {
  return xml.replace(/(<(\w+:)?Header\b[\s\S]*<\/\2Header>)([\s\S]*<\/\2Body>)/, '$3$1');
}

/** A piece of XML put where it may not belong, and a few characters missing. */
function wound(xml: string, random: Random): string {
  const gains = random() < 0.2 ? '' : oneOf(random, pieces);
  return put(xml, Math.floor(random() * xml.length), Math.floor(random() * 4), gains);
}
