import { describe, expect, test } from 'vitest';
import { type ErrorCode, OcppError } from '../../../src/ocpp/errors.ts';
import { validateRequest, validateResponse, withoutNulls } from '../../../src/ocpp/validation.ts';
import { everyRequest, everyResponse, services } from '../../support/arbitraries.ts';

function failure(run: () => void): OcppError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof OcppError) return thrown;
    throw thrown;
  }
  throw new Error('was accepted');
}

const refused = (action: string, payload: unknown) => failure(() => validateRequest(action, payload));

const sampled = (fields: object) => ({
  connectorId: 1,
  meterValue: [{ timestamp: '2024-03-01T09:15:00Z', sampledValue: [{ value: '1', ...fields }] }],
});

const profile = (limit: number, fields: object = {}) => ({
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    ...fields,
  },
});

describe('what is valid', () => {
  test.each(services.flatMap(({ operations }) => operations.map(({ action }) => action)))(
    '%s with every field and every value of its enumerations',
    (action) => {
      for (const payload of everyRequest(action)) validateRequest(action, payload);
      for (const payload of everyResponse(action)) validateResponse(action, payload);
    },
  );

  test.each(['Celsius', 'Celcius', 'Hertz'])('unit %s (errata of 2019)', (unit) => {
    validateRequest('MeterValues', sampled({ unit }));
  });

  test.each([21.4, 6.6, 0.3, 0.1 + 0.2, 16, 0, 32_000.7])(
    'limit %d is a multiple of 0.1, whatever its binary form',
    (limit) => {
      validateRequest('SetChargingProfile', profile(limit));
    },
  );

  test('a transactionId beyond 32 bit: the gateway maps the ids of CSMSes', () => {
    validateResponse('StartTransaction', { transactionId: 9_999_999_999, idTagInfo: { status: 'Accepted' } });
    validateRequest('RemoteStopTransaction', { transactionId: Number.MAX_SAFE_INTEGER });
    validateRequest('SetChargingProfile', profile(16, { transactionId: 2 ** 31 }));
  });

  test('what was validated under a known action has the type of its fields', () => {
    const payload: unknown = { transactionId: 7, idTagInfo: { status: 'Accepted' } };
    validateResponse('StartTransaction', payload);
    const status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx' = payload.idTagInfo.status;
    expect([payload.transactionId + 1, status]).toEqual([8, 'Accepted']);
  });

  test('20 characters outside the basic plane are 20 characters', () => {
    validateRequest('Authorize', { idTag: '😀'.repeat(20) });
  });
});

