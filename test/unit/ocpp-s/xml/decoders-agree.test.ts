import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { readTree, type XmlDecoder, type XmlElement } from '../../../../src/ocpp-s/xml/decoder.ts';
import { pullDecoder } from '../../../../src/ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../../../../src/ocpp-s/xml/reference.ts';

const vectors = fileURLToPath(new URL('../../../vectors/soap/', import.meta.url));
const envelopes = readdirSync(vectors)
  .flatMap((file) => readFileSync(`${vectors}${file}`, 'utf8').split('\n---\n'))
  .map((part) => part.trim())
  .filter((part) => part.startsWith('<'));

const allOfXml =
  '<a:b xmlns:a="urn:1" xmlns="urn:2" c="1" a:d=\'&lt;2\'>x<!-- y --><e/><![CDATA[<z>]]>&#65;<f xmlns=""> </f>\r\n</a:b>';

const pieces = (
  '< > / & " \' = ! - [ ] ? : . 0 x é · </ /> <!-- --> <![CDATA[ ]]> <?xml ?> &amp; &#65; &#1; &nbsp; <a> </a> <a/> ' +
  'a: b="1" xmlns="urn:3" xmlns:a="urn:4" xmlns:a="" __proto__'
).split(' ');

const blanks = [' ', '\n', '\r\n', '\t'];

/** A document with a few pieces of XML put where they may not belong, and a few characters missing. */
const wounded = fc
  .record({
    document: fc.constantFrom(allOfXml, ...envelopes),
    wounds: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        loses: fc.nat(3),
        gains: fc.constantFrom('', ...blanks, ...pieces),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ document, wounds }) =>
    wounds.reduce((text, { at, loses, gains }) => {
      const place = Math.floor(at * text.length);
      return text.slice(0, place) + gains + text.slice(place + loses);
    }, document),
  );

function read(decoder: XmlDecoder, xml: string): XmlElement | 'refused' {
  try {
    return readTree(decoder.open(xml));
  } catch (thrown) {
    if (thrown instanceof OcppError && thrown.code === 'ProtocolError') return 'refused';
    throw thrown;
  }
}

test.each(envelopes.map((envelope) => [envelope]))(
  'both decoders read a golden vector as the same tree',
  (envelope) => {
    const tree = read(pullDecoder, envelope);
    expect(tree).not.toBe('refused');
    expect(tree).toEqual(read(referenceDecoder, envelope));
  },
);

test('what the decoder of the hot path reads from a wounded document, its second opinion reads as the same', () => {
  fc.assert(
    fc.property(wounded, (xml) => {
      const pulled = read(pullDecoder, xml);
      // The second opinion lets a few things pass, such as `</a/>` before the root.
      if (pulled !== 'refused') expect(pulled).toEqual(read(referenceDecoder, xml));
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  ['<?xml version="1.0?><a/>'],
  ['<?xml version=1.0?><a/>'],
  ['<?xml version="1.0" encoding="UTF-8><a/>'],
  ['<?xml version"1.0"?><a/>'],
])('the broken XML declaration of %s is refused', (xml) => {
  expect(() => pullDecoder.open(xml)).toThrow(/declaration/);
});

test.each([['<?xml version="1.0"?><a/>'], ["<?xml version='1.1' encoding='iso-8859-1' standalone='yes' ?>\n<a/>"]])(
  'the XML declaration of %s passes',
  (xml) => {
    expect(pullDecoder.open(xml).local).toBe('a');
  },
);
