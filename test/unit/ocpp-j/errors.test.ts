import { expect, test } from 'vitest';
import { errorCodes } from '../../../src/ocpp/errors.ts';
import { callErrorName, errorCodeOf } from '../../../src/ocpp-j/errors.ts';

/** The error codes of OCPP-J 1.6 §4.2.3, with the two misspellings that are part of it. */
const names = new Set([
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'FormationViolation',
  'PropertyConstraintViolation',
  'OccurenceConstraintViolation',
  'TypeConstraintViolation',
  'GenericError',
]);

test('every way to fail has a name of OCPP-J 1.6, and each of these is used', () => {
  expect(new Set(errorCodes.map(callErrorName))).toEqual(names);
});

test('a name reads back as the code that it was written for, identity mismatches as security errors', () => {
  for (const code of errorCodes) {
    expect(errorCodeOf(callErrorName(code))).toBe(code === 'IdentityMismatch' ? 'GenericError' : code);
  }
});

test('both spellings are read', () => {
  expect(errorCodeOf('OccurrenceConstraintViolation')).toBe('OccurrenceConstraintViolation');
  expect(errorCodeOf(' OccurenceConstraintViolation ')).toBe('OccurrenceConstraintViolation');
  expect(errorCodeOf('FormatViolation')).toBe('FormationViolation');
  expect(errorCodeOf('constructor')).toBeUndefined();
});