describe('OCPP-J 1.6 §4.2.3: the code says what kind of constraint was violated', () => {
  const cases: readonly (readonly [string, string, unknown, ErrorCode, string])[] = [
    ['an action of no OCPP', 'constructor', {}, 'NotImplemented', '"constructor" is not an action of OCPP 1.6'],
    ['an action of the security extension', 'GetLog', {}, 'NotImplemented', '"GetLog" is not an action of OCPP 1.6'],
    [
      'no object',
      'Heartbeat',
      null,
      'FormationViolation',
      'Heartbeat.req: payload: expected a value of type object, found null',
    ],
    [
      'a list',
      'Heartbeat',
      [],
      'FormationViolation',
      'Heartbeat.req: payload: expected a value of type object, found a list',
    ],
    [
      'an unknown field',
      'Heartbeat',
      { a: 1 },
      'FormationViolation',
      'Heartbeat.req: a is not a field of this message',
    ],
    [
      'an unknown field deep inside',
      'MeterValues',
      sampled({ x: 1 }),
      'FormationViolation',
      'MeterValues.req: meterValue[0].sampledValue[0].x is not a field of this message',
    ],
    ['a missing field', 'Reset', {}, 'OccurrenceConstraintViolation', 'Reset.req: type is missing'],
    [
      'a missing meterValue, optional in OCPP-S only',
      'MeterValues',
      { connectorId: 1 },
      'OccurrenceConstraintViolation',
      'MeterValues.req: meterValue is missing',
    ],
    [
      'an empty list',
      'MeterValues',
      { connectorId: 1, meterValue: [] },
      'OccurrenceConstraintViolation',
      'MeterValues.req: meterValue: expected at least 1, found 0',
    ],
    [
      'text for an integer',
      'UnlockConnector',
      { connectorId: 'one' },
      'TypeConstraintViolation',
      'UnlockConnector.req: connectorId: expected a value of type integer, found "one"',
    ],
    [
      'a fraction for an integer',
      'UnlockConnector',
      { connectorId: 1.5 },
      'TypeConstraintViolation',
      'UnlockConnector.req: connectorId: expected a value of type integer, found 1.5',
    ],
    [
      'null',
      'UnlockConnector',
      { connectorId: null },
      'TypeConstraintViolation',
      'UnlockConnector.req: connectorId: expected a value of type integer, found null',
    ],
    [
      'an object for text',
      'Authorize',
      { idTag: {} },
      'TypeConstraintViolation',
      'Authorize.req: idTag: expected a value of type string, found an object',
    ],
    [
      'an unknown value',
      'Reset',
      { type: 'hard' },
      'PropertyConstraintViolation',
      'Reset.req: type: expected one of Hard, Soft, found "hard"',
    ],
    [
      '21 characters',
      'Authorize',
      { idTag: 'ABCDEFGHIJKLMNOPQRSTU' },
      'PropertyConstraintViolation',
      'Authorize.req: idTag: expected at most 20 characters, found 21',
    ],
    [
      'a time without zone',
      'ReserveNow',
      { connectorId: 1, expiryDate: '2024-03-01T09:15:00', idTag: 'A', reservationId: 1 },
      'PropertyConstraintViolation',
      'ReserveNow.req: expiryDate: expected a time with zone such as 2024-03-01T09:15:00Z, found "2024-03-01T09:15:00"',
    ],
    [
      'a day that is not in the calendar',
      'ReserveNow',
      { connectorId: 1, expiryDate: '2022-02-29T09:15:00Z', idTag: 'A', reservationId: 1 },
      'PropertyConstraintViolation',
      'ReserveNow.req: expiryDate: expected a time with zone such as 2024-03-01T09:15:00Z, found "2022-02-29T09:15:00Z"',
    ],
    [
      'a path instead of a URI',
      'GetDiagnostics',
      { location: '/diagnostics' },
      'PropertyConstraintViolation',
      'GetDiagnostics.req: location: expected a uri, found other text',
    ],
    [
      'two fraction digits',
      'SetChargingProfile',
      profile(13.54),
      'PropertyConstraintViolation',
      'SetChargingProfile.req: csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit: expected a multiple of 0.1, found 13.54',
    ],
    [
      'an integer beyond 32 bit',
      'UnlockConnector',
      { connectorId: 2 ** 31 },
      'PropertyConstraintViolation',
      'UnlockConnector.req: connectorId: expected a number from -2147483648 to 2147483647, found 2147483648',
    ],
    [
      'a transactionId that JSON cannot carry exactly',
      'RemoteStopTransaction',
      { transactionId: 2 ** 63 },
      'PropertyConstraintViolation',
      'RemoteStopTransaction.req: transactionId: expected a number from -9007199254740991 to 9007199254740991, found 9223372036854776000',
    ],
  ];

  test.each(cases)('%s', (_, action, payload, code, message) => {
    expect(refused(action, payload)).toMatchObject({ code, message });
  });

  test('responses are held to the same', () => {
    const error = failure(() => validateResponse('Authorize', { idTagInfo: { status: 'Fine' } }));
    expect(error.code).toBe('PropertyConstraintViolation');
    expect(error.message).toBe(
      'Authorize.conf: idTagInfo.status: expected one of Accepted, Blocked, Expired, Invalid, ConcurrentTx, found "Fine"',
    );
  });

  test('a field that JSON.parse makes of "__proto__" is an unknown field', () => {
    const payload: unknown = JSON.parse('{"idTag":"A","__proto__":{"x":1}}');
    expect(refused('Authorize', payload)).toMatchObject({ code: 'FormationViolation' });
  });
});

describe('a message never holds what may be secret, nor much of what a peer sent', () => {
  test.each([
    ['Authorize', { idTag: 'SECRET'.repeat(9) }],
    ['Authorize', { idTag: ['SECRET'] }],
    ['ChangeConfiguration', { key: 'AuthorizationKey', value: 'SECRET'.repeat(100) }],
    ['GetDiagnostics', { location: 'ftp://user:SECRET@host/a b' }],
  ])('%s', (action, payload) => {
    expect(refused(action, payload).message).not.toContain('SECRET');
  });

  test('an idTag that is a number is not repeated either', () => {
    expect(refused('Authorize', { idTag: 12_345_678 }).message).toBe(
      'Authorize.req: idTag: expected a value of type string, found a number',
    );
  });

  test.each([
    ['Reset', { type: 'long'.repeat(1000) }],
    ['Reset', { ['long'.repeat(1000)]: 1, type: 'Hard' }],
    ['UnlockConnector', { connectorId: 'long'.repeat(1000) }],
    ['long'.repeat(1000), {}],
  ])('%.10s: long values are cut', (action, payload) => {
    expect(refused(action, payload).message.length).toBeLessThan(200);
  });
});

test('fields that are null are absent, at any depth; what is given stays untouched', () => {
  const given = {
    idTag: 'A',
    parentIdTag: null,
    list: [{ key: 'k', value: null }],
    nested: { empty: null, zero: 0, no: false },
  };
  const before = structuredClone(given);
  expect(withoutNulls(given)).toStrictEqual({ idTag: 'A', list: [{ key: 'k' }], nested: { zero: 0, no: false } });
  expect(given).toStrictEqual(before);
});

test('a payload without nulls is handed back as it is', () => {
  const given = { list: [{ key: 'k' }], nested: { zero: 0 } };
  expect(withoutNulls(given)).toBe(given);
});

test('a field named "__proto__" survives the removal of nulls as a field, and changes no prototype', () => {
  const cleaned = withoutNulls({ ...(JSON.parse('{"__proto__":{"x":1},"y":null}') as object) });
  expect(Object.keys(cleaned)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(cleaned)).toBe(Object.prototype);
});
