import { describe, expect, test } from 'vitest';
import { faultHttpStatus } from '../../../src/ocpp-s/faults.ts';
import { compileSoap, type Soap } from '../../../src/ocpp-s/soap.ts';
import { pullDecoder } from '../../../src/ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../../../src/ocpp-s/xml/reference.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import { type BadPost, characters, collisions, entities, envelopes, payloads, shapes } from '../../e2e/bad-bodies.ts';
import { hostileBodies } from '../../support/decoders/hostile.ts';

/** The catalogue of bad inputs, as far as it is about texts. */
const rows = [
  ...entities('http://127.0.0.2/'),
  ...shapes(),
  ...characters(),
  ...envelopes(),
  ...payloads(),
  ...collisions(),
].flatMap((row) => (typeof row.body === 'string' && row.status !== 413 ? [{ ...row, body: row.body }] : []));

const fast = compileSoap([centralSystem, chargePoint], pullDecoder);
const reference = compileSoap([centralSystem, chargePoint], referenceDecoder);
const decoders = [
  { name: 'fast', soap: fast },
  { name: 'reference', soap: reference },
] as const;

const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;

/** What a charger is told, or what the gateway is: with the words about what is no XML, which are each decoder's own, or without. */
function answerOf(soap: Soap, xml: string, words: 'all' | 'shared') {
  const message = soap.decode(xml, { service: 'CentralSystem' });
  if (message.kind !== 'unreadable') return { status: 200, text: JSON.stringify(message) };
  const { condition, error } = message;
  const isShared = words === 'all' || !/^(?:refused|not well-formed) XML/.test(error.message);
  const reason = isShared ? error.message : 'not XML';
  return {
    status: faultHttpStatus(condition, message.soap, 'soap12'),
    text: soap.encodeFault(message, { condition, reason, messageId: 'urn:uuid:1', profile }),
  };
}

const titled = rows.map((row): readonly [string, BadPost & { readonly body: string }] => [
  `${row.row}: ${row.title}`,
  row,
]);

test('the catalogue has some sixty texts', () => {
  expect(rows.length).toBeGreaterThan(45);
});

describe.each(decoders)('the $name decoder answers as the catalogue says', ({ soap }) => {
  test.each(titled)('%s', (_, { body, status, says }) => {
    const answer = answerOf(soap, body, 'all');
    // What can be read, the gateway may still refuse.
    if (answer.status === 200) return;
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(says);
  });
});

describe('both decoders give the same answer, byte for byte but for what they say of a document that is no XML', () => {
  const bodies = [
    ...titled.map(([title, { body }]) => [title, body] as const),
    ...hostileBodies.map(({ title, xml }) => [title, xml] as const),
  ];

  test.each(bodies)('%s', (_, xml) => {
    expect(answerOf(fast, xml, 'shared')).toEqual(answerOf(reference, xml, 'shared'));
  });
});

/** In microseconds of CPU, the least of a few. */
function leastCpu(times: number, work: () => unknown): number {
  const taken = Array.from({ length: times }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...taken);
}

function plainScan(xml: string): number {
  let sum = 0;
  for (let at = 0; at < xml.length; at += 1) sum += xml.charCodeAt(at);
  return sum;
}

/** A scan of 256 KB takes 0.7 ms, and 70 of them are a loop turn of 50 ms; the worst body takes some 25. */
const mostScans = 70;

describe('the worst 256 KB cost the fast decoder less than a loop turn of 50 ms', () => {
  const [first] = hostileBodies;
  const scan = leastCpu(20, () => plainScan(first?.xml ?? ''));

  test.each(hostileBodies.map(({ title, xml }) => [title, xml] as const))('%s', (_, xml) => {
    expect(leastCpu(3, () => fast.decode(xml)) / scan).toBeLessThan(mostScans);
  });
});
