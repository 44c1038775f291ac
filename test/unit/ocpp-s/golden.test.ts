import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { translate } from '../../../src/cli/translation.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import { validateRequest, validateResponse } from '../../../src/ocpp/validation.ts';
import { decodeRequest, decodeResponse, soap } from './envelopes.ts';
import { validateBody } from './schema-oracle.ts';

/**
 * One file per operation: request and answer, each as the line of `translate` and as the envelope, indented for people.
 * The wire itself has no blanks between elements.
 */
const folder = fileURLToPath(new URL('../../vectors/soap/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

type Line = {
  readonly action: string;
  readonly type: 'request' | 'response';
  readonly messageId: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

type Vector = {
  readonly service: 'CentralSystem' | 'ChargePoint';
  readonly request: Line;
  readonly requestXml: string;
  readonly response: Line;
  readonly responseXml: string;
};

function readVector(name: string): Vector {
  const blocks = readFileSync(join(folder, name), 'utf8').split('\n---\n');
  const [request = '', requestXml = '', response = '', responseXml = ''] = blocks;
  return {
    service: requestXml.includes(chargePoint.namespace) ? 'ChargePoint' : 'CentralSystem',
    request: JSON.parse(request) as Line,
    requestXml,
    response: JSON.parse(response) as Line,
    responseXml,
  };
}

const onOneLine = (xml: string) => xml.replaceAll(/>\s+</g, '><').trim();

const fromCharger = { from: 'http://10.20.0.7:8081/ocpp/cp', to: 'http://gateway.example:8180/ocpp' };
const toCharger = { from: fromCharger.to, to: fromCharger.from };
const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;

test('there is a vector for each of the 29 operations', () => {
  const seen = files.map((name) => readVector(name)).map(({ service, request }) => `${service} ${request.action}`);
  const all = [centralSystem, chargePoint].flatMap(({ service, operations }) => {
    return operations.map(({ action }) => `${service} ${action}`);
  });
  expect(seen.toSorted()).toEqual(all.toSorted());
  expect(all).toHaveLength(29);
});

describe.each(files)('%s', (name) => {
  const { service, request, requestXml, response, responseXml } = readVector(name);

  test('the envelope becomes the line, with blanks between the elements and without', () => {
    expect(JSON.parse(translate(requestXml))).toEqual(request);
    expect(JSON.parse(translate(responseXml))).toEqual(response);
    expect(JSON.parse(translate(onOneLine(requestXml)))).toEqual(request);
    expect(JSON.parse(translate(onOneLine(responseXml)))).toEqual(response);
  });

  test('nothing in it is an anomaly, and both payloads are valid OCPP-J', () => {
    expect(decodeRequest(requestXml).anomalies).toEqual([]);
    expect(decodeResponse(responseXml).anomalies).toEqual([]);
    expect(() => validateRequest(request.action, request.payload)).not.toThrow();
    expect(() => validateResponse(response.action, response.payload)).not.toThrow();
  });

  test('the request is written as the envelope', () => {
    const isCall = service === 'ChargePoint';
    const written = soap.encodeRequest({
      ocpp: '1.6',
      service,
      action: request.action,
      payload: request.payload,
      identity: 'DEPOT-07',
      messageId: request.messageId,
      mustUnderstand: isCall,
      ...(isCall ? toCharger : fromCharger),
    });
    expect(written).toBe(onOneLine(requestXml));
  });

  test('the answer is written as the envelope', () => {
    const { messageId = '' } = decodeResponse(responseXml).addressing;
    const { payload } = response;
    const written = soap.encodeResponse(decodeRequest(requestXml), { payload, messageId, profile });
    expect(written).toBe(onOneLine(responseXml));
  });

  test('libxml2 finds both bodies valid', () => {
    expect(() => validateBody(service, onOneLine(requestXml))).not.toThrow();
    expect(() => validateBody(service, onOneLine(responseXml))).not.toThrow();
  });
});

test('libxml2 does refuse what the schema forbids', () => {
  const { requestXml } = readVector('Reset.txt');
  expect(() => validateBody('ChargePoint', onOneLine(requestXml).replace('Soft', 'soft'))).toThrow();
});
