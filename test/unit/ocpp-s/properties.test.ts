import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arbitraryRequest,
  arbitraryResponse,
  everyRequest,
  everyResponse,
  services,
} from '../../support/arbitraries.ts';
import { cp, cs, decodeRequest, decodeResponse, soap } from './envelopes.ts';
import { validateBody } from './schema-oracle.ts';

type Payload = Readonly<Record<string, unknown>>;

const operations = services.flatMap(({ service, operations }) => operations.map(({ action }) => ({ service, action })));
const messageId = 'urn:uuid:1';
const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;

describe.each(operations)('$service $action', ({ service, action }) => {
  const write = (payload: Payload) =>
    soap.encodeRequest({ ocpp: '1.6', service, action, payload, messageId, mustUnderstand: true });
  const namespace = service === 'CentralSystem' ? cs : cp;
  const request = { soap: '1.2', addressing: { messageId }, ocpp: '1.6', service, namespace, action } as const;
  const answer = (payload: Payload) => soap.encodeResponse(request, { payload, messageId, profile });

  test('any request survives JSON → XML → JSON, and libxml2 finds the XML valid', () => {
    const check = (payload: Payload) => {
      const xml = write(payload);
      validateBody(service, xml);
      const read = decodeRequest(xml);
      expect({ payload: read.payload, anomalies: read.anomalies }).toEqual({ payload, anomalies: [] });
    };
    everyRequest(action).forEach(check);
    fc.assert(fc.property(arbitraryRequest(action), check), { numRuns: 60 });
  });

  test('any answer survives JSON → XML → JSON, and libxml2 finds the XML valid', () => {
    const check = (payload: Payload) => {
      const xml = answer(payload);
      validateBody(service, xml);
      const read = decodeResponse(xml);
      expect({ payload: read.payload, anomalies: read.anomalies }).toEqual({ payload, anomalies: [] });
    };
    everyResponse(action).forEach(check);
    fc.assert(fc.property(arbitraryResponse(action), check), { numRuns: 60 });
  });
});

test('whatever the text, decoding answers with a message or an error and never throws', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '&',
    ';',
    '"',
    "'",
    '=',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?xml ?>',
    'xmlns:a="b"',
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">',
    '</s:Envelope>',
    '<s:Body>',
    '</s:Body>',
    '<a:b/>',
    '<heartbeatRequest/>',
    '<heartbeatRequest xmlns="urn://Ocpp/Cs/2015/10/"/>',
    '&#x41;',
    '&amp;',
    ' ',
    'x',
    '__proto__',
    '\u0000',
  );
  const soup = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(soup, fc.string()), (xml) => {
      expect(['request', 'response', 'fault', 'unreadable']).toContain(soap.decode(xml).kind);
    }),
    { numRuns: 3000 },
  );
});

test('whatever one character of a good envelope is replaced with, decoding answers and never throws', () => {
  const good = soap.encodeRequest({
    ocpp: '1.6',
    service: 'CentralSystem',
    action: 'Authorize',
    payload: { idTag: 'AB' },
    messageId,
    mustUnderstand: false,
  });
  const edit = fc.tuple(fc.nat(good.length - 1), fc.constantFrom('', '<', '>', '&', '"', '/', '\u0001', 'é', ':'));
  fc.assert(
    fc.property(edit, ([at, character]) => {
      const xml = good.slice(0, at) + character + good.slice(at + 1);
      expect(['request', 'response', 'fault', 'unreadable']).toContain(soap.decode(xml).kind);
    }),
    { numRuns: 2000 },
  );
});
