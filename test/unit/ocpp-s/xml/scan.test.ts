import { describe, expect, test } from 'vitest';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { skipElement } from '../../../../src/ocpp-s/xml/decoder.ts';
import { xmlLimits } from '../../../../src/ocpp-s/xml/limits.ts';
import { pullDecoder } from '../../../../src/ocpp-s/xml/pull.ts';
import { scanXml } from '../../../../src/ocpp-s/xml/scan.ts';

/** The front door of the reference decoder, and the decoder that is its own. */
const readers = [
  { reader: 'front door', read: scanXml },
  { reader: 'fast decoder', read: (xml: string) => skipElement(pullDecoder.open(xml)) },
] as const;

type Read = (xml: string) => unknown;

function verdictOf(read: Read, xml: string): string {
  try {
    read(xml);
    return 'passed';
  } catch (thrown) {
    if (!(thrown instanceof OcppError) || thrown.code !== 'ProtocolError') throw thrown;
    return thrown.message.replace('refused XML: ', '');
  }
}

const attributes = (count: number, prefix = 'a') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}="1"`).join(' ');

describe.each(readers)('$reader', ({ read }) => {
  const verdict = (xml: string) => verdictOf(read, xml);

  describe('a document type, an entity and a processing instruction are refused unread (SOAP 1.2 Part 1 §5)', () => {
    test.each([
      ['<!DOCTYPE a><a/>'],
      ['<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
      ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
      ['<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/"> %b;]><a/>'],
      ['<a><!ENTITY b "c"></a>'],
      ['<!doctype html><html/>'],
      ['<a><![INCLUDE[x]]></a>'],
    ])('%s', (xml) => {
      expect(verdict(xml)).toBe('a document type or entity declaration');
    });

    test.each([
      ['<?php echo 1 ?><a/>'],
      ['<a><?xml version="1.0"?></a>'],
      ['<a/><?style?>'],
      ['<?xml-stylesheet href="x"?><a/>'],
    ])('%s', (xml) => {
      expect(verdict(xml)).toBe('a processing instruction');
    });

    test('the XML declaration, comments and CDATA sections pass, whatever is inside them', () => {
      const inside = '<!DOCTYPE a><?php?>&b;';
      expect(verdict(`<?xml version="1.0" encoding="UTF-8"?><!--${inside}--><a><![CDATA[${inside}]]></a>`)).toBe(
        'passed',
      );
    });
  });

  describe('numbers are bounded', () => {
    const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

    test.each([
      ['depth 32', nested(32), 'passed'],
      ['depth 33', nested(33), 'deeper than 32 elements'],
      ['empty elements do not nest', `<a>${'<b/><c d="/>"/>'.repeat(50)}</a>`, 'passed'],
      ['64 attributes', `<a ${attributes(64)}/>`, 'passed'],
      ['65 attributes', `<a ${attributes(65)}/>`, 'more than 64 attributes on one element'],
      ['20,000 nodes', `<a>${'<b/><!---->'.repeat(9_999)}<b/></a>`, 'passed'],
      ['20,001 nodes', `<a>${'<b/><!---->'.repeat(10_000)}</a>`, 'more than 20000 nodes'],
      ['a name of 256 characters', `<${'n'.repeat(256)}/>`, 'passed'],
      ['a name of 257 characters', `<${'n'.repeat(257)}/>`, 'a name longer than 256 characters'],
      ['an attribute name of 257 characters', `<a ${'n'.repeat(257)}="1"/>`, 'a name longer than 256 characters'],
      ['a namespace on each element', `<a>${'<b xmlns="urn:c"/>'.repeat(4_096)}</a>`, 'passed'],
      [
        '4,097 namespaces',
        `<a>${'<b\n xmlns:c\n=\n"urn:c"/>'.repeat(4_097)}</a>`,
        'more than 4096 namespace declarations',
      ],
      ['2 MiB', `<a>${'x'.repeat(xmlLimits.characters - 7)}</a>`, 'passed'],
      ['more than 2 MiB', `<a>${'x'.repeat(xmlLimits.characters - 6)}</a>`, 'longer than 2097152 characters'],
    ])('%s', (_, xml, expected) => {
      expect(verdict(xml)).toBe(expected);
    });
  });

  describe('characters that XML 1.0 §2.2 does not know are refused', () => {
    test.each([['\u0000'], ['\u0001'], ['\u000b'], ['\u001f'], ['\ufffe'], ['\uffff']])('%j', (character) => {
      expect(verdict(`<a>x${character}</a>`)).toBe('a control character');
    });

    test('tab, line ends, and everything else pass', () => {
      expect(verdict('<a>\t\r\n\u0085é充😀\u{10ffff}</a>')).toBe('passed');
    });
  });
});

describe('what a parser could read in two ways is refused', () => {
  test.each([
    ['<a b="<"/>', 'a tag that does not end'],
    ['<a b="x><c/>', 'a tag that does not end'],
    ['<a', 'a tag that does not end'],
    ['<a><!-- x</a>', 'no -->'],
    ['<a><![CDATA[x</a>', 'no ]]>'],
    ['<?xml version="1.0"', 'no end of the XML declaration'],
  ])('%s', (xml, expected) => {
    expect(verdictOf(scanXml, xml)).toBe(expected);
    expect(verdictOf(readers[1].read, xml)).not.toBe('passed');
  });

  test('> and / inside quotes do not end a tag', () => {
    for (const { read } of readers) expect(verdictOf(read, `<a b=">" c='/>'><d e="'>"/></a>`)).toBe('passed');
  });
});

/**
 * What takes quadratic time takes minutes at this size; the bound is far above the few milliseconds that a linear pass
 * takes, so that a busy machine does not fail it.
 */
describe.each(readers)('2 MiB of the worst are passed or refused in linear time: $reader', ({ read }) => {
  const size = xmlLimits.characters - 100;
  const fill = (piece: string) => piece.repeat(Math.floor(size / piece.length));

  test.each([
    ['depth', fill('<a>')],
    ['attributes', `<a ${attributes(100_000)}/>`],
    ['namespace declarations', `<a ${attributes(50_000, 'xmlns:a')}/>`],
    ['one name', `<${fill('n')}/>`],
    ['one attribute', `<a b="${fill('x')}"/>`],
    ['blanks in a tag', `<a ${fill(' ')}/>`],
    ['one text', `<a>${fill('x')}</a>`],
    ['references', `<a>${fill('&lt;')}</a>`],
    ['opened comments', fill('<!--')],
    ['opened CDATA', fill('<![CDATA[')],
    ['opened tags', fill('<a b="')],
    ['less-than signs', fill('<')],
    ['quotes', `<a ${fill('"')}`],
    ['ends', fill('</a>')],
  ])('%s', (_, xml) => {
    const started = process.cpuUsage();
    verdictOf(read, xml);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(1_000);
  });
});
