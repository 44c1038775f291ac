import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OcppError } from '../../src/ocpp/errors.ts';
import { validateRequest, validateResponse } from '../../src/ocpp/validation.ts';
import {
  arbitraryRequest,
  arbitraryResponse,
  everyRequest,
  everyResponse,
  type Payload,
  services,
} from '../support/arbitraries.ts';
import { type Direction, type Message, oracleAccepts, oracles } from '../support/json-oracle.ts';

/**
 * The JSON schemas of OCPP 1.6 that ocpp-rpc carries are the oracle: on golden and on random messages, right and wrong,
 * our validators must say what these say. They may disagree for these reasons only, in which ours must refuse:
 *
 * 1. a list that OCPP-S needs at least one of is empty (meterValue, sampledValue, chargingSchedulePeriod): XML has no such message;
 * 2. an integer is outside the 32 bit of xs:int, or a transactionId outside what JSON numbers carry exactly.
 *
 * And for this one, in which ours must accept: the unit Hertz, of the errata of 2019, which these schemas do not have.
 */
const nonEmptyLists = new Set(['meterValue', 'sampledValue', 'chargingSchedulePeriod']);

const actions = [...new Set(services.flatMap(({ operations }) => operations.map(({ action }) => action)))];
const directions: readonly Direction[] = ['req', 'conf'];

function weAccept({ action, direction, payload }: Message): boolean {
  try {
    if (direction === 'req') validateRequest(action, payload);
    else validateResponse(action, payload);
    return true;
  } catch (thrown) {
    if (thrown instanceof OcppError) return false;
    throw thrown;
  }
}

/** Reasons 1 and 2: what the oracle does not mind, and we must refuse. */
function isBeyondXml(value: unknown, name = ''): boolean {
  if (Array.isArray(value)) {
    return (value.length === 0 && nonEmptyLists.has(name)) || value.some((item) => isBeyondXml(item));
  }
  if (typeof value === 'number' && Number.isInteger(value)) {
    return name === 'transactionId'
      ? !Number.isSafeInteger(value)
      : name !== 'limit' && name !== 'minChargingRate' && (value | 0) !== value;
  }
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isBeyondXml(inner, key));
}

const kindsOfVerdict = { accepted: 0, refused: 0, beyondXml: 0 };

function expectSameVerdict(message: Message): void {
  const accepted = oracleAccepts(message);
  if (accepted && isBeyondXml(message.payload)) {
    kindsOfVerdict.beyondXml += 1;
    expect(weAccept(message)).toBe(false);
    return;
  }
  kindsOfVerdict[accepted ? 'accepted' : 'refused'] += 1;
  expect({ accepted: weAccept(message), message }).toEqual({ accepted, message });
}

// ---------------------------------------------------------------------------------------------- messages

const message: fc.Arbitrary<Message> = fc.constantFrom(...actions).chain((action) =>
  fc.constantFrom(...directions).chain((direction) => {
    const payload = direction === 'req' ? arbitraryRequest(action) : arbitraryResponse(action);
    return payload.map((valid) => ({ action, direction, payload: valid }));
  }),
);

const oddShapes: readonly unknown[] = [null, true, [], [{}], {}, { status: 'Accepted' }, { x: 1 }];
const oddIntegers: readonly number[] = [0, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2 ** 53, 1e20];
const oddFractions: readonly number[] = [1.5, 13.54, 21.4, 6.6, 0.3, 0.1 + 0.2, 1e-7];
const oddLengths: readonly string[] = [20, 21, 25, 26, 50, 51, 255, 256, 500, 501].map((length) => 'a'.repeat(length));
const oddTexts: readonly string[] = ['', ' ', 'true', '0', '😀'.repeat(20), 'é'.repeat(21), '__proto__'];
const oddTimes: readonly string[] = [
  '2024-03-01T09:15:00Z',
  '2024-03-01T09:15:00',
  '2024-03-01T24:00:00Z',
  '2022-02-29T00:00:00Z',
  '2024-03-01T09:15:00.123456+02:00',
  '2024-03-01 09:15:00Z',
  '2024-03-01t09:15:00z',
  '2024-03-01T09:15:00+0200',
  '2016-12-31T23:59:60Z',
  '2024-03-01',
  '1709284500',
];
const oddAddresses: readonly string[] = [
  'ftp://host/a b',
  'ftp://host/a',
  '/a/b',
  '10.0.0.1/x',
  'ftp://user:pass@host',
  'mailto:a@b',
  'http://',
  'urn:x',
  'C:\\x',
];
const oddWords: readonly string[] = ['Accepted', 'accepted', 'Celsius', 'Celcius', 'celsius', 'Occupied', 'Wh', 'L1-N'];

