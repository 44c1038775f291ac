import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { type IServices, listen } from 'soap';
import { expect, onTestFinished, test } from 'vitest';
import type { Payload } from '../../src/gateway/ports.ts';
import { fromSoap } from '../../src/demo/charger/from-soap.ts';
import { ownFiles } from '../support/wsdl-files.ts';
import { startCaller, target } from '../unit/ocpp-s-http/fake-charger.ts';
import { toCharger } from './soap-samples.ts';

type Handler = (action: string, payload: Payload, headers: unknown) => unknown;

/** A charger's ChargePointService on the `soap` package; ends with the test. */
async function startCharger(handler: Handler): Promise<string> {
  const operations = toCharger.map(({ action }) => [
    action,
    (payload: unknown, _callback: unknown, headers: unknown) => handler(action, fromSoap(payload), headers),
  ]);
  const services = { ChargePointService: { ChargePointServiceSoap12: Object.fromEntries(operations) } } as IServices;
  const server = createServer((_, response) => response.writeHead(404).end());
  const wsdl = readFileSync(ownFiles.chargePoint, 'utf8');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const ended = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await ended;
  });
  await new Promise((ready) => {
    listen(server, { path: '/cp', services, xml: wsdl, forceSoap12Headers: true, callback: ready });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cp`;
}

/** The package trims texts and hands decimals over as text: leaves are compared as trimmed text, `6.0` as `6`. */
function asRead(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== 'object' || value === null) return plainDecimal(String(value).trim());
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, asRead(field)]));
}

const plainDecimal = (text: string) => text.replace(/^(\d+)\.0$/, '$1');

test('the golden vectors cover the nineteen operations of the charge point', () => {
  expect(toCharger.map(({ action }) => action)).toHaveLength(19);
});

test('the soap package as charger serves all nineteen operations', async () => {
  const served: { readonly action: string; readonly payload: Payload; readonly headers: unknown }[] = [];
  const answers = new Map(toCharger.map(({ action, response }) => [action, response]));
  const url = await startCharger((action, payload, headers) => {
    served.push({ action, payload, headers });
    return answers.get(action);
  });
  const { caller } = startCaller();
  for (const { action, request, response } of toCharger) {
    // oxlint-disable-next-line no-await-in-loop -- a charger is called once at a time
    expect(await caller.call(target(url), action, request, 5_000), action).toEqual({
      kind: 'answered',
      payload: response,
    });
    expect(served.at(-1)?.action).toBe(action);
    expect(asRead(served.at(-1)?.payload), action).toEqual(asRead(request));
  }
  expect(served).toHaveLength(19);
});

test('the soap package finds identity, Action, MessageID, From and ReplyTo in the header', async () => {
  let seen: unknown;
  const url = await startCharger((_action, _payload, headers) => {
    seen = headers;
    return { status: 'Accepted' };
  });
  await startCaller().caller.call(target(url), 'ClearCache', {}, 5_000);
  const text = JSON.stringify(seen);
  for (const part of [
    'DEPOT-07',
    '/ClearCache',
    'urn:uuid:',
    'http://gw.depot.example:8180/ocpp',
    '/addressing/anonymous',
    url,
  ]) {
    expect(text).toContain(part);
  }
});

test('a fault that the soap package writes is understood', async () => {
  const url = await startCharger(() => {
    throw Object.assign(new Error('no'), {
      Fault: {
        Code: { Value: 'soap:Receiver', Subcode: { Value: 'tns:NotSupported' } },
        Reason: { Text: { attributes: { 'xml:lang': 'en' }, $value: 'not here' } },
        statusCode: 500,
      },
    });
  });
  expect(await startCaller().caller.call(target(url), 'ClearCache', {}, 5_000)).toMatchObject({
    kind: 'refused',
    code: 'NotSupported',
    description: 'not here',
    details: { httpStatus: 500, soapSubcode: 'NotSupported' },
  });
});
