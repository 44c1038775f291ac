import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Piece, pretty } from '../../src/console/pretty.ts';

const textOf = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join('');
const idsOf = (pieces: readonly Piece[]) => pieces.flatMap(({ kind, text }) => (kind === 'id' ? text : []));
const withoutSpace = (text: string) => text.replace(/\s/g, '');

test('XML is indented by its elements; a leaf stays on its line; ids are found whatever the prefix', () => {
  const pieces = pretty('<S:B><o:req><o:connectorId>1</o:connectorId><o:idTag>…4711</o:idTag><o:e/></o:req></S:B>');
  expect(textOf(pieces)).toBe(`<S:B>
  <o:req>
    <o:connectorId>1</o:connectorId>
    <o:idTag>…4711</o:idTag>
    <o:e/>
  </o:req>
</S:B>`);
  expect(idsOf(pieces)).toEqual(['1', '…4711']);
});

test('JSON is indented, and the same ids are marked', () => {
  const pieces = pretty('[3,"a",{"transactionId":88004,"idTagInfo":{"parentIdTag":"x\\"y","status":"Accepted"}}]');
  expect(idsOf(pieces)).toEqual(['88004', '"x\\"y"']);
  expect(JSON.parse(textOf(pieces))).toEqual([
    3,
    'a',
    { transactionId: 88_004, idTagInfo: { parentIdTag: 'x"y', status: 'Accepted' } },
  ]);
});

test('what is neither is shown as it came', () => {
  expect(pretty('[3,"a",{"trans')).toEqual([{ kind: 'plain', text: '[3,"a",{"trans' }]);
  expect(pretty('GET / HTTP/1.1')).toEqual([{ kind: 'plain', text: 'GET / HTTP/1.1' }]);
});

test('of a text that begins like XML nothing is lost but white space, however broken it is', () => {
  const part = fc.constantFrom('<a>', '</a>', '<b:idTag>', '</b:idTag>', '<c/>', '<!--x-->', 'text', ' ', '&lt;', '"');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = `<e>${parts.join('')}`;
      expect(withoutSpace(textOf(pretty(text)))).toBe(withoutSpace(text));
    }),
  );
});