/** What may stand in the place of any value: wrong types, wrong lexical forms, and the borders of each. */
const oddValues: readonly unknown[] = [
  oddShapes,
  oddIntegers,
  oddFractions,
  oddLengths,
  oddTexts,
  oddTimes,
  oddAddresses,
  oddWords,
].flatMap((values): readonly unknown[] => values);

type Step = { readonly parent: Record<string, unknown> | unknown[]; readonly key: string };

/** Every place in a payload that holds a value. */
function steps(parent: unknown): Step[] {
  if (typeof parent !== 'object' || parent === null) return [];
  const container = parent as Record<string, unknown>;
  return Object.keys(container).flatMap((key) => [{ parent: container, key }, ...steps(container[key])]);
}

type Mutation = { readonly at: number; readonly how: 'replace' | 'remove' | 'add'; readonly value: unknown };

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1000),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
  value: fc.constantFrom(...oddValues),
});

function mutate({ payload, ...rest }: Message, { at, how, value }: Mutation): Message {
  const changed = structuredClone(payload) as Payload;
  const places = steps(changed);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return { ...rest, payload: how === 'add' ? { extra: value } : value };
  if (how === 'remove') Reflect.deleteProperty(place.parent, place.key);
  else
    Reflect.set(
      place.parent,
      how === 'add' && !Array.isArray(place.parent) ? 'extra' : place.key,
      structuredClone(value),
    );
  return { ...rest, payload: changed };
}

// ---------------------------------------------------------------------------------------------- verdicts

test('the oracle has both schemas of each of the 28 actions', () => {
  expect(actions).toHaveLength(28);
  for (const action of actions)
    for (const direction of directions) expect(oracles.has(`${action}.${direction}`)).toBe(true);
});

test('golden messages: every field, every value of every enumeration', () => {
  for (const action of actions) {
    for (const payload of everyRequest(action)) expect(oracleAccepts({ action, direction: 'req', payload })).toBe(true);
    for (const payload of everyResponse(action))
      expect(oracleAccepts({ action, direction: 'conf', payload })).toBe(true);
    for (const payload of everyRequest(action)) expectSameVerdict({ action, direction: 'req', payload });
    for (const payload of everyResponse(action)) expectSameVerdict({ action, direction: 'conf', payload });
  }
});

test('golden messages with each odd value in each place, each field missing, and one field too many in each object', () => {
  const golden = actions.flatMap((action): Message[] => [
    { action, direction: 'req', payload: everyRequest(action)[0] },
    { action, direction: 'conf', payload: everyResponse(action)[0] },
  ]);
  for (const valid of golden) {
    for (let at = 0; at < Math.max(1, steps(valid.payload).length); at += 1) {
      expectSameVerdict(mutate(valid, { at, how: 'remove', value: null }));
      expectSameVerdict(mutate(valid, { at, how: 'add', value: 1 }));
      for (const value of oddValues) expectSameVerdict(mutate(valid, { at, how: 'replace', value }));
    }
  }
});

test('1,000 random valid messages', () => {
  fc.assert(
    fc.property(message, (valid) => {
      expect(oracleAccepts(valid)).toBe(true);
      expectSameVerdict(valid);
    }),
    { numRuns: 1000 },
  );
});

test('3,000 random messages with one to three things wrong, and none of the verdicts is rare', () => {
  for (const kind of ['accepted', 'refused', 'beyondXml'] as const) kindsOfVerdict[kind] = 0;
  fc.assert(
    fc.property(message, fc.array(mutation, { minLength: 1, maxLength: 3 }), (valid, mutations) => {
      expectSameVerdict(mutations.reduce(mutate, valid));
    }),
    { numRuns: 3000 },
  );
  expect(kindsOfVerdict.accepted).toBeGreaterThan(150);
  expect(kindsOfVerdict.refused).toBeGreaterThan(1000);
  expect(kindsOfVerdict.beyondXml).toBeGreaterThan(0);
});

test('the unit Hertz, of the errata of 2019, is ours alone', () => {
  const payload = {
    connectorId: 1,
    meterValue: [
      { timestamp: '2024-03-01T09:15:00Z', sampledValue: [{ value: '50', measurand: 'Frequency', unit: 'Hertz' }] },
    ],
  };
  expect(weAccept({ action: 'MeterValues', direction: 'req', payload })).toBe(true);
  expect(oracleAccepts({ action: 'MeterValues', direction: 'req', payload })).toBe(false);
});
