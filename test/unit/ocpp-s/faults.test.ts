import { describe, expect, test } from 'vitest';
import { faultHttpStatus, faultMeaning, faultShape } from '../../../src/ocpp-s/faults.ts';

test.each([
  ['NotImplemented', 'Receiver', 'NotSupported'],
  ['NotSupported', 'Receiver', 'NotSupported'],
  ['InternalError', 'Receiver', 'InternalError'],
  ['GenericError', 'Receiver', 'InternalError'],
  ['SecurityError', 'Sender', 'SecurityError'],
  ['IdentityMismatch', 'Sender', 'IdentityMismatch'],
  ['ProtocolError', 'Sender', 'ProtocolError'],
  ['FormationViolation', 'Sender', 'ProtocolError'],
  ['PropertyConstraintViolation', 'Sender', 'ProtocolError'],
  ['OccurrenceConstraintViolation', 'Sender', 'ProtocolError'],
  ['TypeConstraintViolation', 'Sender', 'ProtocolError'],
  ['VersionMismatch', 'VersionMismatch', undefined],
] as const)('%s is %s/%s', (condition, code, subcode) => {
  expect(faultShape(condition)).toEqual(subcode === undefined ? { code } : { code, subcode });
});

describe('HTTP status', () => {
  test.each([
    ['ProtocolError', '1.2', 400],
    ['InternalError', '1.2', 500],
    ['VersionMismatch', '1.2', 500],
    ['ProtocolError', '1.1', 500],
  ] as const)('of %s in SOAP %s is %d (SOAP 1.2 Part 2 §7.5.2.2, SOAP 1.1 §6.2)', (condition, soap, status) => {
    expect(faultHttpStatus(condition, soap, 'soap12')).toBe(status);
    expect(faultHttpStatus(condition, soap, 'always500')).toBe(500);
    expect(faultHttpStatus(condition, soap, 'always200')).toBe(200);
  });
});

test('a code is read without regard to case, the specific before the general', () => {
  expect(faultMeaning(['securityERROR', 'Sender'])).toBe('SecurityError');
  expect(faultMeaning(['Nonsense', 'SERVER'])).toBe('InternalError');
  expect(faultMeaning([])).toBe('GenericError');
});
