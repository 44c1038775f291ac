import { expect, test } from 'vitest';
import { soapCodecs } from '../../../src/main/soap-codecs.ts';
import { centralSystem } from '../../../src/ocpp/model.generated.ts';
import { quietLog } from '../../support/quiet-log.ts';
import { recordingMeters } from '../../support/recording-meters.ts';
import { MINIMAL, soundConfig } from '../config/written-config.ts';
import { inBody } from '../ocpp-s/envelopes.ts';

/** Only fast-xml-parser reads it. */
const badDeclaration = `<?xml version=1.0?>${inBody('heartbeatRequest')}`;

function codecs(yaml: string) {
  const counted: string[] = [];
  const around = { log: quietLog(), meters: recordingMeters(counted) };
  return { soap: soapCodecs(soundConfig(`${MINIMAL}${yaml}`), [centralSystem], around), counted };
}

test('the fast decoder reads, and the reference decoder one message in a thousand', () => {
  const { soap, counted } = codecs('');
  for (let count = 0; count < 1_000; count += 1) {
    expect(soap.decode(badDeclaration).kind).toBe('unreadable');
  }
  expect(counted).toEqual(['decoded twice: onlyFirstRefuses']);
});

test('the reference decoder reads, and the fast one looks over its shoulder', () => {
  const { soap, counted } = codecs('soap: { decoder: reference, shadowEvery: 1 }');
  expect(soap.decode(badDeclaration).kind).toBe('request');
  expect(counted).toEqual(['decoded twice: onlySecondRefuses']);
});

test('without a shadow, each message is read once', () => {
  const { soap, counted } = codecs('soap: { shadowEvery: 0 }');
  for (let count = 0; count < 1_001; count += 1) soap.decode(badDeclaration);
  expect(counted).toEqual([]);
});
