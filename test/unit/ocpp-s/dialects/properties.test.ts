import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OcppError } from '../../../../src/ocpp/errors.ts';
import { validateRequest, validateResponse } from '../../../../src/ocpp/validation.ts';
import type { SoapRequest, SoapResponse } from '../../../../src/ocpp-s/message.ts';
import { arbitraryRequest, arbitraryResponse, everyRequest, everyResponse } from '../../../support/arbitraries.ts';
import { isSaidByCharger, type OlderMessage, olderOperations } from '../../../support/older-messages.ts';
import { soap } from '../envelopes.ts';
import { validateBody } from '../schema-oracle.ts';

type Payload = Readonly<Record<string, unknown>>;

const messageId = 'urn:uuid:1';
const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;

function decode(xml: string): SoapRequest | SoapResponse {
  const message = soap.decode(xml);
  if (message.kind === 'unreadable') throw message.error;
  if (message.kind === 'fault') throw new Error('a fault');
  return message;
}

type Direction = Pick<OlderMessage, 'ocpp' | 'service' | 'action' | 'kind'>;

/** The body of the envelope that says this payload of the house language in an older version. */
function bodyInOlder({ ocpp, service, action, kind }: Direction, payload: Payload): string {
  const about = {
    soap: '1.2',
    addressing: {},
    ocpp,
    service,
    namespace: namespaceOf({ ocpp, service }),
    action,
  } as const;
  const xml =
    kind === 'request'
      ? soap.encodeRequest({ ocpp, service, action, payload, messageId, mustUnderstand: true })
      : soap.encodeResponse(about, { payload, messageId, profile });
  return bodyOf(xml);
}

function namespaceOf({ ocpp, service }: Pick<OlderMessage, 'ocpp' | 'service'>): string {
  return `urn://Ocpp/${service === 'CentralSystem' ? 'Cs' : 'Cp'}/${ocpp === '1.5' ? '2012/06' : '2010/08'}/`;
}

const bodyOf = (xml: string) => /<env:Body>([\s\S]*)<\/env:Body>/.exec(xml)?.[1] ?? '';

/** What the house language cannot carry, and what has several forms with one meaning. */
function expectedBody({ action, ocpp, xml }: OlderMessage): string {
  const body = bodyOf(xml);
  switch (action) {
    case 'StopTransaction':
      // 1.6 has one list of meter values.
      return body.replaceAll('<cs:transactionData/>', '').replaceAll('</cs:transactionData><cs:transactionData>', '');
    case 'StatusNotification':
      return body.includes('<cs:connectorId>0<') ? body.replace(/>(Occupied|Reserved)</, '>Available<') : body;
    case 'SendLocalList':
      return body.replace(/<cp:hash>[^<]*<\/cp:hash>/, '').replace('HashError', 'Failed');
    case 'BootNotification':
      return ocpp === '1.2' || /heartbeatInterval>(0|-\d+)</.test(body) ? body.replace(interval, whenUnset) : body;
    default:
      return body;
  }
}

const interval = /<cs:heartbeatInterval>(-?\d+)<\/cs:heartbeatInterval>/;
const whenUnset = (text: string, seconds: string) => (Number(seconds) > 0 ? text : text.replace(seconds, '300'));

/** Texts within the bounds of OCPP 1.6: longer ones are the subject of tests of their own. */
const isCarried = (message: OlderMessage) =>
  decode(message.xml).anomalies.every(({ kind }) => kind !== 'shortened' && kind !== 'tooLong');

describe.each(olderOperations.filter(isSaidByCharger))('$ocpp $action $kind of a charger', (operation) => {
  const { ocpp, service, action, kind } = operation;

  function survives(message: OlderMessage): void {
    validateBody(service, message.xml, ocpp);
    const { payload, anomalies } = decode(message.xml);
    expect(anomalies).toEqual([]);
    if (kind === 'request') validateRequest(action, asComplete(payload));
    else validateResponse(action, payload);
    expect(bodyInOlder(operation, payload)).toBe(expectedBody(message));
  }

  test('survives the trip to 1.6 and back, with every value of every enumeration', () => {
    operation.every.filter(isCarried).forEach(survives);
  });

  test('survives the trip to 1.6 and back, whatever it says', () => {
    fc.assert(fc.property(operation.any.filter(isCarried), survives), { numRuns: 100 });
  });
});

/** MeterValues without any value are answered here: 1.6 cannot say them. */
function asComplete(payload: Payload): Payload {
  const meterValue = payload['meterValue'];
  if (!Array.isArray(meterValue) || meterValue.length > 0) return payload;
  return { ...payload, meterValue: [{ timestamp: '2024-03-01T09:15:00Z', sampledValue: [{ value: '1' }] }] };
}

describe.each(olderOperations.filter((operation) => !isSaidByCharger(operation)))(
  '$ocpp $action $kind to a charger',
  (operation) => {
    const { ocpp, service, action, kind } = operation;
    const house = kind === 'request' ? arbitraryRequest(action) : arbitraryResponse(action);
    const every = kind === 'request' ? everyRequest(action) : everyResponse(action);

    /** `undefined`: refused, since the version has no word for it. */
    function written(payload: Payload): string | undefined {
      try {
        return bodyInOlder(operation, payload);
      } catch (thrown) {
        if (thrown instanceof OcppError) return undefined;
        throw thrown;
      }
    }

    function isValidInOlder(payload: Payload): void {
      const body = written(payload);
      if (body === undefined) return expect(refusable).toContain(action);
      validateBody(service, `<env:Body>${body}</env:Body>`, ocpp);
    }

    test('is valid by the WSDL of that version, whatever 1.6 says: no value of 1.6 leaks', () => {
      every.forEach(isValidInOlder);
      fc.assert(fc.property(house, isValidInOlder), { numRuns: 150 });
    });

    test('says the same to whoever reads it as 1.6 again', () => {
      for (const { xml } of operation.every.filter(isComplete)) {
        const { payload } = decode(xml);
        expect(decode(inEnvelope(operation, bodyInOlder(operation, payload))).payload).toEqual(payload);
      }
    });
  },
);

/** A list of measurands of which the charger has none. */
const refusable = ['ChangeConfiguration'];

/** A BootNotification.conf of 1.2 may lack the time, and 1.6 cannot do without it. */
const isComplete = ({ action, payload }: OlderMessage) =>
  action !== 'BootNotification' || payload['currentTime'] !== undefined;

function inEnvelope({ ocpp, service }: Direction, body: string): string {
  const prefix = service === 'CentralSystem' ? 'cs' : 'cp';
  const namespace = namespaceOf({ ocpp, service });
  return (
    `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:${prefix}="${namespace}">` +
    `<env:Body>${body}</env:Body></env:Envelope>`
  );
}
