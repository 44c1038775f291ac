import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OcppError } from '../../src/ocpp/errors.ts';
import { securityExtension } from '../../src/ocpp/security-extension.ts';
import { validateJsonRequest, validateJsonResponse } from '../../src/ocpp/validation.ts';
import {
  arbitraryRequest,
  arbitraryResponse,
  everyRequest,
  everyResponse,
  type Payload,
} from '../support/arbitraries.ts';

/**
 * The security extension is in no WSDL: our description of it is held against the published JSON schemas that ocpp-rpc
 * carries. The verdicts may differ for two reasons only: an integer outside 32 bit (a requestId: outside what JSON
 * numbers carry exactly) is refused by us, an optional list without entries is not.
 */
const require = createRequire(import.meta.url);
const schemas = require('ocpp-rpc/lib/schemas/ocpp1_6.json') as readonly { readonly $id: string }[];
const ajv = new Ajv({ strict: false });
addFormats.default(ajv);
const oracles = new Map<string, ValidateFunction>(
  schemas.map(({ $id, ...schema }) => [$id.replace('urn:', ''), ajv.compile(schema)]),
);

const operations = Object.values(securityExtension).flat();
const messages = operations.flatMap(({ action }) => [
  { action, kind: 'req', golden: everyRequest(action), random: arbitraryRequest(action) },
  { action, kind: 'conf', golden: everyResponse(action), random: arbitraryResponse(action) },
]);

function verdicts(action: string, kind: string, payload: unknown) {
  return { ours: weAccept(action, kind, payload), theirs: oracles.get(`${action}.${kind}`)?.(payload) };
}

function weAccept(action: string, kind: string, payload: unknown): boolean {
  try {
    if (kind === 'req') validateJsonRequest(action, payload);
    else validateJsonResponse(action, payload);
    return true;
  } catch (thrown) {
    if (thrown instanceof OcppError) return false;
    throw thrown;
  }
}

type Place = { readonly parent: Record<string, unknown>; readonly key: string };

function places(parent: unknown): Place[] {
  if (typeof parent !== 'object' || parent === null) return [];
  const record = parent as Record<string, unknown>;
  return Object.keys(record).flatMap((key) => [{ parent: record, key }, ...places(record[key])]);
}

const oddLengths = [40, 41, 50, 51, 128, 129, 255, 256, 512, 513, 800, 801, 5500, 5501, 10_000, 10_001];
const oddValues: readonly unknown[] = [
  [null, true, {}, [{}], 1.5, 0, -1, 2 ** 31 - 1],
  ['Accepted', 'Rejected', 'idle', '2024-03-01', '2024-03-01T09:15:00Z'],
  oddLengths.map((length) => 'a'.repeat(length)),
].flat();

/** `payload` with one place changed. */
function changed(payload: Payload, at: number, change: (place: Place) => void): Payload {
  const copy = structuredClone(payload) as Record<string, unknown>;
  const place = places(copy)[at];
  if (place !== undefined) change(place);
  return copy;
}

test('eleven actions, and the published schemas have both messages of each', () => {
  expect(operations).toHaveLength(11);
  for (const { action, kind } of messages) expect(oracles.has(`${action}.${kind}`)).toBe(true);
});

test.each(messages)('$action.$kind: every field, every value of every enumeration', ({ action, kind, golden }) => {
  for (const payload of golden) expect(verdicts(action, kind, payload)).toEqual({ ours: true, theirs: true });
});

test.each(messages)(
  '$action.$kind: each odd value in each place, each field missing, one too many',
  ({ action, kind, golden }) => {
    const [valid = {}] = golden;
    const variants = places(valid).flatMap((_place, at) => [
      changed(valid, at, ({ parent, key }) => Reflect.deleteProperty(parent, key)),
      ...oddValues.map((odd) => changed(valid, at, ({ parent, key }) => Reflect.set(parent, key, odd))),
      changed(valid, at, ({ parent }) => !Array.isArray(parent) && Reflect.set(parent, 'extra', 1)),
    ]);
    for (const payload of [...variants, { ...valid, extra: 1 }]) {
      const { ours, theirs } = verdicts(action, kind, payload);
      expect({ payload, accepted: ours }).toEqual({ payload, accepted: theirs });
    }
  },
);

test('random messages', () => {
  for (const { action, kind, random } of messages) {
    const alike = fc.property(random, (payload) => {
      expect(verdicts(action, kind, payload)).toEqual({ ours: true, theirs: true });
    });
    fc.assert(alike, { numRuns: 50 });
  }
});

test('the two differences', () => {
  const list = { status: 'NotFound', certificateHashData: [] };
  expect(verdicts('GetInstalledCertificateIds', 'conf', list)).toEqual({ ours: true, theirs: false });
  const status = { status: 'Idle', requestId: 2 ** 53 };
  expect(verdicts('LogStatusNotification', 'req', status)).toEqual({ ours: false, theirs: true });
  const trigger = { requestedMessage: 'Heartbeat', connectorId: 2 ** 31 };
  expect(verdicts('ExtendedTriggerMessage', 'req', trigger)).toEqual({ ours: false, theirs: true });
});
