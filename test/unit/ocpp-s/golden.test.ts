import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { translate } from '../../../src/cli/translation.ts';
import { centralSystem, chargePoint } from '../../../src/ocpp/model.generated.ts';
import { validateRequest, validateResponse } from '../../../src/ocpp/validation.ts';
import { olderModels } from '../../../src/ocpp-s/dialects/dialects.ts';
import type { OcppVersion } from '../../../src/ocpp-s/message.ts';
import { serviceOfNamespace } from '../../../src/ocpp-s/wsdl/namespaces.ts';
import { decodeRequest, decodeResponse, soap } from './envelopes.ts';
import { validateBody } from './schema-oracle.ts';

/**
 * One file per operation: request and answer, each as the line of `translate` and as the envelope, indented for people.
 * The wire itself has no blanks between elements.
 */
const folders: Readonly<Record<OcppVersion, string>> = { '1.2': 'soap-1.2', '1.5': 'soap-1.5', '1.6': 'soap' };
const vectors = (['1.6', '1.5', '1.2'] as const).flatMap((ocpp) => {
  const folder = fileURLToPath(new URL(`../../vectors/${folders[ocpp]}/`, import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return files.map((file) => ({ ocpp, name: file, path: join(folder, file) }));
});

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

function readVector(path: string): Vector {
  const blocks = readFileSync(path, 'utf8').split('\n---\n');
  const [request = '', requestXml = '', response = '', responseXml = ''] = blocks;
  return {
    service: requestXml.includes('urn://Ocpp/Cp/') ? 'ChargePoint' : 'CentralSystem',
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

const models = [centralSystem, chargePoint, ...olderModels];

test('there is a vector for each of the 29, 25 and 18 operations', () => {
  const seen = vectors.map(({ ocpp, path }) => {
    const { service, request } = readVector(path);
    return `${ocpp} ${service} ${request.action}`;
  });
  const all = models.flatMap(({ namespace, service, operations }) => {
    const ocpp = serviceOfNamespace(namespace)?.version;
    return operations.map(({ action }) => `${ocpp} ${service} ${action}`);
  });
  expect([...new Set(seen)].toSorted()).toEqual(all.toSorted());
  expect(all).toHaveLength(29 + 25 + 18);
});

describe.each(vectors)('$ocpp $name', ({ ocpp, path }) => {
  const { service, request, requestXml, response, responseXml } = readVector(path);

  test('a line names the version, and translates back into it', () => {
    expect(JSON.parse(translate(translate(JSON.stringify(request))))).toEqual(request);
    expect(JSON.parse(translate(translate(JSON.stringify(response))))).toEqual(response);
  });

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
      ocpp,
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
    expect(() => validateBody(service, onOneLine(requestXml), ocpp)).not.toThrow();
    expect(() => validateBody(service, onOneLine(responseXml), ocpp)).not.toThrow();
  });
});

test('libxml2 does refuse what the schema forbids', () => {
  const resets = vectors.filter(({ name }) => name === 'Reset.txt');
  expect(resets).toHaveLength(3);
  for (const { ocpp, path } of resets) {
    const xml = onOneLine(readVector(path).requestXml);
    expect(() => validateBody('ChargePoint', xml.replace(/Soft|Hard/, 'soft'), ocpp)).toThrow();
  }
});
