import { expect, test } from 'vitest';
import { pullDecoder } from '../../../../src/ocpp-s/xml/pull.ts';
import { validEnvelopes } from '../../../support/decoders/envelopes.ts';
import { fuzzDecoders } from '../../../support/decoders/fuzz.ts';
import { judge } from '../../../support/decoders/judge.ts';

test('both decoders read valid envelopes of all versions as the same trees and messages', () => {
  const judgements = validEnvelopes.map((xml) => judge(xml));
  expect(judgements.length).toBeGreaterThan(250);
  expect(judgements.filter(({ kind }) => kind !== 'bothRead')).toEqual([]);
});

// `npm run bench:fuzz` does so with 200,000.
test('both decoders read the same from 20,000 changed envelopes, and differ in refusing only where that is explained', () => {
  const { bothRead, bothRefuse, unexplained } = fuzzDecoders(20_000, 16);
  expect(unexplained.slice(0, 3)).toEqual([]);
  expect(bothRead).toBeGreaterThan(5_000);
  expect(bothRefuse).toBeGreaterThan(5_000);
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
