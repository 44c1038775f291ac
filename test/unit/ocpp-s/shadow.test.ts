import { expect, test } from 'vitest';
import { centralSystem } from '../../../src/ocpp/model.generated.ts';
import { createShadow } from '../../../src/ocpp-s/shadow.ts';
import { compileSoap } from '../../../src/ocpp-s/soap.ts';
import type { XmlDecoder, XmlElement } from '../../../src/ocpp-s/xml/decoder.ts';
import { readTree } from '../../../src/ocpp-s/xml/decoder.ts';
import { pullDecoder } from '../../../src/ocpp-s/xml/pull.ts';
import { referenceDecoder } from '../../../src/ocpp-s/xml/reference.ts';
import { walkTree } from '../../../src/ocpp-s/xml/tree-cursor.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { recordingMeters } from '../../support/recording-meters.ts';
import { inBody } from './envelopes.ts';

function stage(decoder: XmlDecoder, every = 1) {
  const counted: string[] = [];
  const log = quietLog();
  const took: number[] = [];
  const meters = { ...recordingMeters(counted), translated: (seconds: number) => took.push(seconds) };
  const shadow = createShadow({ first: pullDecoder, decoder, every: () => every, meters, log });
  return { soap: compileSoap([centralSystem], pullDecoder, shadow), counted, took, log };
}

/** Reads each text as another one. */
function misreading(change: (text: string) => string): XmlDecoder {
  const changed = (element: XmlElement): XmlElement => ({
    ...element,
    text: change(element.text),
    children: element.children.map((child) => changed(child)),
  });
  return { open: (xml) => walkTree(changed(readTree(pullDecoder.open(xml)))) };
}

const start = (connectorId: string) =>
  inBody(
    'startTransactionRequest',
    `<c:connectorId>${connectorId}</c:connectorId><c:idTag>SECRET</c:idTag><c:timestamp>2026-03-01T09:10:00Z</c:timestamp><c:meterStart>1</c:meterStart>`,
  );

const plain = compileSoap([centralSystem], pullDecoder);

test('one in so many messages is read twice, and good ones the same', () => {
  const { soap, counted, took, log } = stage(referenceDecoder, 3);
  for (let count = 0; count < 10; count += 1) soap.decode(start('1'));
  expect(counted).toEqual(['decoded twice: same', 'decoded twice: same', 'decoded twice: same']);
  expect(took).toHaveLength(3);
  expect(Math.min(...took)).toBeGreaterThan(0);
  expect(log.entries).toEqual([]);
});

test('refusals in other words are the same', () => {
  const { soap, counted } = stage(referenceDecoder);
  soap.decode('<a');
  soap.decode(start('x'));
  expect(counted).toEqual(['decoded twice: same', 'decoded twice: same']);
});

test('other values are counted and logged by their place, and the first decoder is believed', () => {
  const { soap, counted, log } = stage(misreading((text) => text.replace('SECRET', 'OTHER')));
  expect(soap.decode(start('1'))).toEqual(plain.decode(start('1')));
  expect(counted).toEqual(['decoded twice: otherValues']);
  const [warning] = log.entries.filter(({ level }) => level === 'warn');
  expect(warning).toMatchObject({
    event: 'decoders differ',
    fields: { outcome: 'otherValues', kind: 'request', action: 'StartTransaction', field: 'payload.idTag' },
  });
  expect(JSON.stringify(warning)).not.toMatch(/SECRET|OTHER/);
});

test.each([
  ['onlySecondRefuses', '1', (text: string) => text.replace(/^1$/, 'x')],
  ['onlyFirstRefuses', 'x', (text: string) => text.replace(/^x$/, '1')],
  ['otherRefusal', 'x', (text: string) => text.replace(/^x$/, '9999999999')],
])('%s is counted, and the first decoder is believed', (outcome, connectorId, change) => {
  const { soap, counted } = stage(misreading(change));
  expect(soap.decode(start(connectorId))).toEqual(plain.decode(start(connectorId)));
  expect(counted).toEqual([`decoded twice: ${outcome}`]);
});

test('a second decoder that fails is counted and logged with its stack', () => {
  const bug = new TypeError('a bug');
  const { soap, counted, log } = stage({
    open: () => {
      throw bug;
    },
  });
  expect(soap.decode(start('1')).kind).toBe('request');
  expect(counted).toEqual(['decoded twice: failed']);
  expect(log.entries).toMatchObject([{ level: 'error', event: 'shadow decoder failed', cause: bug }]);
});

test('what would take the reference decoder long is left to the next message', () => {
  const { soap, counted } = stage(referenceDecoder, 2);
  soap.decode(start('1'));
  soap.decode(start('1'.padStart(20_000)));
  expect(counted).toEqual([]);
  soap.decode(start('1'));
  expect(counted).toEqual(['decoded twice: same']);
});
